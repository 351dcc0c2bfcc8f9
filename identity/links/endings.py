"""How a journey ends: noted once at its link, and told in the talk that it came from."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from identity.container import Room
from identity.links import wording as words
from identity.login.one_time_links import Errand
from kit.jobs import NewJob, enqueue
from messages.continuations import Continuation
from messages.neutral import Message

# Whoever has opened a link may take this long at LINE and at the provider.
TIME_TO_FINISH = timedelta(minutes=30)


async def succeed(
    room: Room, session: AsyncSession, errand: Errand, said: Sequence[Message], key: str
) -> None:
    """End an errand well; the dialogue goes on where it had stopped.

    `key` names the login, so that what is repeated is told once.
    """
    if errand.ticket:
        await room.tickets.end(session, errand.ticket, "done")
    if said or errand.resume:
        await tell(room, session, errand.citizen_id, said, key, payload=errand.resume)


async def fail(room: Room, ticket: str, state: str) -> None:
    """End an errand badly and say so in the talk; one that began on a page ends on a page."""
    async with room.database.transaction() as session:
        ended = await room.tickets.end(session, ticket, state)
        if ended is not None:
            said = words.failed(state, ended.provider)
            await tell(room, session, ended.citizen_id, [said], f"ticket.{ticket}")


async def run_out(room: Room, digest: str) -> None:
    """End an errand whose link's time is over; whoever has opened it may still finish."""
    async with room.database.transaction() as session:
        state, used_at = await room.tickets.progress(session, digest)
        over_at = None if used_at is None else used_at + TIME_TO_FINISH
        if state == "opened" and over_at is not None and room.clock() < over_at:
            job = NewJob(room.tasks.ticket_over, {"digest": digest}, schedule_at=over_at)
            await enqueue(session, job)
            return
    await fail(room, digest, "expired")


async def tell(
    room: Room,
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
    await enqueue(session, NewJob(room.tasks.tell, job, lock=f"tell:{citizen_id}"))
