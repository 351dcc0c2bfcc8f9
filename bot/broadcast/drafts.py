"""Broadcasts by staff: written by one, let go by another, stopped by anybody who may do either."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth.permissions import check_four_eyes
from auth.staff import StaffMember
from bot.broadcast import audience
from bot.broadcast.announcer import Announcer
from bot.broadcast.models import AnnouncementChunk, Draft, StoredAnnouncement
from bot.broadcast.rules import seconds_until
from bot.jobs import SEND_DRAFT
from kit.clock import Clock
from kit.db import Database
from kit.errors import InvalidInputError, NotFoundError
from kit.ids import new_retry_key
from kit.jobs import NewJob, enqueue
from kit.lifecycle import Lifecycle, check_step
from kit.logging import get_logger
from messages.announcements import Announcement, AnnouncementStatus, Segment
from messages.languages import Language
from messages.neutral import Text
from messages.topics import Topic

log = get_logger(__name__)

DRAFT_STATES: Lifecycle = {
    "waiting": frozenset({"sent", "rejected", "scheduled"}),
    "scheduled": frozenset({"sent", "rejected"}),
    "sent": frozenset({"stopped"}),
    "rejected": frozenset(),
    "stopped": frozenset(),
}

LONGEST_TEXT = 500
SHORTEST_REASON = 5
_LASTS = timedelta(hours=12)
_LISTED = 50


@dataclass(frozen=True)
class Written:
    """What somebody wrote on the desk, checked. `follows`: exactly to the recipients of that one.

    No areas stand for the whole city, which the form has to say explicitly.
    """

    texts: dict[Language, str]
    areas: tuple[str, ...] = ()
    place: str = ""
    """In words how the areas were found, where they were not chosen by name."""
    topics: tuple[Topic, ...] = ()
    urgent: bool = False
    follows: str | None = None
    send_at: datetime | None = None
    """Not before then; None: as soon as a second person has seen it."""

    @property
    def segment(self) -> Segment:
        """Whom it is for."""
        return Segment(areas=self.areas, topics=self.topics)


@dataclass(frozen=True)
class Progress:
    """How far a broadcast is: people by state, and seconds until 50, 95 and 100 % were accepted."""

    status: AnnouncementStatus
    seconds: dict[int, float] = field(default_factory=dict)

    @property
    def open(self) -> int:
        """How many wait or are being sent to."""
        return self.status.recipients["pending"] + self.status.recipients["sending"]


class BroadcastDesk:
    """Keeps drafts, and lets them go once two people have seen them."""

    def __init__(self, database: Database, clock: Clock, announcer: Announcer) -> None:
        """All parts are made once per process."""
        self._database = database
        self._clock = clock
        self._announcer = announcer

    async def count(self, written: Written) -> int:
        """Return how many people it would reach now."""
        async with self._database.transaction() as session:
            if written.follows is not None:
                people = audience.of_told([written.follows], urgent=True)
            else:
                people = audience.of_segment(written.segment, urgent=written.urgent)
            return await audience.count(session, people)

    async def propose(self, written: Written, author: StaffMember) -> int:
        """Keep a draft for a second person; returns its number."""
        async with self._database.transaction() as session:
            row = Draft(
                key=f"desk:{new_retry_key()}",
                state="waiting",
                texts={language.value: text for language, text in written.texts.items()},
                areas=list(written.areas),
                place=written.place,
                topics=[topic.value for topic in written.topics],
                hazards=[],
                urgent=written.urgent,
                follows=written.follows,
                send_at=written.send_at,
                author_id=author.id,
                author=author.name,
                created_at=self._clock(),
            )
            session.add(row)
            await session.flush()
            log.info("broadcast_proposed", broadcast_id=row.id, staff=author.id)
            return row.id

    async def approve(self, draft_id: int, approver: StaffMember) -> None:
        """Let a draft go, now or at its time. Raises SamePersonError for its author, and
        NotFoundError."""
        async with self._database.transaction() as session:
            row = await _load(session, draft_id)
            check_four_eyes(row.author_id, approver.id)
            if row.send_at is not None and row.send_at > self._clock():
                row.state = check_step(DRAFT_STATES, row.state, "scheduled")
                _decide(row, approver, self._clock())
                job = NewJob(SEND_DRAFT, {"draft_id": row.id}, schedule_at=row.send_at)
                await enqueue(session, job)
                return
        await self._send(draft_id, approver, None)

    async def send_scheduled(self, draft_id: int) -> None:
        """Send a draft whose time has come; one that was put away meanwhile stays so."""
        row = await self.find(draft_id)
        if row.state == "scheduled":
            await self._announcer.announce(_announcement(row, self._clock()))
            async with self._database.transaction() as session:
                row = await _load(session, draft_id)
                row.state = check_step(DRAFT_STATES, row.state, "sent")

    async def override(self, draft_id: int, member: StaffMember, reason: str) -> None:
        """Let an urgent draft go without a second person; the reason is kept for good.

        Raises InvalidInputError without a reason, or for a draft that is not urgent.
        """
        async with self._database.transaction() as session:
            row = await _load(session, draft_id)
            if not row.urgent or len(reason.strip()) < SHORTEST_REASON:
                raise InvalidInputError
        log.warning("broadcast_overridden", broadcast_id=draft_id, staff=member.id)
        await self._send(draft_id, member, reason.strip())

    async def reject(self, draft_id: int, member: StaffMember) -> None:
        """Put a draft away unsent."""
        async with self._database.transaction() as session:
            row = await _load(session, draft_id)
            row.state = check_step(DRAFT_STATES, row.state, "rejected")
            _decide(row, member, self._clock())

    async def stop(self, draft_id: int, member: StaffMember) -> None:
        """Drop whatever was not sent yet."""
        async with self._database.transaction() as session:
            row = await _load(session, draft_id)
            row.state = check_step(DRAFT_STATES, row.state, "stopped")
            row.stopped_by = member.name
            key = row.key
        await self._announcer.stop(key)

    async def listed(self) -> Sequence[Draft]:
        """Return the newest drafts first."""
        async with self._database.transaction() as session:
            query = select(Draft).order_by(Draft.id.desc()).limit(_LISTED)
            return list(await session.scalars(query))

    async def find(self, draft_id: int) -> Draft:
        """Return a draft. Raises NotFoundError."""
        async with self._database.transaction() as session:
            return await _load(session, draft_id)

    async def waiting(self) -> int:
        """Return how many drafts wait for a second person."""
        async with self._database.transaction() as session:
            rows = await session.scalars(select(Draft.id).where(Draft.state == "waiting"))
            return len(rows.all())

    async def progress(self, key: str) -> Progress | None:
        """Return how far a broadcast is; None before it was let go."""
        try:
            status = await self._announcer.status(key)
        except NotFoundError:
            return None
        async with self._database.transaction() as session:
            query = (
                select(
                    StoredAnnouncement.created_at,
                    AnnouncementChunk.finished_at,
                    AnnouncementChunk.recipients,
                )
                .join(
                    StoredAnnouncement, StoredAnnouncement.id == AnnouncementChunk.announcement_id
                )
                .where(StoredAnnouncement.key == key, AnnouncementChunk.state == "accepted")
                .order_by(AnnouncementChunk.finished_at)
            )
            rows = [(began, ended, n) for began, ended, n in await session.execute(query) if ended]
        return Progress(status, seconds_until(rows, status.audience))

    async def _send(self, draft_id: int, member: StaffMember, reason: str | None) -> None:
        """Announce first: by the draft's key, so that another try after a crash adds nothing."""
        row = await self.find(draft_id)
        check_step(DRAFT_STATES, row.state, "sent")
        await self._announcer.announce(_announcement(row, self._clock()))
        async with self._database.transaction() as session:
            row = await _load(session, draft_id)
            row.state = check_step(DRAFT_STATES, row.state, "sent")
            _decide(row, member, self._clock())
            row.emergency_reason = reason


def _decide(row: Draft, member: StaffMember, now: datetime) -> None:
    row.approver_id, row.approver, row.decided_at = member.id, member.name, now


async def _load(session: AsyncSession, draft_id: int) -> Draft:
    row = await session.get(Draft, draft_id, with_for_update=True)
    if row is None:
        raise NotFoundError
    return row


def _announcement(row: Draft, now: datetime) -> Announcement:
    texts = {Language(language): (Text(text=text),) for language, text in row.texts.items()}
    return Announcement(
        key=row.key,
        segment=Segment(areas=tuple(row.areas), topics=tuple(Topic(t) for t in row.topics)),
        messages=texts[Language.ja],
        in_languages=texts,
        expires_at=now + _LASTS,
        urgent=row.urgent,
        follows=() if row.follows is None else (row.follows,),
        replaces=() if row.follows is None else (row.follows,),
    )
