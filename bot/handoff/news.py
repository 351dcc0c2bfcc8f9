"""What a worker has done to a conversation that somebody holds, told to the pages that show it."""

from typing import Any

from sqlalchemy import select

from bot.handoff.models import Handoff
from bot.handoff.updates import Updates
from bot.media.models import Media
from bot.sender.models import Outbound
from kit.db import Database
from kit.jobs import Work


class DeskNews:
    """Tells of messages that went out and files that came in."""

    def __init__(self, database: Database, updates: Updates) -> None:
        """Both are made once per process."""
        self._database = database
        self._updates = updates

    def after(self, work: Work, table: type[Outbound | Media]) -> Work:
        """Return the same work, of a job with one row's number, and the news of it afterwards."""

        async def run(**arguments: Any) -> None:
            await work(**arguments)
            [row_id] = arguments.values()
            await self._tell(table, row_id)

        return run

    async def _tell(self, table: type[Outbound | Media], row_id: int) -> None:
        query = (
            select(Handoff.id, Handoff.desk)
            .join(table, table.citizen_id == Handoff.citizen_id)
            .where(table.id == row_id, Handoff.state == "held")
        )
        async with self._database.statement() as session:
            found = (await session.execute(query)).one_or_none()
        if found is not None:
            await self._updates.publish(found.id, found.desk)
