"""What is kept of a citizen's talks with people: handed out and erased."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.handoff import reading, repository
from bot.handoff.models import Handoff, HandoffNote, SearchWords
from bot.handoff.notes import note_place
from kit.vault import ErasedError, Vault

ERASED = "erased"


async def export(session: AsyncSession, vault: Vault, citizen_id: str) -> list[dict[str, Any]]:
    """Return every request for a person, which desk held it when, and what was noted."""
    query = select(Handoff).where(Handoff.citizen_id == citizen_id).order_by(Handoff.id)
    return [
        {
            "asked_at": found.asked_at.isoformat(),
            "desk": found.desk,
            "state": found.state,
            "ended_at": _time(found.ended_at),
            "end_reason": found.end_reason,
            "rating": found.rating,
            "held": [
                {"desk": s.desk, "from": s.began_at.isoformat(), "until": _time(s.ended_at)}
                for s in await reading.stretches(session, found.id)
            ],
            "notes": await _notes(session, vault, found),
        }
        for found in await session.scalars(query)
    ]


async def _notes(session: AsyncSession, vault: Vault, found: Handoff) -> list[dict[str, Any]]:
    notes = [note for note in await reading.notes(session, found.id) if note.words]
    try:
        keys = await vault.keys(session, found.citizen_id) if notes else None
    except ErasedError:
        return []
    return [
        {"at": n.at.isoformat(), "text": keys.open(note_place(n.id), n.words)}
        for n in notes
        if keys is not None
    ]


async def erase(session: AsyncSession, citizen_id: str, now: datetime) -> None:
    """End what is open and delete what was noted. That somebody was served stays, for the figures,
    without anything that leads to a person.
    """
    found = await repository.open_of_citizen(session, citizen_id, lock=True)
    if found is not None:
        ended = {"ended_at": now, "end_reason": ERASED, "lease_until": None}
        if found.state == "held":
            await repository.end_stretch(session, found.id, now, ERASED)
            await repository.change(session, found, "wrap_up", **ended)
        else:
            await repository.change(session, found, "abandoned", **ended)
    of_citizen = select(Handoff.id).where(Handoff.citizen_id == citizen_id)
    await session.execute(delete(SearchWords).where(SearchWords.citizen_id == citizen_id))
    await session.execute(delete(HandoffNote).where(HandoffNote.handoff_id.in_(of_citizen)))


def _time(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()
