"""The jobs of identity: telling the talk, and noticing who did not come back."""

from collections.abc import Awaitable, Callable
from typing import Any

import procrastinate
from procrastinate import RetryStrategy

from identity.container import IdentityTasks
from identity.contract import IdentityClient
from kit.errors import NotFoundError, UnavailableError
from messages.continuations import Continuation, ContinueClient

# Five seconds apart, for a day.
RETRY_POLICY = RetryStrategy(max_attempts=17_000, wait=5)


async def _not_here(_argument: Any) -> None:
    raise UnavailableError("This process writes jobs but does not run them.")


def add_jobs(
    app: procrastinate.App,
    tell: Callable[[dict[str, Any]], Awaitable[None]] = _not_here,
    link_expired: Callable[[str], Awaitable[None]] = _not_here,
    finish_deletion: Callable[[str], Awaitable[None]] = _not_here,
) -> IdentityTasks:
    """Define the jobs. A process that only writes jobs leaves the functions out."""

    @app.task(name="identity.tell", queue="jobs", retry=RETRY_POLICY)
    async def tell_job(continuation: dict[str, Any]) -> None:
        await tell(continuation)

    @app.task(name="identity.ticket_over", queue="jobs", retry=RETRY_POLICY)
    async def ticket_over_job(digest: str) -> None:
        await link_expired(digest)

    @app.task(name="identity.finish_deletion", queue="jobs", retry=RETRY_POLICY)
    async def finish_deletion_job(citizen_id: str) -> None:
        await finish_deletion(citizen_id)

    return IdentityTasks(tell_job, ticket_over_job, finish_deletion_job)


class IdentityJobs:
    """What a worker does for identity: it carries between the packages."""

    def __init__(self, bot: ContinueClient, identity: IdentityClient) -> None:
        """Both reach the other packages over HTTP."""
        self._bot = bot
        self._identity = identity

    async def tell(self, continuation: dict[str, Any]) -> None:
        """Hand a continuation to the bot; somebody who is gone is told nothing."""
        try:
            await self._bot.continue_conversation(Continuation.model_validate(continuation))
        except NotFoundError:
            return

    async def finish_deletion(self, citizen_id: str) -> None:
        """Have a deletion repeated and closed. Raises UnavailableError while a package is away."""
        await self._identity.finish_deletion(citizen_id)

    async def link_expired(self, digest: str) -> None:
        """Have a link looked after whose time is over."""
        await self._identity.link_expired(digest)
