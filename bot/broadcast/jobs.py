"""The job that sends one chunk of an announcement."""

from collections.abc import Awaitable, Callable
from typing import Any

import procrastinate
from procrastinate.jobs import Job
from procrastinate.retry import RetryDecision
from procrastinate.tasks import Task

from bot.broadcast.delivery import SEND_CHUNK, QuietError
from bot.turns.jobs import RetryPolicy, not_here


class BulkPatience(RetryPolicy):
    """Back off as every send does, but sleep through quiet hours."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when to try again, or None to give the job up."""
        if isinstance(exception, QuietError):
            return RetryDecision(retry_at=exception.until)
        return super().get_retry_decision(exception=exception, job=job)


def add_bulk_job(
    app: procrastinate.App, send: Callable[[int], Awaitable[None]] = not_here
) -> Task[Any, Any, Any]:
    """Define the job. A process that only writes jobs leaves the function out."""

    @app.task(name=SEND_CHUNK, queue="bulk", retry=BulkPatience())
    async def send_chunk_job(chunk_id: int) -> None:
        await send(chunk_id)

    return send_chunk_job
