"""All SQL of questions and votes."""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from services.faq import repository
from services.faq.contract import Outcome
from services.faq.models import FaqQuestion, FaqVersion, FaqVote
from services.faq.rules import Entry
from services.faq.search.learning import Vote

# What the FAQ did not answer, whoever says so: the search or the citizen.
IN_VAIN = (Outcome.refused, Outcome.none_fits, Outcome.wrong)
# Fewer complaints may be slips of the finger.
COMPLAINTS = 3


@dataclass(frozen=True)
class Question:
    """One question as it is kept; `shown` are ids of entries, best first."""

    key: str
    words: str
    terms: tuple[str, ...]
    outcome: str
    shown: tuple[str, ...]


_COLUMNS = [FaqQuestion.__table__.c[field.name] for field in fields(Question)]


async def insert_question(session: AsyncSession, row: Question, now: datetime) -> None:
    """Keep a question, unless it is kept already."""
    values = {
        "key": row.key,
        "words": row.words,
        "terms": list(row.terms),
        "outcome": row.outcome,
        "shown": list(row.shown),
        "asked_at": now,
    }
    await session.execute(upsert(FaqQuestion).values(values).on_conflict_do_nothing())


async def question(session: AsyncSession, key: str) -> Question | None:
    """Return the question of that key while it is kept."""
    rows = await session.execute(select(*_COLUMNS).where(FaqQuestion.key == key))
    row = rows.one_or_none()
    if row is None:
        return None
    return Question(row.key, row.words, tuple(row.terms), row.outcome, tuple(row.shown))


async def set_outcome(session: AsyncSession, key: str, outcome: Outcome) -> None:
    """Note what became of a question."""
    statement = update(FaqQuestion).where(FaqQuestion.key == key).values(outcome=outcome)
    await session.execute(statement)


async def put_vote(session: AsyncSession, key: str, vote: Vote, now: datetime) -> None:
    """Put a vote in the stead of an earlier one of the same citizen on the same entry."""
    values = {
        "entry_id": vote.entry_id,
        "terms": list(vote.terms),
        "helpful": vote.helpful,
        "voted_at": now,
    }
    statement = upsert(FaqVote).values(key=key, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["key"], set_=values))


async def votes(session: AsyncSession) -> list[Vote]:
    """Return every vote that is kept."""
    rows = await session.scalars(select(FaqVote))
    return [Vote(row.entry_id, tuple(row.terms), row.helpful) for row in rows]


async def opinions(session: AsyncSession, since: datetime, until: datetime) -> tuple[int, int]:
    """Return (helpful, wrong): how many citizens said so in a period."""
    query = select(
        func.count().filter(FaqVote.helpful), func.count().filter(~FaqVote.helpful)
    ).where(FaqVote.voted_at >= since, FaqVote.voted_at < until)
    helpful, wrong = (await session.execute(query)).one()
    return helpful, wrong


async def unanswered(session: AsyncSession, limit: int) -> list[Question]:
    """Return the newest questions that were asked in vain."""
    query = (
        select(*_COLUMNS)
        .where(FaqQuestion.outcome.in_(IN_VAIN))
        .order_by(FaqQuestion.asked_at.desc(), FaqQuestion.key)
        .limit(limit)
    )
    rows = await session.execute(query)
    return [
        Question(row.key, row.words, tuple(row.terms), row.outcome, tuple(row.shown))
        for row in rows
    ]


async def unhelpful(session: AsyncSession) -> list[tuple[Entry, int, int]]:
    """Return (entry, helpful, wrong) where most votes since the last change say it is wrong."""
    last = (
        select(FaqVersion.entry_id, func.max(FaqVersion.at).label("at"))
        .group_by(FaqVersion.entry_id)
        .subquery()
    )
    helpful = func.count().filter(FaqVote.helpful)
    wrong = func.count().filter(~FaqVote.helpful)
    query = (
        select(FaqVote.entry_id, helpful, wrong)
        .join(last, last.c.entry_id == FaqVote.entry_id)
        .where(FaqVote.voted_at >= last.c.at)
        .group_by(FaqVote.entry_id)
        .having(wrong >= COMPLAINTS, wrong > helpful)
        .order_by(wrong.desc(), FaqVote.entry_id)
    )
    found = []
    for entry_id, good, bad in await session.execute(query):
        entry = await repository.entry(session, entry_id)
        if entry is not None:
            found.append((entry, good, bad))
    return found


async def forget(session: AsyncSession, asked: datetime, voted: datetime) -> None:
    """Erase questions asked and votes cast before these times."""
    await session.execute(delete(FaqQuestion).where(FaqQuestion.asked_at < asked))
    await session.execute(delete(FaqVote).where(FaqVote.voted_at < voted))
