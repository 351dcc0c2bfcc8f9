"""All SQL of citizens."""

from datetime import datetime

from sqlalchemy import ARRAY, Text, any_, bindparam, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.citizens.models import Citizen
from kit.ids import new_citizen_id
from kit.settings import DEFAULT_CHANNEL

_CITIZENS = select(Citizen.line_user_id, Citizen.id).where(
    Citizen.channel == bindparam("channel"),
    Citizen.line_user_id == any_(bindparam("users", type_=ARRAY(Text))),
)


_NEW_CITIZEN = insert(Citizen).on_conflict_do_nothing(
    index_elements=[Citizen.channel, Citizen.line_user_id]
)


async def ensure_citizens(
    session: AsyncSession, users: set[str], now: datetime, channel: str = DEFAULT_CHANNEL
) -> dict[str, str]:
    """Return citizen ids by LINE user id; citizens are made on first sight."""
    if not users:
        return {}
    known = await _citizens(session, users, channel)
    # Sorted, so that two processes that meet the same people do not wait for each other in a ring.
    strangers = sorted(users - known.keys())
    if not strangers:
        return known
    rows = [
        {
            "id": new_citizen_id(),
            "channel": channel,
            "line_user_id": user,
            "is_friend": True,
            "created_at": now,
        }
        for user in strangers
    ]
    await session.execute(_NEW_CITIZEN, rows)
    return await _citizens(session, users, channel)


async def _citizens(session: AsyncSession, users: set[str], channel: str) -> dict[str, str]:
    rows = await session.execute(_CITIZENS, {"users": list(users), "channel": channel})
    return {row.line_user_id: row.id for row in rows}


async def note_follow(session: AsyncSession, citizen_id: str, at: datetime) -> None:
    """Note that the citizen follows the account, unless an unfollow after `at` is known."""
    await session.execute(
        update(Citizen)
        .where(
            Citizen.id == citizen_id,
            or_(Citizen.unfollowed_at.is_(None), Citizen.unfollowed_at <= at),
        )
        .values(
            is_friend=True,
            followed_at=func.greatest(Citizen.followed_at, at),
            unfollowed_at=None,
        )
    )


async def note_unfollow(session: AsyncSession, citizen_id: str, at: datetime) -> None:
    """Note that the citizen blocked the account, unless a follow after `at` is known."""
    await session.execute(
        update(Citizen)
        .where(
            Citizen.id == citizen_id,
            or_(Citizen.followed_at.is_(None), Citizen.followed_at <= at),
        )
        .values(is_friend=False, unfollowed_at=at)
    )


async def load_citizen(session: AsyncSession, citizen_id: str) -> Citizen | None:
    """Return a citizen, None when there is none of that id."""
    return await session.get(Citizen, citizen_id)
