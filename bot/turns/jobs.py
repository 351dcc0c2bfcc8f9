"""The bot's background jobs and how each is retried."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import procrastinate
from procrastinate import JobContext
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from procrastinate.tasks import Task

from kit.errors import UnavailableError
from kit.logging import get_logger

log = get_logger(__name__)

# Waiting for another program is normal and goes on for a day; a fault of our own is tried thrice.
WAITING_ATTEMPTS = 3000
FAULT_ATTEMPTS = 3
LONGEST_WAIT_SECONDS = 30.0


class RetryPolicy(BaseRetryStrategy):
    """Back off with jitter: quickly at first, because a reply token lives for a minute."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when to try again, or None to give the job up."""
        limit = WAITING_ATTEMPTS if isinstance(exception, UnavailableError) else FAULT_ATTEMPTS
        if job.attempts >= limit:
            return None
        wait = min(LONGEST_WAIT_SECONDS, 0.5 * 1.7**job.attempts)
        milliseconds = int(1000 * wait * random.uniform(0.7, 1.3))  # noqa: S311  jitter
        return RetryDecision(retry_in={"milliseconds": milliseconds})


async def not_here(_id: int) -> None:
    """Stand in for a job's work where jobs are only written."""
    raise UnavailableError("This process writes jobs but does not run them.")


@dataclass(frozen=True)
class BotTasks:
    """The jobs of a message's way: serve an event, send what waits in the outbox."""

    take_turn: Task[Any, Any, Any]
    send: Task[Any, Any, Any]


def add_waiting_task(
    app: procrastinate.App, tell: Callable[[int], Awaitable[None]]
) -> Task[Any, Any, Any]:
    """Define the job that tells a citizen that the answer takes longer."""

    @app.task(name="bot.tell_waiting", queue="send", retry=RetryPolicy())
    async def tell_waiting_job(event_id: int) -> None:
        await tell(event_id)

    return tell_waiting_job


def add_tasks(
    app: procrastinate.App,
    take_turn: Callable[[int], Awaitable[None]] = not_here,
    give_up: Callable[[int], Awaitable[None]] = not_here,
    send: Callable[[int], Awaitable[None]] = not_here,
) -> BotTasks:
    """Define the jobs. A process that only writes jobs leaves the functions out."""

    @app.task(name="bot.take_turn", queue="turns", retry=RetryPolicy(), pass_context=True)
    async def take_turn_job(context: JobContext, event_id: int) -> None:
        try:
            await take_turn(event_id)
        except UnavailableError:
            raise
        except Exception:
            log.exception("turn_crashed", event_id=event_id, attempts=context.job.attempts)
            if context.job.attempts + 1 >= FAULT_ATTEMPTS:
                await give_up(event_id)
            raise

    @app.task(name="bot.send", queue="send", retry=RetryPolicy())
    async def send_job(outbound_id: int) -> None:
        await send(outbound_id)

    return BotTasks(take_turn=take_turn_job, send=send_job)
