"""One FAQ entry as the domain knows it."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

ENTRY_ID = r"^[a-z]+(-[a-z0-9]+)+$"
"""At least one hyphen: words such as `none` stay free for buttons."""


@dataclass(frozen=True)
class Entry:
    """One question with its answer. `variants` are other wordings of the question."""

    id: str
    category: str
    question: str
    variants: tuple[str, ...]
    keywords: tuple[str, ...]
    answer: str
    desk: str
    source: str
    source_url: str | None
    review_by: date
    demonstration: bool


def revision_of(entries: Iterable[Entry], synonyms: Mapping[str, str]) -> str:
    """Return a digest of everything the search index is made of."""
    content = repr((sorted(entries, key=lambda entry: entry.id), sorted(synonyms.items())))
    return hashlib.sha256(content.encode()).hexdigest()
