"""Use cases of the faq skill: search, read one entry, list what is due for review."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kit.clock import Clock
from kit.db import Database
from kit.embedding import Embedder, embedder
from kit.errors import NotFoundError, UnavailableError
from kit.settings import Settings
from services.faq import feedback_repository as feedback_rows
from services.faq import repository, rules
from services.faq.contract import Entry, Hit, SearchResult
from services.faq.core_answers import city_cores
from services.faq.search.foreign import MIXES, ForeignRanker, is_foreign
from services.faq.search.learning import NOTHING_LEARNED, Learned
from services.faq.search.ranker import Ranker, Ranking
from services.faq.search.weights import read_weights

# A caller waits five seconds for any answer of this service.
PATIENCE_SECONDS = 2.0
LEARNED_FOR = timedelta(minutes=5)


@dataclass(frozen=True)
class _Index:
    revision: str | None
    ranker: Ranker
    entries: Sequence[rules.Entry] = ()
    foreign: dict[str, ForeignRanker] = field(default_factory=dict)
    """Made when somebody first asks in that language."""


class FaqService:
    """Answers from the imported entries; they are indexed again when another import is in use."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        embedder: Callable[[], Embedder | None] = embedder,
    ) -> None:
        """Prepare; nothing is read before the first question."""
        self._database = database
        self._clock = clock
        self._settings = settings
        self._embedder = embedder
        self._index: _Index | None = None
        self._making: asyncio.Task[None] | None = None
        self._learned = NOTHING_LEARNED
        self._learned_at: datetime | None = None
        self._weights = read_weights(settings.city_dir)

    async def search(self, text: str, top: int = 3, language: str = "ja") -> SearchResult:
        """Return the best entries for a citizen's words in a language."""
        ranking = await self._rank_foreign(text, top, language)
        if ranking is None:
            ranking = await self.rank(text, top, await self._what_is_learned())
        hits = tuple(
            Hit(entry=_wire(found.entry), score=found.score, signals=found.signals)
            for found in ranking.found
        )
        return SearchResult(verdict=ranking.verdict, confidence=ranking.confidence, hits=hits)

    async def rank(self, text: str, top: int, learned: Learned = NOTHING_LEARNED) -> Ranking:
        """Return the ranking of all entries for a citizen's words."""
        ranker = await self.ranker()
        # In a thread: an endpoint may take its time, and the process serves others meanwhile.
        vector = await asyncio.to_thread(ranker.vector, ranker.wording(text))
        return ranker.rank_with(vector, text, top, learned)

    async def _rank_foreign(self, text: str, top: int, language: str) -> Ranking | None:
        """Return the ranking for another language; None where words in Japanese are searched."""
        if not is_foreign(text, language):
            return None
        await self.ranker()
        index, embed = self._index, self._embedder()
        if embed is None or index is None or not index.entries:
            return None

        def rank() -> Ranking:
            if language not in index.foreign:
                cores = city_cores(self._settings.city_dir, language)
                index.foreign[language] = ForeignRanker(
                    index.entries, cores, MIXES[language], embed
                )
            return index.foreign[language].rank(text, top)

        try:
            return await asyncio.to_thread(rank)
        except UnavailableError:
            return None

    async def entry(self, entry_id: str) -> Entry:
        """Return one entry. Raises NotFoundError when there is none of that id."""
        async with self._database.transaction() as session:
            found = await repository.entry(session, entry_id)
        if found is None:
            raise NotFoundError("There is no FAQ entry of that id.")
        return _wire(found)

    async def entries(self) -> list[Entry]:
        """Return every entry in use, in the order of their ids."""
        async with self._database.transaction() as session:
            found = await repository.all_entries(session)
        return [_wire(entry) for entry in sorted(found, key=lambda entry: entry.id)]

    async def stale(self) -> list[Entry]:
        """Return the entries whose review date has passed in the city's own calendar."""
        today = self._clock().astimezone(self._settings.timezone).date()
        async with self._database.transaction() as session:
            return [_wire(found) for found in await repository.due_before(session, today)]

    async def ranker(self) -> Ranker:
        """Return the index over the entries in use.

        While a new one is being made, whoever asks waits for it a little and is then served from
        the old one: an answer of a few seconds ago is better than none.
        """
        async with self._database.transaction() as session:
            revision = await repository.revision(session)
        patience = None if self._index is None else PATIENCE_SECONDS
        # One that is being made already may have begun before the newest change.
        for _ in range(2):
            if self._index is not None and self._index.revision == revision:
                break
            if self._making is None or self._making.done():
                self._making = asyncio.create_task(self._make())
            made, _waiting = await asyncio.wait({self._making}, timeout=patience)
            if not made:
                break
            self._making.result()
        if self._index is None:
            raise UnavailableError("The FAQ is being indexed.")
        return self._index.ranker

    async def _what_is_learned(self) -> Learned:
        """Return what the votes teach, read again every few minutes: one tap changes little."""
        now = self._clock()
        if self._learned_at is None or now - self._learned_at >= LEARNED_FOR:
            self._learned_at = now
            async with self._database.transaction() as session:
                self._learned = Learned(await feedback_rows.votes(session))
        return self._learned

    async def _make(self) -> None:
        async with self._database.transaction() as session:
            revision = await repository.revision(session)
            entries = await repository.all_entries(session)
            synonyms = await repository.all_synonyms(session)
        # Thousands of entries take seconds; the process goes on serving meanwhile.
        ranker = await asyncio.to_thread(Ranker, entries, synonyms, self._weights, self._embedder())
        self._index = _Index(revision, ranker, entries)


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
        updated=entry.updated,
    )
