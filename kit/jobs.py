"""Background jobs: procrastinate on PostgreSQL, enqueued in the caller's own transaction."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import procrastinate
import procrastinate.manager
import psycopg
import psycopg_pool
from procrastinate.tasks import Task
from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import UnavailableError
from kit.settings import Settings

# Between the tries of noting that a job has ended.
WAITS_SECONDS = (0.05, 0.2, 1.0, 3.0)


def make_job_app(settings: Settings) -> procrastinate.App:
    """Return the job application of one process. Open it before a worker or a deferral uses it."""
    connector = procrastinate.PsycopgConnector(
        conninfo=settings.database_url,
        min_size=1,
        max_size=settings.database_pool_size,
        pool_factory=_pool_without_checks,
        configure=_autocommit,
    )
    app = procrastinate.App(connector=connector)
    app.job_manager = _PatientJobManager(connector)
    return app


class _PatientJobManager(procrastinate.manager.JobManager):
    """Notes the end of a job in spite of a dropped connection.

    Otherwise the job would stay "doing" under a worker that lives, and its lock would hold all
    later messages of that citizen.
    """

    async def finish_job(self, *arguments: Any, **named: Any) -> None:
        """Finish a job, trying again when a connection breaks."""
        await _persistently(super().finish_job, *arguments, **named)

    async def retry_job(self, *arguments: Any, **named: Any) -> None:
        """Give a job back to the queue, trying again when a connection breaks."""
        await _persistently(super().retry_job, *arguments, **named)


async def _persistently(
    write: Callable[..., Awaitable[None]], *arguments: Any, **named: Any
) -> None:
    for wait in WAITS_SECONDS:
        try:
            return await write(*arguments, **named)
        except procrastinate.exceptions.ConnectorException:
            await asyncio.sleep(wait)
    return await write(*arguments, **named)


async def _autocommit(connection: psycopg.AsyncConnection[Any]) -> None:
    """Spare BEGIN and COMMIT: every query of procrastinate's is one call of one function."""
    await connection.set_autocommit(True)


def _pool_without_checks(**arguments: Any) -> psycopg_pool.AsyncConnectionPool:
    """Spare the query that asks a connection whether it lives before every query.

    It was a tenth of a turn's cost. A dead connection fails the query instead, once, and the pool
    replaces it.
    """
    return psycopg_pool.AsyncConnectionPool(**{**arguments, "check": None})


@dataclass(frozen=True)
class NewJob:
    """A job to be written. Jobs of one `lock` run one after the other, by priority, then age."""

    task: Task[Any, Any, Any]
    arguments: dict[str, Any]
    lock: str | None = None
    priority: int = 0
    schedule_at: datetime | None = None


async def enqueue(session: AsyncSession, *new: NewJob) -> None:
    """Write jobs into the transaction of `session`: they exist if and only if that commits.

    Raises UnavailableError when the database goes away meanwhile.
    """
    deferrers = [
        job.task.configure(lock=job.lock, priority=job.priority, schedule_at=job.schedule_at)
        for job in new
    ]
    jobs = [
        deferrer.make_new_job(**job.arguments) for deferrer, job in zip(deferrers, new, strict=True)
    ]
    connection = await session.connection()
    raw = await connection.get_raw_connection()
    try:
        await deferrers[0].job_manager.batch_defer_jobs_async(
            jobs=jobs, connection=raw.driver_connection
        )
    except procrastinate.exceptions.ConnectorException as error:
        raise UnavailableError("The database did not take the jobs.") from error
