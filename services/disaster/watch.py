"""What staff has to look after: sources that fell silent, orders that nobody could be told of."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from kit.clock import Clock
from kit.db import Database
from services.disaster import repository, rules
from services.disaster.models import DisasterChange, DisasterFeed

_LOOKED_BACK = timedelta(hours=24)


def is_silent(feed: DisasterFeed, now: datetime) -> bool:
    """Whether a source that speaks all the time has not."""
    return feed.name not in rules.IRREGULAR and rules.is_silent(feed.heard_at, now)


async def troubles(database: Database, clock: Clock) -> int:
    """Return how many sources are silent, and orders of the last day wait for staff."""
    now = clock()
    unmatched = select(func.count()).where(
        DisasterChange.decision == "unmatched", DisasterChange.made_at > now - _LOOKED_BACK
    )
    async with database.transaction() as session:
        feeds = await repository.feeds(session)
        orders = int(await session.scalar(unmatched) or 0)
    return orders + sum(is_silent(feed, now) for feed in feeds)
