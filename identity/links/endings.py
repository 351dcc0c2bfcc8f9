"""How a journey ends: noted once at its link, and told in the talk that it came from."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from identity.container import IdentityContainer
from identity.jobs import LINK_EXPIRED
from identity.links import wording as words
from identity.login.one_time_links import LoginRequest
from kit.jobs import NewJob, enqueue
from messages.continuations import TELL_TALK, Continuation
from messages.neutral import Message

# Whoever has opened a link may take this long at LINE and at the provider.
TIME_TO_FINISH = timedelta(minutes=30)


async def succeed(
    container: IdentityContainer,
    session: AsyncSession,
    login_request: LoginRequest,
    said: Sequence[Message],
    key: str,
) -> None:
    """End an login request well; the dialogue goes on where it had stopped.

    `key` names the login, so that what is repeated is told once.
    """
    if login_request.one_time_link:
        await container.one_time_links.end(session, login_request.one_time_link, "done")
    if said or login_request.resume:
        await tell(
            container, session, login_request.citizen_id, said, key, payload=login_request.resume
        )


async def fail(container: IdentityContainer, one_time_link: str, state: str) -> None:
    """End a login request badly and say so where it began: in the talk, or on a page."""
    async with container.database.transaction() as session:
        ended = await container.one_time_links.end(session, one_time_link, state)
        if ended is not None:
            said = words.failed(state, ended.provider)
            await tell(container, session, ended.citizen_id, [said], f"ticket.{one_time_link}")


async def run_out(container: IdentityContainer, digest: str) -> None:
    """End an login request whose link's time is over; whoever has opened it may still finish."""
    async with container.database.transaction() as session:
        state, used_at = await container.one_time_links.progress(session, digest)
        over_at = None if used_at is None else used_at + TIME_TO_FINISH
        if state == "opened" and over_at is not None and container.clock() < over_at:
            job = NewJob(LINK_EXPIRED, {"digest": digest}, schedule_at=over_at)
            await enqueue(session, job)
            return
    await fail(container, digest, "expired")


async def tell(
    container: IdentityContainer,
    session: AsyncSession,
    citizen_id: str,
    said: Sequence[Message],
    key: str,
    payload: str | None = None,
) -> None:
    """Have something said in a talk, once the transaction has committed."""
    new = Continuation(
        key=f"identity.{key}", citizen_id=citizen_id, messages=tuple(said), payload=payload
    )
    job = {"continuation": new.model_dump(mode="json")}
    await enqueue(session, NewJob(TELL_TALK, job, lock=f"tell:{citizen_id}"))
