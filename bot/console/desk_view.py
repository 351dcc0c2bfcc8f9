"""What the desk sees of one conversation, and of nobody else's."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth.staff import StaffMember
from bot.citizens import repository as citizen_rows
from bot.console.transcript import (
    Entry,
    Talk,
    about_words,
    active_form,
    transcript,
    understood_by_event,
)
from bot.handoff import audit, reading, repository
from bot.handoff.models import Handoff, HandoffAction, Stretch
from bot.handoff.notes import Notes
from bot.handoff.repository import Colleague
from bot.line.models import LineEvent
from bot.media import repository as media
from bot.preferences.repository import load_preferences
from bot.turns.rasa import RasaClient
from kit.clock import Clock
from kit.db import Database
from kit.errors import NotFoundError, UnavailableError
from kit.vault import Vault

# What the bot understood is worth no longer wait than this.
PATIENCE_SECONDS = 1.5


@dataclass(frozen=True)
class Note:
    """What somebody noted."""

    at: datetime
    who: str
    text: str
    mentioned: str = ""


@dataclass(frozen=True)
class Sheet:
    """One conversation as its page shows it."""

    handoff: Handoff
    entries: Sequence[Entry]
    notes: Sequence[Note]
    actions: Sequence[HandoffAction]
    stretches: Sequence[Stretch]
    about: str
    form: str
    is_friend: bool
    hides: bool
    """Whether talks with other desks are left out."""
    chosen: str
    """The citizen's language, as they chose it."""
    colleagues: Sequence[Colleague]
    """Whom a note may call for."""


@dataclass(frozen=True)
class Picture:
    """A file that a citizen sent."""

    kind: str
    content: bytes


class DeskView:
    """Reads conversations for members of staff; a look is recorded."""

    def __init__(self, database: Database, clock: Clock, rasa: RasaClient, vault: Vault) -> None:
        """`rasa` tells what was understood; without it the page has all the rest."""
        self._database = database
        self._clock = clock
        self._rasa = rasa
        self._vault = vault
        self._notes = Notes(clock, vault)

    async def open(
        self, member: StaffMember, handoff_id: int, before: datetime | None = None
    ) -> Sheet:
        """Return one conversation. Raises NotFoundError for one that is none of theirs."""
        async with self._database.transaction() as session:
            found = await self._find(session, member, handoff_id)
            await audit.record_look(session, found.id, member, self._clock())
            await repository.see_mentions(session, found.id, member.id, self._clock())
        kept = await self._kept_by_rasa(found.citizen_id)
        async with self._database.transaction() as session:
            return await self._sheet(session, member, found, before, kept)

    async def whole(self, member: StaffMember, handoff_id: int, form: str) -> Sheet:
        """Return everything of one conversation, to be taken out as `form`; that is recorded.

        Raises NotFoundError.
        """
        async with self._database.transaction() as session:
            found = await self._find(session, member, handoff_id)
            audit.record(session, "exported", found.id, member, self._clock(), form=form)
            return await self._sheet(session, member, found, None, [], reading.WHOLE)

    async def _sheet(
        self,
        session: AsyncSession,
        member: StaffMember,
        found: Handoff,
        before: datetime | None,
        kept: list[dict[str, Any]],
        most: int = reading.SHOWN,
    ) -> Sheet:
        events = await reading.received(session, found.citizen_id, before, most)
        talk = Talk(
            events=events,
            sent=await reading.sent(session, found.citizen_id, before, most),
            files=await reading.files(session, [event.id for event in events]),
            understood=understood_by_event(kept),
        )
        others = await _of_other_desks(session, member, found)
        every = transcript(talk, 2 * most)
        seen = [entry for entry in every if not _lies_in(entry.at, others)]
        about = await session.get(LineEvent, found.about_event_id or 0)
        citizen = await citizen_rows.load_citizen(session, found.citizen_id)
        return Sheet(
            handoff=found,
            entries=seen[-most:],
            notes=await self._read(session, found),
            actions=await reading.actions(session, found.id),
            stretches=await reading.stretches(session, found.id),
            about=about_words(about.raw if about else None),
            form=active_form(kept),
            is_friend=citizen is not None and citizen.is_friend,
            hides=len(seen) < len(every),
            chosen=(await load_preferences(session, found.citizen_id)).language,
            colleagues=await self._notes.colleagues(session, member, found.desk),
        )

    async def file(self, member: StaffMember, handoff_id: int, media_id: int) -> Picture:
        """Return a file of a conversation; that is recorded. Raises NotFoundError."""
        async with self._database.transaction() as session:
            found = await self._find(session, member, handoff_id)
            row = await reading.file_of(session, found.citizen_id, media_id)
            others = await _of_other_desks(session, member, found)
            if row is None or _lies_in(row.created_at, others):
                raise NotFoundError
            audit.record(
                *(session, "file_opened", found.id, member, self._clock()), media_id=media_id
            )
            return Picture(row.kind, await media.open_content(session, self._vault, row))

    async def _find(self, session: AsyncSession, member: StaffMember, handoff_id: int) -> Handoff:
        found = await repository.load_handoff(session, handoff_id, member.desks)
        if found is None:
            raise NotFoundError
        return found

    async def _read(self, session: AsyncSession, found: Handoff) -> list[Note]:
        return [
            Note(note.at, note.staff_name, words, note.mentioned_name or "")
            for note, words in await self._notes.read(session, found)
        ]

    async def _kept_by_rasa(self, citizen_id: str) -> list[dict[str, Any]]:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await self._rasa.conversation(citizen_id)
        except (TimeoutError, UnavailableError):
            return []


Times = Sequence[tuple[datetime, datetime]]


async def _of_other_desks(session: AsyncSession, member: StaffMember, found: Handoff) -> Times:
    """Return when the citizen spoke with desks that are none of the member's."""
    query = select(Handoff.asked_at, Handoff.ended_at).where(
        Handoff.citizen_id == found.citizen_id,
        Handoff.id != found.id,
        Handoff.desk.not_in(member.desks),
        Handoff.ended_at.is_not(None),
    )
    return [(row[0], row[1]) for row in await session.execute(query) if row[1] is not None]


def _lies_in(at: datetime, times: Times) -> bool:
    return any(start <= at <= end for start, end in times)
