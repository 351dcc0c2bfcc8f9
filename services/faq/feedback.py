"""What was asked and what people thought of the answer, without anybody's name.

A question stands here in its own words, masked, for as long as the inbox keeps words; the list of
unanswered questions is made of them. A vote holds no sentence, only those words of the question
that are the FAQ's own, so that it may stay longer. Neither can be led back to a citizen without
the master key.
"""

import asyncio
import re
from datetime import datetime, timedelta
from pathlib import Path

from auth.manifests import read_manifest
from kit.clock import Clock
from kit.crypto import blind_index, read_key
from kit.db import Database
from kit.masking import MASK, mask_numbers
from kit.settings import Settings
from services.faq import feedback_repository as feedback_rows
from services.faq import repository
from services.faq.contract import Asked, Opinion, OpinionKind, Opinions, Outcome
from services.faq.rules import Entry
from services.faq.search.clusters import Cluster, clusters
from services.faq.search.learning import Vote
from services.faq.service import FaqService

VOTES_KEPT = read_manifest(Path(__file__).parent).kept_for("faq_vote")
# The newest so many unanswered questions are grouped; grouping compares each with each.
GROUPED = 500
LONGEST_WORDS = 300

# Telephone, customer and house numbers, and addresses; 24時間 and 4月1日 stay readable.
_NUMBERS = re.compile(r"[0-9０-９](?:[-‐－ー・.\s]?[0-9０-９]){3,}")
_MAIL = re.compile(r"[\w.+-]+[@＠][\w.-]+")
_NAME = re.compile(r"[^、。，．！？!?\s]{1,12}(?=と(?:申|もう)します|といいます|と言います)")

_OUTCOMES = {
    OpinionKind.helpful: Outcome.helpful,
    OpinionKind.wrong: Outcome.wrong,
    OpinionKind.picked: Outcome.picked,
    OpinionKind.none: Outcome.none_fits,
}


class FeedbackBook:
    """Notes questions and opinions, and lists what the FAQ does not answer."""

    def __init__(
        self, database: Database, clock: Clock, settings: Settings, faq: FaqService
    ) -> None:
        """Questions are read with the index of `faq`."""
        self.database = database
        self._clock = clock
        self._faq = faq
        self._key = read_key(settings.master_key.get_secret_value())
        self._words_kept = timedelta(days=settings.inbox_retention_days)

    async def note(self, asked: Asked) -> str:
        """Keep a question, once for each turn; return the key that its buttons carry."""
        key = self._digest("turn", asked.turn_id)
        terms = (await self._faq.ranker()).known_terms(asked.text)
        row = feedback_rows.Question(
            key, presentable(asked.text), terms, asked.outcome, asked.entries
        )
        async with self.database.transaction() as session:
            await feedback_rows.insert_question(session, row, self._clock())
        return key

    async def judge(self, opinion: Opinion) -> None:
        """Take what a citizen tapped. The newest opinion of one citizen on one entry counts."""
        now = self._clock()
        async with self.database.transaction() as session:
            question = await feedback_rows.question(session, opinion.question)
            if question is not None:
                outcome = _OUTCOMES[opinion.kind]
                await feedback_rows.set_outcome(session, question.key, outcome)
            helpful = _vote(opinion, question)
            if helpful is None or await repository.entry(session, opinion.entry_id) is None:
                return
            key = self._digest("vote", opinion.citizen_id, opinion.entry_id)
            terms = question.terms if question and opinion.entry_id in question.shown else ()
            vote = Vote(opinion.entry_id, terms, helpful)
            await feedback_rows.put_vote(session, key, vote, now)

    async def unanswered(self) -> list[Cluster]:
        """Return what people asked in vain, like with like, the most frequent first."""
        async with self.database.transaction() as session:
            rows = await feedback_rows.unanswered(session, GROUPED)
        ranker = await self._faq.ranker()
        return await asyncio.to_thread(clusters, rows, ranker.reader())

    async def opinions(self, since: datetime, until: datetime) -> Opinions:
        """Return how many citizens found an answer helpful or wrong in a period."""
        async with self.database.transaction() as session:
            helpful, wrong = await feedback_rows.opinions(session, since, until)
        return Opinions(helpful=helpful, wrong=wrong)

    async def unhelpful(self) -> list[tuple[Entry, int, int]]:
        """Return (entry, helpful, wrong) of those that mostly did not help since their last change.

        The most complained about come first.
        """
        async with self.database.transaction() as session:
            return await feedback_rows.unhelpful(session)

    async def words_of(self, key: str) -> str:
        """Return the words of a question that is still kept, else an empty text."""
        async with self.database.transaction() as session:
            found = await feedback_rows.question(session, key)
        return found.words if found is not None else ""

    async def forget_old(self) -> None:
        """Erase the questions and votes whose time is over."""
        now = self._clock()
        async with self.database.transaction() as session:
            await feedback_rows.forget(session, now - self._words_kept, now - VOTES_KEPT)

    def _digest(self, *parts: str) -> str:
        return blind_index(self._key, "\n".join(("faq", *parts)))[:32]


def presentable(words: str) -> str:
    """Return the words with numbers, addresses of mail and names of senders taken out."""
    masked, _ = mask_numbers(words[-LONGEST_WORDS:])
    for pattern in (_MAIL, _NAME, _NUMBERS):
        masked = pattern.sub(MASK, masked)
    return masked.strip()


def _vote(opinion: Opinion, question: feedback_rows.Question | None) -> bool | None:
    """Tell whether the tap speaks for the entry (True), against it (False) or neither (None).

    Who takes the first of three may only have taken the first; who passes over it means it.
    """
    if opinion.kind is OpinionKind.picked:
        passed = question is not None and opinion.entry_id in question.shown[1:]
        return True if passed else None
    return {OpinionKind.helpful: True, OpinionKind.wrong: False}.get(opinion.kind)
