"""Telling the talk what was decided, and forgetting what its retention no longer allows."""

from typing import Any

import procrastinate
from procrastinate import RetryStrategy
from procrastinate.tasks import Task

from kit.errors import NotFoundError, UnavailableError
from messages.continuations import Continuation, ContinueClient
from services.residents.service import ResidentsService

# Five seconds apart, for a day.
RETRY_POLICY = RetryStrategy(max_attempts=17_000, wait=5)


def add_tell_job(app: procrastinate.App, bot: ContinueClient | None = None) -> Task[Any, Any, Any]:
    """Define the job that tells a talk. A process that only writes jobs leaves the bot out."""

    @app.task(name="residents.tell", queue="jobs", retry=RETRY_POLICY)
    async def tell(continuation: dict[str, Any]) -> None:
        if bot is None:
            raise UnavailableError("This process writes jobs but does not run them.")
        try:
            await bot.continue_conversation(Continuation.model_validate(continuation))
        except NotFoundError:
            # Somebody who is gone is told nothing.
            return

    return tell


def add_jobs(app: procrastinate.App, service: ResidentsService) -> None:
    """Register the periodic job of the register."""

    @app.periodic(cron="40 18 * * *")
    @app.task(
        name="residents.forget_decisions", queue="jobs", queueing_lock="residents.forget_decisions"
    )
    async def forget_decisions(timestamp: int) -> None:
        await service.forget_old_decisions()
