"""Background jobs: procrastinate on PostgreSQL, enqueued in the caller's own transaction."""

from typing import Any

import procrastinate
from procrastinate.tasks import Task
from sqlalchemy.ext.asyncio import AsyncSession

from kit.settings import Settings


def make_job_app(settings: Settings) -> procrastinate.App:
    """Return the job application of one process. Open it before a worker or a deferral uses it."""
    connector = procrastinate.PsycopgConnector(
        conninfo=settings.database_url, min_size=1, max_size=settings.database_pool_size
    )
    return procrastinate.App(connector=connector)


async def enqueue(
    session: AsyncSession,
    task: Task[Any, Any, Any],
    *,
    lock: str | None = None,
    priority: int = 0,
    **arguments: Any,
) -> None:
    """Write a job into the transaction of `session`: it exists if and only if that commits.

    Jobs of one `lock` run one after the other in the order of their writing, whatever worker
    takes them; a higher `priority` goes first.
    """
    connection = await session.connection()
    raw = await connection.get_raw_connection()
    await task.configure(
        lock=lock, priority=priority, connection=raw.driver_connection
    ).defer_async(**arguments)
