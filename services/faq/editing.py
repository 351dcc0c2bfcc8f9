"""What the desk does with entries: add, change, retire. Each step is noted with who and when."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.db import Database
from kit.errors import ConciergeError, InvalidInputError, NotFoundError
from kit.settings import Settings
from kit.text import fold
from services.faq import repository
from services.faq.lines import read_cells
from services.faq.repository import Version
from services.faq.rules import Change, Entry

_NUMBERED = re.compile(r"(?P<prefix>.+)-(?P<number>[0-9]+)")
_NEW_PREFIX = "desk"
LONGEST_REASON = 200


class EntryChangedError(ConciergeError):
    """ほかの職員が先に変更しました。開き直して、いまの内容を確かめてください。"""

    status = 409
    code = "entry_changed"


class NoReasonError(InvalidInputError):
    """廃止する理由を、200文字以内で入力してください。"""

    status = 422
    code = "no_reason"


@dataclass(frozen=True)
class Sheet:
    """An entry on the desk: what it says, and which change was its last when it was opened."""

    entry: Entry
    version: int


class FaqEditor:
    """Changes entries one at a time; every process searches the new ones from its next question."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        """The day of a change is counted in the city's own calendar."""
        self._database = database
        self._clock = clock
        self._settings = settings

    @property
    def today(self) -> date:
        """The city's date."""
        return self._clock().astimezone(self._settings.timezone).date()

    async def entries(self, words: str = "", desk: str = "") -> list[Entry]:
        """Return the entries of a desk that hold all the words, in the order of their ids."""
        wanted = fold(words).split()
        async with self._database.transaction() as session:
            entries = await repository.all_entries(session)
        return [
            entry
            for entry in entries
            if desk in ("", entry.desk) and all(word in _everything(entry) for word in wanted)
        ]

    async def open(self, entry_id: str) -> Sheet:
        """Return one entry to be changed. Raises NotFoundError."""
        async with self._database.transaction() as session:
            return await _sheet(session, entry_id)

    async def add(self, cells: Mapping[str, str], who: str) -> Entry:
        """Add an entry, with the next id of its category. Raises UnusableError."""
        now = self._clock()
        async with self._database.transaction() as session:
            await repository.lock(session)
            entries = await repository.all_entries(session)
            taken = {entry.id for entry in entries} | await repository.edited_ids(session)
            entry_id = next_id(entries, taken, cells.get("category", "").strip())
            entry = self._read(cells, entry_id)
            step = Change(None, entry)
            await repository.apply(session, [step], who=who, at_desk=True, now=now)
        return entry

    async def change(
        self, entry_id: str, cells: Mapping[str, str], version: int, who: str
    ) -> Entry:
        """Put new words in the stead of an entry's.

        Raises UnusableError, NotFoundError, and EntryChangedError when `version` is not its last.
        """
        now = self._clock()
        async with self._database.transaction() as session:
            await repository.lock(session)
            before = await _unchanged(session, entry_id, version)
            entry = self._read(cells, entry_id)
            step = Change(before, entry)
            await repository.apply(session, [step], who=who, at_desk=True, now=now)
        return entry

    async def retire(self, entry_id: str, version: int, who: str, reason: str) -> None:
        """Take an entry out of use, for a reason; imports will not bring it back.

        Raises NoReasonError, and as `change` does.
        """
        now, reason = self._clock(), reason.strip()
        if not reason or len(reason) > LONGEST_REASON:
            raise NoReasonError
        async with self._database.transaction() as session:
            await repository.lock(session)
            step = Change(await _unchanged(session, entry_id, version), None)
            await repository.apply(session, [step], who=who, at_desk=True, now=now, reason=reason)

    async def version(self, entry_id: str, number: int) -> dict[str, Any]:
        """Return what an entry said after one of its changes, or before it was retired.

        Raises NotFoundError.
        """
        for version in await self.history(entry_id):
            said = version.after or version.before
            if version.number == number and said is not None:
                return said
        raise NotFoundError

    async def history(self, entry_id: str) -> list[Version]:
        """Return the life of an entry, newest first. Raises NotFoundError."""
        async with self._database.transaction() as session:
            versions = await repository.history(session, entry_id)
        if not versions:
            raise NotFoundError
        return versions

    def _read(self, cells: Mapping[str, str], entry_id: str) -> Entry:
        return read_cells({**cells, "id": entry_id, "updated": self.today.isoformat()})


async def _sheet(session: AsyncSession, entry_id: str) -> Sheet:
    entry = await repository.entry(session, entry_id)
    if entry is None:
        raise NotFoundError
    return Sheet(entry, await repository.newest_version(session, entry_id))


async def _unchanged(session: AsyncSession, entry_id: str, version: int) -> Entry:
    sheet = await _sheet(session, entry_id)
    if sheet.version != version:
        raise EntryChangedError
    return sheet.entry


def next_id(entries: Sequence[Entry], taken: set[str] | frozenset[str], category: str) -> str:
    """Return a free id in the manner of the category's other ids."""
    named = [_NUMBERED.fullmatch(entry.id) for entry in entries if entry.category == category]
    prefixes = Counter(match["prefix"] for match in named if match is not None)
    prefix = prefixes.most_common(1)[0][0] if prefixes else _NEW_PREFIX
    numbers = [
        int(match["number"])
        for match in map(_NUMBERED.fullmatch, taken)
        if match is not None and match["prefix"] == prefix
    ]
    return f"{prefix}-{max(numbers, default=0) + 1:03}"


def _everything(entry: Entry) -> str:
    texts = (entry.id, entry.question, *entry.variants, *entry.keywords, entry.answer)
    return fold("\n".join((*texts, entry.category, entry.desk)))
