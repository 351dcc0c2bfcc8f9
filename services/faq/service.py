"""Use cases of the faq skill: search, read one entry, list what is due for review."""

import asyncio
from dataclasses import dataclass

from kit.clock import Clock
from kit.db import Database
from kit.errors import NotFoundError
from kit.settings import Settings
from services.faq import repository, rules
from services.faq.contract import Entry, Hit, SearchResult
from services.faq.ranker import Ranker


@dataclass(frozen=True)
class _Index:
    revision: str | None
    ranker: Ranker


class FaqService:
    """Answers from the imported entries; they are indexed again when another import is in use."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        """Prepare; nothing is read before the first question."""
        self._database = database
        self._clock = clock
        self._settings = settings
        self._index: _Index | None = None
        self._indexing = asyncio.Lock()
        self._making: asyncio.Task[None] | None = None

    async def search(self, text: str, top: int = 3) -> SearchResult:
        """Return the best entries for a citizen's words."""
        ranking = (await self._current()).rank(text, top)
        hits = tuple(
            Hit(entry=_wire(found.entry), score=found.score, signals=found.signals)
            for found in ranking.found
        )
        return SearchResult(verdict=ranking.verdict, confidence=ranking.confidence, hits=hits)

    async def entry(self, entry_id: str) -> Entry:
        """Return one entry. Raises NotFoundError when there is none of that id."""
        async with self._database.transaction() as session:
            found = await repository.entry(session, entry_id)
        if found is None:
            raise NotFoundError("There is no FAQ entry of that id.")
        return _wire(found)

    async def stale(self) -> list[Entry]:
        """Return the entries whose review date has passed in the city's own calendar."""
        today = self._clock().astimezone(self._settings.timezone).date()
        async with self._database.transaction() as session:
            return [_wire(found) for found in await repository.due_before(session, today)]

    async def _current(self) -> Ranker:
        async with self._database.transaction() as session:
            revision = await repository.revision(session)
        # Questions that arrive while the index is made wait for it instead of making their own.
        async with self._indexing:
            if self._index is None or self._index.revision != revision:
                await self._renewed()
            assert self._index is not None  # noqa: S101  it was just made
            return self._index.ranker

    async def _renewed(self) -> None:
        """Make the index; a caller that gives up meanwhile leaves the work to the next one."""
        if self._making is None or self._making.done():
            self._making = asyncio.create_task(self._renew())
        await asyncio.shield(self._making)

    async def _renew(self) -> None:
        self._index = await self._indexed()

    async def _indexed(self) -> _Index:
        async with self._database.transaction() as session:
            revision = await repository.revision(session)
            entries = await repository.all_entries(session)
            synonyms = await repository.all_synonyms(session)
        # Thousands of entries take seconds; the process goes on serving meanwhile.
        return _Index(revision, await asyncio.to_thread(Ranker, entries, synonyms))


def _wire(entry: rules.Entry) -> Entry:
    return Entry(
        id=entry.id,
        category=entry.category,
        question=entry.question,
        answer=entry.answer,
        desk=entry.desk,
        source=entry.source,
        source_url=entry.source_url,
        review_by=entry.review_by,
        demonstration=entry.demonstration,
    )
