"""Background jobs: procrastinate on PostgreSQL, enqueued in the caller's own transaction."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import procrastinate
import procrastinate.manager
import psycopg
import psycopg_pool
from procrastinate.tasks import Task
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
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


# Written through the function that procrastinate itself calls; one parameter for all jobs, because
# adapting them one by one was a tenth of a webhook's cost.
_DEFER = text(
    """
    SELECT procrastinate_defer_jobs_v1(array_agg(job))
    FROM jsonb_populate_recordset(
        NULL::procrastinate_job_to_defer_v1, CAST(:jobs AS jsonb)
    ) AS job
    """
)


async def enqueue(session: AsyncSession, *new: NewJob) -> None:
    """Write jobs into the transaction of `session`: they exist if and only if that commits.

    Raises UnavailableError when the database does not take them.
    """
    jobs = [
        {
            "queue_name": job.task.queue,
            "task_name": job.task.name,
            "priority": job.priority,
            "lock": job.lock,
            "queueing_lock": None,
            "args": job.arguments,
            "scheduled_at": job.schedule_at.isoformat() if job.schedule_at else None,
        }
        for job in new
    ]
    try:
        await session.execute(_DEFER, {"jobs": json.dumps(jobs)})
    except DBAPIError as error:
        raise UnavailableError("The database did not take the jobs.") from error
