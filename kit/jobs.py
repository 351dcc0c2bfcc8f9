"""Background jobs: procrastinate on PostgreSQL, enqueued in the caller's own transaction."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import procrastinate
import procrastinate.manager
import psycopg
import psycopg_pool
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from kit.db import CITY
from kit.errors import UnavailableError
from kit.logging import get_logger
from kit.retries import FAULT_ATTEMPTS, RetryPolicy
from kit.settings import Settings

log = get_logger(__name__)

JOB_CITY = "city"
"""The argument of every job that names its city."""

# Between the tries of noting that a job has ended.
WAITS_SECONDS = (0.05, 0.2, 1.0, 3.0)


async def rescue_jobs(app: procrastinate.App, seconds: float) -> None:
    """Give the jobs of other workers, silent for so long, back to the queue."""
    manager = app.job_manager
    assert isinstance(manager, _PatientJobManager)  # noqa: S101  made by `make_job_app`
    for job in await manager.rescue(seconds):
        log.warning("job_rescued", job_id=job.id, task=job.task_name)


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

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """Take what procrastinate's own takes."""
        super().__init__(*arguments, **named)
        self.running: set[int | None] = set()
        """The jobs that this process runs now, whether or not its heartbeats get through."""

    async def fetch_job(self, *arguments: Any, **named: Any) -> procrastinate.jobs.Job | None:
        """Return a job that is run from now on."""
        job = await super().fetch_job(*arguments, **named)
        if job is not None:
            self.running.add(job.id)
        return job

    async def finish_job(self, job: procrastinate.jobs.Job, *more: Any, **named: Any) -> None:
        """Finish a job, trying again when a connection breaks."""
        try:
            await _persistently(super().finish_job, job, *more, **named)
        finally:
            self.running.discard(job.id)

    async def retry_job(self, job: procrastinate.jobs.Job, *more: Any, **named: Any) -> None:
        """Give a job back to the queue, trying again when a connection breaks."""
        try:
            await _persistently(super().retry_job, job, *more, **named)
        finally:
            self.running.discard(job.id)

    async def rescue(self, seconds_since_heartbeat: float) -> list[procrastinate.jobs.Job]:
        """Give the jobs of workers without a heartbeat back to the queue, but none of our own.

        A loaded process misses its own heartbeats; what it runs would be run twice.
        """
        found = await self.get_stalled_jobs(seconds_since_heartbeat=seconds_since_heartbeat)
        lost = [job for job in found if job.id not in self.running]
        for job in lost:
            await self.retry_job(job)
        return lost


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
class Job:
    """A job by name: whoever writes one needs no more; the worker alone knows what it does."""

    name: str
    queue: str = "jobs"
    cron: str | None = None
    """When a periodic job runs, in UTC. Each is written for every city, one at a time."""


Work = Callable[..., Awaitable[None]]


@dataclass(frozen=True)
class Worked:
    """What a worker does for a job; `give_up` is told when its last try has failed."""

    run: Work
    give_up: Work | None = None


@dataclass(frozen=True)
class NewJob:
    """A job to be written. Jobs of one `lock` run one after the other, by priority, then age."""

    job: Job
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

    They carry the city that the transaction was opened for.

    Raises UnavailableError when the database does not take them.
    """
    jobs = [
        {
            "queue_name": new_job.job.queue,
            "task_name": new_job.job.name,
            "priority": new_job.priority,
            "lock": new_job.lock,
            "queueing_lock": None,
            "args": {JOB_CITY: session.info[CITY].name, **new_job.arguments},
            "scheduled_at": new_job.schedule_at.isoformat() if new_job.schedule_at else None,
        }
        for new_job in new
    ]
    try:
        await session.execute(_DEFER, {"jobs": json.dumps(jobs)})
    except DBAPIError as error:
        raise UnavailableError("The database did not take the jobs.") from error


def register(app: procrastinate.App, job: Job, by_city: Mapping[str, Worked]) -> None:
    """Tell a worker what a job does in each city; a periodic job does it for all of them."""
    if job.cron is None:
        _register_named(app, job, by_city)
    else:
        _register_periodic(app, job, job.cron, by_city)


def _register_named(app: procrastinate.App, job: Job, by_city: Mapping[str, Worked]) -> None:
    @app.task(name=job.name, queue=job.queue, retry=RetryPolicy(), pass_context=True)
    async def run(context: procrastinate.JobContext, /, city: str, **arguments: Any) -> None:
        work = by_city.get(city)
        if work is None:
            raise UnavailableError("This worker does not serve that city.")
        try:
            await work.run(**arguments)
        except UnavailableError:
            raise
        except Exception:
            attempts = context.job.attempts
            log.exception("job_failed", job=job.name, attempts=attempts, job_id=context.job.id)
            if attempts + 1 >= FAULT_ATTEMPTS and work.give_up is not None:
                await work.give_up(**arguments)
            raise


def _register_periodic(
    app: procrastinate.App, job: Job, cron: str, by_city: Mapping[str, Worked]
) -> None:
    # No lock: a tick that was killed must not hold up the next.
    @app.periodic(cron=cron)
    @app.task(name=job.name, queue=job.queue, queueing_lock=job.name)
    async def tick(timestamp: int) -> None:
        for city, work in by_city.items():
            try:
                await work.run()
            except Exception as error:
                # The other cities must not wait for this one; the next tick tries again.
                log.error("periodic_job_failed", job=job.name, city=city, exc_info=error)
