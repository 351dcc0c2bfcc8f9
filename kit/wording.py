"""Our own sentences in the reader's language.

The Japanese sentence is its own key: `translated("ごみの日")`. The others stand in gettext
catalogues beside the skill that says them, `<package>/…/locales/<language>.po`, and a folder of
the caller's choice may add one of its own.
The language is set once, around the work that speaks (`spoken_in`), and never handed from call to
call.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from pathlib import Path

from babel import Locale
from babel.dates import format_skeleton, format_time
from babel.messages.pofile import read_po

from kit.settings import ROOT

SOURCE = "ja"
LOCALES = {
    "ja": "ja_JP",
    "easy": "ja_JP",
    "en": "en_US",
    "zh": "zh_Hans_CN",
    "vi": "vi_VN",
    "pt": "pt_BR",
}
"""Language → locale of its dates and times; `easy` is やさしい日本語."""

SPEAKING = ("messages", "services", "identity", "bot", "actions")
"""The packages that say something to residents."""

_COMMAS = {"zh": "、"}


@dataclass(frozen=True)
class Wording:
    """One language: Japanese sentence → sentence; one that is missing stays Japanese."""

    language: str
    locale: Locale
    sentences: Mapping[str, str]


@lru_cache
def load_wording(language: str, more: Path | None = None) -> Wording:
    """Read the catalogues of a language, once in a process; `more` is a folder of further ones."""
    sentences: dict[str, str] = {}
    if language != SOURCE:
        for file in catalogues(language):
            sentences |= read_catalogue(file)
        if more is not None:
            sentences |= read_catalogue(more / f"{language}.po")
    return Wording(language, Locale.parse(LOCALES[language]), sentences)


def catalogues(language: str) -> list[Path]:
    """Return the files of a language, one a skill."""
    return [
        file
        for package in SPEAKING
        for file in sorted((ROOT / package).rglob(f"locales/{language}.po"))
    ]


def read_catalogue(file: Path) -> dict[str, str]:
    """Return a catalogue's sentences; none where there is no such file."""
    if not file.exists():
        return {}
    with file.open("rb") as lines:
        return {str(m.id): str(m.string) for m in read_po(lines) if m.id and m.string}


_current: ContextVar[Wording] = ContextVar("wording")


def _wording() -> Wording:
    return _current.get(load_wording(SOURCE))


@contextmanager
def spoken_in(wording: Wording) -> Iterator[None]:
    """Speak a language within the block."""
    token = _current.set(wording)
    try:
        yield
    finally:
        _current.reset(token)


def language() -> str:
    """Return the language that is spoken now; Japanese outside of `spoken_in`."""
    return _wording().language


def translated(text: str, **values: object) -> str:
    """Return a sentence in the language that is spoken now, its `{placeholders}` filled.

    A text that is no sentence of the catalogue is taken line by line.
    """
    sentences = _wording().sentences
    found = sentences.get(text) or "\n".join(sentences.get(line, line) for line in text.split("\n"))
    return found.format(**values) if values else found


def listed(words: Iterable[str], japanese: str = "、") -> str:
    """Return words as one enumeration, each translated; `japanese` stands between Japanese ones."""
    wording = _wording()
    is_japanese = LOCALES[wording.language] == LOCALES[SOURCE]
    comma = japanese if is_japanese else _COMMAS.get(wording.language, ", ")
    return comma.join(map(translated, words))


def day_words(day: date) -> str:
    """Return a day with its weekday: `11月24日(火)`, `Tue, Nov 24`."""
    return format_skeleton("MMMEd", day, locale=_wording().locale)


def month_day_words(day: date) -> str:
    """Return a day of every year: `12月29日`, `Dec 29`."""
    return format_skeleton("MMMd", day, locale=_wording().locale)


def date_words(day: date) -> str:
    """Return a day of one year: `2026年11月24日`, `Nov 24, 2026`."""
    return format_skeleton("yMMMd", day, locale=_wording().locale)


def clock_words(at: time) -> str:
    """Return a time of day as it is said: `20時30分`, `8:30 PM`, `8 PM`."""
    wording = _wording()
    if wording.locale.language != SOURCE:
        said = format_time(at, "short", locale=wording.locale).replace("\u202f", " ")
        return re.sub(r":00(?= [AP]M)", "", said)
    return f"{at.hour}時{at.minute}分" if at.minute else f"{at.hour}時"
