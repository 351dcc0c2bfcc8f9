"""Who is told, found by one query (`bot.broadcast.rules.wants` in SQL), and who was told before.

A warning for a hundred thousand people has to leave within a second, so nothing is read one by one.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.broadcast.models import AnnouncementChunk, StoredAnnouncement
from bot.broadcast.rules import OPEN_CHUNKS
from bot.citizens.models import Citizen
from bot.preferences.contract import Preferences, QuietHours
from bot.preferences.models import CitizenPreferences
from messages.announcements import Segment
from messages.languages import Language

_P = CitizenPreferences
_UNCHOSEN = Preferences()
_NONE = _P.citizen_id.is_(None)


@dataclass(frozen=True)
class Group:
    """What people of one multicast have in common."""

    channel: str
    language: Language
    quiet: QuietHours | None
    after_chunk: int | None = None
    needs_after: bool = False


@dataclass(frozen=True)
class Recipient:
    """One person: our id and LINE's."""

    citizen_id: str
    user_id: str


Audience = Mapping[Group, Sequence[Recipient]]


async def count(session: AsyncSession, segment: Segment, *, urgent: bool) -> int:
    """Return how many would be told."""
    query = (
        select(func.count())
        .select_from(Citizen)
        .outerjoin(_P, _P.citizen_id == Citizen.id)
        .where(Citizen.is_friend, _wants(segment, urgent=urgent))
    )
    return int(await session.scalar(query) or 0)


async def wanting(session: AsyncSession, segment: Segment, *, urgent: bool) -> Audience:
    """Return everybody whom an announcement for a segment is for."""
    where = _wants(segment, urgent=urgent)
    found: dict[Group, list[Recipient]] = defaultdict(list)
    for recipient, group in await _people(session, where):
        found[_awake(group, urgent=urgent)].append(recipient)
    return found


async def told_before(session: AsyncSession, keys: Sequence[str], *, urgent: bool) -> Audience:
    """Return exactly those who were sent one of these announcements, or are being sent it now.

    Call it after what was never tried of them was dropped.
    """
    waits = await _told(session, keys)
    found: dict[Group, list[Recipient]] = defaultdict(list)
    for recipient, group in await _people(session, Citizen.id.in_(list(waits))):
        after, sure = waits[recipient.citizen_id]
        awake = _awake(group, urgent=urgent)
        needs = after is not None and not sure
        found[replace(awake, after_chunk=after, needs_after=needs)].append(recipient)
    return found


async def _told(session: AsyncSession, keys: Sequence[str]) -> dict[str, tuple[int | None, bool]]:
    """Return by citizen: (the chunk to wait for, whether one was accepted already)."""
    query = (
        select(AnnouncementChunk.id, AnnouncementChunk.state, AnnouncementChunk.citizens)
        .join(StoredAnnouncement, StoredAnnouncement.id == AnnouncementChunk.announcement_id)
        .where(
            StoredAnnouncement.key.in_(keys),
            AnnouncementChunk.state.in_({"accepted", *OPEN_CHUNKS}),
        )
        .order_by(AnnouncementChunk.id)
    )
    found: dict[str, tuple[int | None, bool]] = {}
    for chunk_id, state, citizens in await session.execute(query):
        for citizen in citizens:
            after, sure = found.get(citizen, (None, False))
            is_over = state == "accepted"
            found[citizen] = (after if is_over else chunk_id, sure or is_over)
    return found


async def _people(
    session: AsyncSession, where: ColumnElement[bool]
) -> list[tuple[Recipient, Group]]:
    query = (
        select(
            Citizen.id,
            Citizen.line_user_id,
            Citizen.channel,
            _P.citizen_id,
            _P.language,
            _P.quiet_start,
            _P.quiet_end,
        )
        .outerjoin(_P, _P.citizen_id == Citizen.id)
        .where(Citizen.is_friend, where)
        .order_by(Citizen.id)
    )
    groups: dict[tuple[object, ...], Group] = {}
    found = []
    for citizen, user, channel, chosen, language, start, end in await session.execute(query):
        key = (channel, language, start, end, chosen is None)
        if key not in groups:
            groups[key] = _group(channel, chosen, language, start, end)
        found.append((Recipient(citizen, user), groups[key]))
    return found


def _group(
    channel: str, citizen: str | None, language: str | None, start: int | None, end: int | None
) -> Group:
    if citizen is None:
        return Group(channel, _UNCHOSEN.language, _UNCHOSEN.quiet)
    quiet = None if start is None or end is None else QuietHours(start=start, end=end)
    return Group(channel, Language(language or _UNCHOSEN.language), quiet)


def _awake(group: Group, *, urgent: bool) -> Group:
    return replace(group, quiet=None) if urgent else group


def _wants(segment: Segment, *, urgent: bool) -> ColumnElement[bool]:
    """`rules.wants`, for somebody without a choice too."""
    parts: list[ColumnElement[bool]] = []
    for addressed, chosen in ((segment.areas, _P.areas), (segment.hazards, _P.hazards)):
        if addressed:
            meets = chosen.overlap(list(addressed))
            parts.append(or_(_NONE, func.cardinality(chosen) == 0, meets))
    if segment.languages:
        spoken = func.coalesce(_P.language, _UNCHOSEN.language.value)
        parts.append(spoken.in_([language.value for language in segment.languages]))
    if segment.level is not None:
        parts.append(func.coalesce(_P.warn_from, _UNCHOSEN.warn_from) <= segment.level)
    if segment.topics and not urgent:
        by_default = bool(set(segment.topics) & set(_UNCHOSEN.topics))
        chosen_topics = _P.topics.overlap([topic.value for topic in segment.topics])
        parts.append(or_(_NONE, chosen_topics) if by_default else and_(~_NONE, chosen_topics))
    return and_(*parts) if parts else Citizen.id.is_not(None)
