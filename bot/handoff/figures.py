"""Figures of a desk's talks, each computed from what is stored; the SQL is tested on fixtures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

# Who asks again within this was not helped the first time.
SOON = timedelta(hours=72)

# A talk counts in the period in which it was queued.
_DESKS = text(
    """
    SELECT
      desk,
      count(*) AS queued,
      count(*) FILTER (WHERE kind = 'message') AS messages,
      count(*) FILTER (WHERE urgent) AS urgent,
      count(*) FILTER (WHERE first_reply_at IS NOT NULL) AS replied,
      count(*) FILTER (WHERE state = 'abandoned' AND first_reply_at IS NULL) AS abandoned,
      count(*) FILTER (WHERE state IN ('wrap_up', 'bot')) AS closed,
      count(rating) AS rated,
      count(*) FILTER (WHERE rating = 3) AS satisfied,
      count(*) FILTER (WHERE rating = 1) AS dissatisfied,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM first_reply_at - queued_at))
        FILTER (WHERE kind = 'talk' AND first_reply_at IS NOT NULL) AS talk_median,
      percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM first_reply_at - queued_at))
        FILTER (WHERE kind = 'talk' AND first_reply_at IS NOT NULL) AS talk_p90,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM first_reply_at - queued_at))
        FILTER (WHERE kind = 'message' AND first_reply_at IS NOT NULL) AS message_median,
      percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM first_reply_at - queued_at))
        FILTER (WHERE kind = 'message' AND first_reply_at IS NOT NULL) AS message_p90,
      count(*) FILTER (WHERE state IN ('wrap_up', 'bot') AND ended_at <= :settled) AS settled,
      count(*) FILTER (WHERE state IN ('wrap_up', 'bot') AND ended_at <= :settled AND EXISTS (
        SELECT 1 FROM bot_handoff again
        WHERE again.citizen_id = bot_handoff.citizen_id
          AND again.queued_at > bot_handoff.ended_at
          AND again.queued_at <= bot_handoff.ended_at + :soon
      )) AS back
    FROM bot_handoff
    WHERE desk = ANY(:desks) AND queued_at >= :since AND queued_at < :until
    GROUP BY desk
    ORDER BY desk
    """
)
_DAYS = text(
    """
    SELECT CAST(queued_at AT TIME ZONE :zone AS date) AS day, count(*) AS number
    FROM bot_handoff
    WHERE desk = ANY(:desks) AND queued_at >= :since AND queued_at < :until
    GROUP BY day
    """
)
_REACH = text(
    """
    SELECT
      count(*) FILTER (WHERE is_friend) AS friends,
      count(*) FILTER (WHERE is_friend AND EXISTS (
        SELECT 1 FROM bot_line_event e
        WHERE e.citizen_id = c.id AND e.kind IN ('message', 'postback')
          AND e.received_at >= :since AND e.received_at < :until
      )) AS wrote
    FROM bot_citizen c
    WHERE forgotten_at IS NULL
    """
)
_BOT = text(
    """
    SELECT
      count(*) FILTER (WHERE state = 'answered') AS by_bot,
      count(*) FILTER (WHERE state = 'handed') AS to_people,
      count(DISTINCT citizen_id) AS citizens,
      (
        SELECT count(DISTINCT citizen_id) FROM bot_handoff
        WHERE queued_at >= :since AND queued_at < :until
      ) AS asked
    FROM bot_line_event
    WHERE kind IN ('message', 'postback') AND received_at >= :since AND received_at < :until
      AND state IN ('answered', 'handed', 'failed')
    """
)
_THEMES = text(
    """
    SELECT coalesce(theme, '') AS theme, count(*) AS number
    FROM bot_handoff
    WHERE desk = ANY(:desks) AND queued_at >= :since AND queued_at < :until
    GROUP BY 1
    ORDER BY count(theme) = 0, number DESC, 1
    """
)
_QUALITIES = text(
    """
    SELECT quality, count(*) AS number
    FROM bot_handoff
    WHERE desk = ANY(:desks) AND quality IS NOT NULL
      AND queued_at >= :since AND queued_at < :until
    GROUP BY quality
    """
)
_ENDS = text(
    """
    SELECT end_reason, count(*) AS number
    FROM bot_handoff
    WHERE desk = ANY(:desks) AND end_reason IS NOT NULL
      AND queued_at >= :since AND queued_at < :until
    GROUP BY end_reason
    ORDER BY number DESC, end_reason
    """
)


@dataclass(frozen=True)
class DeskFigures:
    """One desk. Seconds from being queued to the first reply; None where there is none."""

    desk: str
    queued: int
    messages: int
    urgent: int
    replied: int
    abandoned: int
    closed: int
    rated: int
    satisfied: int
    dissatisfied: int
    talk_median: float | None
    talk_p90: float | None
    message_median: float | None
    message_p90: float | None
    settled: int
    """Talks that ended at least 72 hours before the period's end: of these is known whether …"""
    back: int
    """… their citizen asked for a person again within 72 hours."""


@dataclass(frozen=True)
class Reach:
    """How many are friends of the account, and how many of these wrote in the period."""

    friends: int
    wrote: int


@dataclass(frozen=True)
class BotFigures:
    """What citizens sent in all, who answered it, and how many of them were queued for a person."""

    by_bot: int
    to_people: int
    citizens: int
    asked: int


async def of_desks(
    session: AsyncSession, desks: Sequence[str], since: datetime, until: datetime
) -> list[DeskFigures]:
    """Return the figures of these desks; a desk without any talk is left out."""
    times = {"since": since, "until": until, "settled": until - SOON, "soon": SOON}
    rows = (await session.execute(_DESKS, {"desks": list(desks), **times})).mappings()
    return [DeskFigures(**row) for row in rows]


async def by_day(
    session: AsyncSession, desks: Sequence[str], since: datetime, until: datetime
) -> list[tuple[date, int]]:
    """Return how many talks were queued on each day, in the time zone of `since` and `until`."""
    values = {"desks": list(desks), "since": since, "until": until, "zone": str(since.tzinfo)}
    found = {row.day: row.number for row in await session.execute(_DAYS, values)}
    first, days = since.date(), (until.date() - since.date()).days + 1
    return [(day, found.get(day, 0)) for n in range(days) for day in [first + timedelta(days=n)]]


async def reach(session: AsyncSession, since: datetime, until: datetime) -> Reach:
    """Return how many the talk reaches."""
    row = (await session.execute(_REACH, {"since": since, "until": until})).one()
    return Reach(row.friends, row.wrote)


async def of_bot(session: AsyncSession, since: datetime, until: datetime) -> BotFigures:
    """Return who answered what citizens sent."""
    row = (await session.execute(_BOT, {"since": since, "until": until})).one()
    return BotFigures(row.by_bot, row.to_people, row.citizens, row.asked)


async def ends(
    session: AsyncSession, desks: Sequence[str], since: datetime, until: datetime
) -> list[tuple[str, int]]:
    """Return how talks ended: (reason, number), the most frequent first."""
    values = {"desks": list(desks), "since": since, "until": until}
    return [(row.end_reason, row.number) for row in await session.execute(_ENDS, values)]


async def themes(
    session: AsyncSession, desks: Sequence[str], since: datetime, until: datetime
) -> list[tuple[str, int]]:
    """Return what talks were about: (theme, number), last of all those without one ("")."""
    values = {"desks": list(desks), "since": since, "until": until}
    return [(row.theme, row.number) for row in await session.execute(_THEMES, values)]


async def qualities(
    session: AsyncSession, desks: Sequence[str], since: datetime, until: datetime
) -> dict[str, int]:
    """Return how staff judged the bot's answers in the talks that they reviewed."""
    values = {"desks": list(desks), "since": since, "until": until}
    return {row.quality: row.number for row in await session.execute(_QUALITIES, values)}
