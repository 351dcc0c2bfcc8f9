"""Short core answers in other languages, and how people ask for them there.

`city/<city>/faq/translations/<language>.jsonl` holds one object a line: `id` of the entry, `answer`
(the core in a few sentences) and `asked` (how people ask in that language, the plainest first).
The Japanese entry is what counts; the core says the same, shorter, and is machine-translated.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path


@dataclass(frozen=True)
class Core:
    """One entry in another language."""

    id: str
    answer: str
    asked: tuple[str, ...]


def read_core(file: Path) -> tuple[Core, ...]:
    """Read a file. Raises ValueError, with the line, where one is unusable."""
    if not file.exists():
        return ()
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            found.append(Core(row["id"], row["answer"], tuple(row["asked"])))
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{file.name}:{number}: {error!r}") from error
    return tuple(found)


@lru_cache
def city_cores(city_dir: Path, language: str) -> tuple[Core, ...]:
    """Return the core answers of a city in a language, read once in a process."""
    return read_core(city_dir / "faq" / "translations" / f"{language}.jsonl")
