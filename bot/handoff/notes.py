"""What staff note for each other about a conversation: sealed, maybe calling for a colleague."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from auth.staff import StaffMember
from bot.handoff import reading, repository
from bot.handoff.audit import record
from bot.handoff.models import Handoff, HandoffNote
from bot.handoff.repository import Colleague
from kit.clock import Clock
from kit.vault import Place, Vault

# Who has held a conversation of a desk within this is one of those who answer there.
COLLEAGUE_FOR = timedelta(days=90)


@dataclass(frozen=True)
class Note:
    """A note from a form, by the form's key, and whom it calls for."""

    key: str
    text: str
    mentioned: Colleague | None = None


class Notes:
    """Writes and opens notes, in the transactions of those who do something with them."""

    def __init__(self, clock: Clock, vault: Vault) -> None:
        """The vault seals them under the citizen's key."""
        self._clock = clock
        self._vault = vault

    async def add(
        self, session: AsyncSession, member: StaffMember, found: Handoff, new: Note
    ) -> None:
        """Keep a note, once for a form; that is recorded."""
        now, unique = self._clock(), f"{found.id}:{new.key}"
        note_id = await repository.insert_note(session, found.id, unique, now, member.name)
        if note_id is None:
            return
        keys = await self._vault.keys_for_writing(session, found.citizen_id)
        sealed = keys.seal(note_place(note_id), new.text)
        await repository.fill_note(session, note_id, sealed, new.mentioned)
        record(session, "noted", found.id, member, now, note_id=note_id)

    async def read(
        self, session: AsyncSession, found: Handoff
    ) -> Sequence[tuple[HandoffNote, str]]:
        """Return the notes of a conversation with their words, without those that were erased."""
        kept = [note for note in await reading.notes(session, found.id) if note.words]
        if not kept:
            return []
        keys = await self._vault.keys(session, found.citizen_id)
        return [(note, keys.open(note_place(note.id), note.words)) for note in kept]

    async def colleagues(
        self, session: AsyncSession, member: StaffMember, desk: str
    ) -> list[Colleague]:
        """Return whom a note at a desk may call for."""
        since = self._clock() - COLLEAGUE_FOR
        return await repository.colleagues(session, desk, member.id, since)

    async def colleague(
        self, session: AsyncSession, member: StaffMember, desk: str, staff_id: str
    ) -> Colleague | None:
        """Return one of these by their id."""
        every = await self.colleagues(session, member, desk)
        return next((one for one in every if one.id == staff_id), None)


def note_place(note_id: int) -> Place:
    """Return where a note's words stand."""
    return Place(HandoffNote.__tablename__, str(note_id), "words")
