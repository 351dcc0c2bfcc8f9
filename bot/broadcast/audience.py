"""Who is told, found by the database (`bot.broadcast.rules.wants` in SQL), and who was told before.

A warning for a hundred thousand people has to leave within a second: their ids are put together
into multicasts where they are, and none of them travels here. Nor may ids go there one by one: a
statement takes 65,535 parameters.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    SmallInteger,
    Subquery,
    Text,
    and_,
    any_,
    case,
    cast,
    column,
    false,
    func,
    literal,
    null,
    or_,
    select,
    text,
    values,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from bot.broadcast.models import AnnouncementChunk, StoredAnnouncement
from bot.broadcast.rules import MULTICAST_RECIPIENTS, OPEN_CHUNKS
from bot.citizens.models import Citizen
from bot.preferences.contract import Preferences
from bot.preferences.models import CitizenPreferences
from messages.announcements import Segment
from messages.languages import Language

_P = CitizenPreferences
_UNCHOSEN = Preferences()
_NONE = _P.citizen_id.is_(None)
_COMMON = ("channel", "language", "quiet_start", "quiet_end", "after_chunk", "needs_after")
"""What people of one multicast have in common."""
# Memory enough for a million people; without it they are sorted on the disk. And no loop over all
# for each of the people, which the database chooses where it has not counted them yet.
_AS_MANY = text("SET LOCAL work_mem = '256MB'; SET LOCAL enable_nestloop = off")


def of_segment(segment: Segment, *, urgent: bool) -> Subquery:
    """Return everybody whom an announcement for a segment is for."""
    query = _friends(urgent=urgent, after_chunk=null(), needs_after=false())
    return query.where(_wants(segment, urgent=urgent)).subquery("people")


def of_told(keys: Sequence[str], *, urgent: bool, only: frozenset[str] = frozenset()) -> Subquery:
    """Return exactly those who were sent one of these announcements, or are being sent it now.

    `only`: no others than these. Call it after what was never tried of them was dropped.
    """
    told = _told(keys).subquery("told")
    # Who was told nothing for sure hears of an end only if the message before arrives.
    needs_after = and_(told.c.after_chunk.is_not(None), ~told.c.sure)
    query = _friends(urgent=urgent, after_chunk=told.c.after_chunk, needs_after=needs_after)
    query = query.join(told, told.c.citizen == Citizen.id)
    if only:
        query = query.where(Citizen.id == any_(cast(sorted(only), ARRAY(Text))))
    return query.subquery("people")


async def count(session: AsyncSession, people: Subquery) -> int:
    """Return how many they are."""
    return int(await session.scalar(select(func.count()).select_from(people)) or 0)


async def write_chunks(
    session: AsyncSession, announcement_id: int, people: Subquery, texts: Mapping[Language, str]
) -> list[tuple[int, int]]:
    """Write the multicasts to people, each with its retry key; return (number, people) of each.

    `texts`: the messages by language, as JSON.
    """
    spoken = values(column("language", Text), column("words", Text), name="spoken").data(
        [(language.value, words) for language, words in texts.items()]
    )
    parts = _parts(people)
    body = literal('{"to":') + parts.c.users + ',"messages":' + spoken.c.words + "}"
    chunks = select(
        literal(announcement_id),
        literal("pending"),
        literal(0),
        func.gen_random_uuid(),
        parts.c.recipients,
        parts.c.citizens,
        body,
        parts.c.channel,
        *(parts.c[name] for name in _COMMON[2:]),
    ).join(spoken, spoken.c.language == parts.c.language)
    names = ("announcement_id", "state", "attempts", "retry_key", "recipients", "citizens", "body")
    new = insert(AnnouncementChunk).from_select([*names, "channel", *_COMMON[2:]], chunks)
    await session.execute(_AS_MANY)
    written = await session.execute(
        new.returning(AnnouncementChunk.id, AnnouncementChunk.recipients)
    )
    return sorted((row[0], row[1]) for row in written)


def _parts(people: Subquery) -> Subquery:
    """People by what they have in common, at most so many as one multicast takes.

    Nobody needs an order: sorting a million ids takes longer than everything else here.
    """
    common = [people.c[name] for name in _COMMON]
    place = func.row_number().over(partition_by=common) - 1
    numbered = select(people, (place // MULTICAST_RECIPIENTS).label("part")).subquery("numbered")
    return (
        select(
            *(numbered.c[name] for name in _COMMON),
            func.count().label("recipients"),
            cast(func.json_agg(numbered.c.line_user_id), Text).label("users"),
            func.array_agg(numbered.c.citizen_id).label("citizens"),
        )
        .group_by(*(numbered.c[name] for name in _COMMON), numbered.c.part)
        .subquery("parts")
    )


def _friends(
    *, urgent: bool, after_chunk: ColumnElement[Any], needs_after: ColumnElement[bool]
) -> Select[*tuple[object, ...]]:
    """Everybody who can be told, with what they have in common with others."""
    quiet = _UNCHOSEN.quiet
    start, end = (None, None) if quiet is None else (quiet.start, quiet.end)
    return (
        select(
            Citizen.id.label("citizen_id"),
            Citizen.line_user_id,
            Citizen.channel,
            func.coalesce(_P.language, _UNCHOSEN.language.value).label("language"),
            _hour(_P.quiet_start, start, urgent=urgent).label("quiet_start"),
            _hour(_P.quiet_end, end, urgent=urgent).label("quiet_end"),
            cast(after_chunk, AnnouncementChunk.id.type).label("after_chunk"),
            needs_after.label("needs_after"),
        )
        .outerjoin(_P, _P.citizen_id == Citizen.id)
        .where(Citizen.is_friend)
    )


def _hour(
    chosen: InstrumentedAttribute[int | None], unchosen: int | None, *, urgent: bool
) -> ColumnElement[int | None]:
    """An hour of somebody's quiet time; in danger to life there is none."""
    if urgent:
        return cast(null(), SmallInteger)
    return cast(case((_NONE, literal(unchosen, SmallInteger)), else_=chosen), SmallInteger)


def _told(keys: Sequence[str]) -> Select[*tuple[object, ...]]:
    """By citizen: the chunk to wait for, and whether one was accepted already."""
    chunk = AnnouncementChunk
    is_over = chunk.state == "accepted"
    citizen = func.unnest(chunk.citizens).table_valued("id", name="citizen").render_derived()
    return (
        select(
            citizen.c.id.label("citizen"),
            func.max(chunk.id).filter(~is_over).label("after_chunk"),
            func.bool_or(is_over).label("sure"),
        )
        .select_from(chunk)
        .join(StoredAnnouncement, StoredAnnouncement.id == chunk.announcement_id)
        .join(citizen, literal(True))
        .where(StoredAnnouncement.key.in_(keys), chunk.state.in_({"accepted", *OPEN_CHUNKS}))
        .group_by(citizen.c.id)
    )


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
