"""Who is told, found by one query (`bot.broadcast.rules.wants` in SQL), and who was told before.

A warning for a hundred thousand people has to leave within a second, so nothing is read one by one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, any_, func, literal, null, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from bot.broadcast.models import AnnouncementChunk, StoredAnnouncement
from bot.broadcast.rules import OPEN_CHUNKS, chunks
from bot.citizens.models import Citizen
from bot.preferences.contract import Preferences, QuietHours
from bot.preferences.models import CitizenPreferences
from messages.announcements import Segment
from messages.languages import Language

_P = CitizenPreferences
_UNCHOSEN = Preferences()
_NONE = _P.citizen_id.is_(None)
# Between ids that were put together: no id has it.
_SEPARATOR = "\x1f"


@dataclass(frozen=True)
class Group:
    """What people of one multicast have in common."""

    channel: str
    language: Language
    quiet: QuietHours | None
    after_chunk: int | None = None
    needs_after: bool = False


@dataclass(frozen=True)
class People:
    """Many people, by our ids and, in the same order, by LINE's."""

    citizens: Sequence[str]
    users: Sequence[str]

    def __len__(self) -> int:
        """How many they are."""
        return len(self.users)

    def in_chunks(self) -> Iterator["People"]:
        """Cut them into multicasts."""
        parts = zip(chunks(self.citizens), chunks(self.users), strict=True)
        return (People(citizens, users) for citizens, users in parts)


Audience = Mapping[Group, People]


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
    return dict(await _people(session, _wants(segment, urgent=urgent), urgent=urgent))


async def told_before(
    session: AsyncSession, keys: Sequence[str], *, urgent: bool, only: frozenset[str] = frozenset()
) -> Audience:
    """Return exactly those who were sent one of these announcements, or are being sent it now.

    `only`: no others than these. Call it after what was never tried of them was dropped.
    """
    alike: dict[tuple[int | None, bool], list[str]] = defaultdict(list)
    for citizen, (after, sure) in (await _told(session, keys)).items():
        if not only or citizen in only:
            alike[after, after is not None and not sure].append(citizen)
    found: dict[Group, People] = {}
    for (after, needs), citizens in alike.items():
        for group, people in await _people(session, _is_one_of(citizens), urgent=urgent):
            found[replace(group, after_chunk=after, needs_after=needs)] = people
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
    session: AsyncSession, where: ColumnElement[bool], *, urgent: bool
) -> list[tuple[Group, People]]:
    """Return people by what they have in common; the database puts their ids together."""
    nobody = _P.citizen_id.is_(None).label("nobody")
    quiet = (null(), null()) if urgent else (_P.quiet_start, _P.quiet_end)
    common = (Citizen.channel, nobody, _P.language, *quiet)
    in_order = aggregate_order_by(literal(_SEPARATOR), Citizen.id)
    query = (
        select(
            *common,
            func.string_agg(Citizen.id, in_order),
            func.string_agg(Citizen.line_user_id, in_order),
        )
        .outerjoin(_P, _P.citizen_id == Citizen.id)
        .where(Citizen.is_friend, where)
        .group_by(Citizen.channel, nobody, _P.language, *(() if urgent else quiet))
    )
    found: dict[Group, People] = {}
    rows: Iterable[Any] = await session.execute(query)
    for channel, unchosen, language, start, end, citizens, users in rows:
        group = _group(channel, language, start, end, unchosen=unchosen, urgent=urgent)
        more = People(citizens.split(_SEPARATOR), users.split(_SEPARATOR))
        known = found.get(group, People((), ()))
        # Somebody without a choice and somebody who chose just that are alike.
        found[group] = People([*known.citizens, *more.citizens], [*known.users, *more.users])
    return list(found.items())


def _group(
    channel: str,
    language: str | None,
    start: int | None,
    end: int | None,
    *,
    unchosen: bool,
    urgent: bool,
) -> Group:
    if unchosen:
        return Group(channel, _UNCHOSEN.language, None if urgent else _UNCHOSEN.quiet)
    quiet = None if start is None or end is None else QuietHours(start=start, end=end)
    return Group(channel, Language(language or _UNCHOSEN.language), quiet)


def _is_one_of(citizens: Sequence[str]) -> ColumnElement[bool]:
    """One array and not a parameter each: a statement takes 65,535 of them, a city more people."""
    return Citizen.id == any_(literal(list(citizens), ARRAY(Text)))


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
