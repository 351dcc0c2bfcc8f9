"""All SQL about group chats."""

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.groups.models import Group
from bot.line.events import GroupChat


async def insert_group(session: AsyncSession, channel: str, group: GroupChat) -> bool:
    """Remember a group; False when it was known already."""
    row = {"channel": channel, "line_group_id": group.line_group_id, "kind": group.kind}
    query = insert(Group).on_conflict_do_nothing(
        index_elements=[Group.channel, Group.line_group_id]
    )
    return await session.scalar(query.returning(Group.line_group_id), row) is not None


async def delete_group(session: AsyncSession, channel: str, group: GroupChat) -> None:
    """Forget a group that the account has left."""
    await session.execute(
        delete(Group).where(Group.channel == channel, Group.line_group_id == group.line_group_id)
    )


async def load_group(session: AsyncSession, channel: str, group: GroupChat) -> Group | None:
    """Return a group's row, locked."""
    query = select(Group).where(
        Group.channel == channel, Group.line_group_id == group.line_group_id
    )
    found: Group | None = await session.scalar(query.with_for_update())
    return found
