"""The catalogues of our own sentences: what has to be in them, and bringing them up to date.

`python tools/wording.py` adds what is new, without a translation, and takes out what is gone. The
tests fail until somebody has written the translations.
"""

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import write_po

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from kit.wording import LOCALES, SOURCE, catalogues, read_catalogue  # noqa: E402
from services.facilities.vocabulary import CATEGORIES  # noqa: E402

SPEAKING = (
    "actions/**/*.py",
    "messages/*.py",
    "bot/handoff/wording.py",
    "bot/messages/speakers.py",
    "bot/turns/*.py",
    "identity/links/wording.py",
    "services/disaster/announcing.py",
    "services/disaster/names.py",
    "services/disaster/saying.py",
    "services/disaster/status.py",
    "services/disaster/timelines.py",
    "services/facilities/contract.py",
    "services/facilities/rules.py",
    "services/health/contract.py",
    "services/health/notices.py",
    "services/nursery/wording.py",
    "services/procedures/wording.py",
    "services/residents/wording.py",
    "services/sensors/wording.py",
    "services/snow/wording.py",
    "services/waste/reminders.py",
)
"""Where the sentences stand that residents read."""

READING = (
    "actions/talking/repeat.py",
    "actions/talking/corrections.py",
    "actions/danger/first_aid.py",
    "actions/danger/vocabulary.py",
    "actions/danger/features.py",
    "actions/topic/sentences.py",
    "actions/waste/topics.py",
    "actions/facilities/follow_up.py",
    "actions/**/*parsing.py",
    "bot/turns/language.py",
)
"""Modules whose Japanese is what residents write, not what they read."""

_JAPANESE = re.compile(r"[ぁ-ゖァ-ヺ一-鿿]")
_PLACEHOLDERS = re.compile(r"\{(\w+)\}")
# Values that are compared with or handed on, not said.
_NOT_SAID_KEYWORDS = {"matter", "facility", "waste_item"}
_NOT_SAID_NAMES = {"_TOPICS", "_LANGUAGE_LABELS"}
_LABELS = {"TITLES", "_TIMES", "examples"}
# The first argument of these is a label, as the keyword `label` is.
_BUTTONS = {"_tap", "tap", "payload", "pick", "_faq"}


@dataclass(frozen=True)
class Sentence:
    """A Japanese text in the code. `is_label`: it has to fit a button."""

    text: str
    file: str
    line: int
    is_label: bool = False
    is_formatted: bool = False
    """An f-string: it cannot be found in a catalogue, `translated` with placeholders can."""


def sentences() -> list[Sentence]:
    """Return every sentence that our code says, in the order of the files."""
    read = {file for pattern in READING for file in ROOT.glob(pattern)}
    files = [file for pattern in SPEAKING for file in sorted(ROOT.glob(pattern))]
    vocabulary = "services/facilities/vocabulary.py"
    kinds = [
        Sentence(kind, vocabulary, 1, is_label=True)
        for kind in CATEGORIES
        if _JAPANESE.search(kind)
    ]
    said = [s for file in files if file not in read for s in _in_file(file)]
    return [*said, *kinds]


def placeholders(text: str) -> set[str]:
    """Return the names in braces."""
    return set(_PLACEHOLDERS.findall(text))


def _in_file(file: Path) -> Iterator[Sentence]:
    where = str(file.relative_to(ROOT))
    for line, text, kinds, _ in extract_from_file(_japanese, str(file)):
        yield Sentence(str(text), where, line, "label" in kinds, "formatted" in kinds)


def _japanese(
    file: IO[bytes], keywords: object, tags: object, options: object
) -> Iterator[tuple[int, str, str, list[str]]]:
    """Babel's extraction method for our code: every Japanese literal that is said to somebody."""
    for found in _in_node(ast.parse(file.read()), ""):
        kinds = [
            k
            for k, is_it in (("label", found.is_label), ("formatted", found.is_formatted))
            if is_it
        ]
        yield found.line, "", found.text, kinds


def _in_node(node: ast.AST, file: str, *, is_label: bool = False) -> Iterator[Sentence]:
    match node:
        case ast.Constant(value=str(text)) if _JAPANESE.search(text):
            yield Sentence(text, file, node.lineno, is_label)
        case ast.JoinedStr():
            parts = "".join(p.value for p in node.values if isinstance(p, ast.Constant))
            if _JAPANESE.search(parts):
                yield Sentence(parts, file, node.lineno, is_formatted=True)
            for part in node.values:
                if isinstance(part, ast.FormattedValue):
                    yield from _in_node(part.value, file)
        case ast.Expr(value=ast.Constant()):
            pass  # A docstring.
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re"))):
            pass
        case ast.Assign(targets=[ast.Name(id=name)]) if name in _NOT_SAID_NAMES:
            pass
        case ast.keyword(arg=name) if name in _NOT_SAID_KEYWORDS:
            pass
        case ast.Compare() | ast.Call(func=ast.Attribute(attr="endswith")):
            pass
        case ast.Assign(targets=[ast.Name(id=name)]) if name in _LABELS:
            yield from _in_node(node.value, file, is_label=True)
        case ast.keyword(arg="label"):
            yield from _in_node(node.value, file, is_label=True)
        case ast.Call(func=ast.Name(id=name), args=[first, *_]) if name in _BUTTONS:
            yield from _in_node(first, file, is_label=True)
            for child in [*node.args[1:], *node.keywords]:
                yield from _in_node(child, file)
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _in_node(child, file, is_label=is_label)


def write(file: Path, texts: Mapping[str, tuple[str, str]], language: str) -> None:
    """Write a catalogue: Japanese sentence → (its translation, where it is said)."""
    catalogue = Catalog(
        locale=LOCALES[language],
        project="citizen-concierge",
        header_comment=_HEADER,
        fuzzy=False,
        creation_date=_WRITTEN,
        revision_date=_WRITTEN,
    )
    for text, (string, where) in texts.items():
        catalogue.add(text, string, locations=[(where, None)])
    file.parent.mkdir(exist_ok=True)
    with file.open("wb") as lines:
        write_po(lines, catalogue, width=100, include_lineno=False)


_HEADER = "# The Japanese text is the key. Machine-made; see docs/decisions/0012."
# A catalogue that says the same is the same file.
_WRITTEN = datetime(2026, 11, 29, tzinfo=UTC)


def home(file: str) -> Path:
    """Return where the catalogues of a module's sentences stand: beside its skill."""
    parts = Path(file).parent.parts
    depth = 2 if parts[0] in ("actions", "services") else 1
    return ROOT.joinpath(*parts[:depth], "locales")


def main() -> None:
    """Bring every catalogue of ours up to date."""
    said: dict[Path, dict[str, str]] = {}
    seen: set[str] = set()
    for sentence in sentences():
        if not sentence.is_formatted and sentence.text not in seen:
            # What two skills say stands once, where it is found first.
            seen.add(sentence.text)
            said.setdefault(home(sentence.file), {})[sentence.text] = sentence.file
    for language in LOCALES:
        if language == SOURCE:
            continue
        known: dict[str, str] = {}
        for file in catalogues(language):
            known |= read_catalogue(file)
            file.unlink()
        for folder, texts in said.items():
            found = {text: (known.get(text, ""), where) for text, where in texts.items()}
            write(folder / f"{language}.po", found, language)
        print(f"{language}: {len(seen - known.keys())} without a translation")


if __name__ == "__main__":
    main()
