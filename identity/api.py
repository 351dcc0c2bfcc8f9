"""`/identity/internal/…` for the other rooms, and the public keys of what we sign."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from auth.levels import StepUpNeededError
from identity.account import consents
from identity.account.deletions import Cause, Deletions
from identity.container import Room
from identity.contract import (
    AccountLink,
    ConsentAnswer,
    DeletionAnswer,
    DeletionRequest,
    EndLinks,
    GrantAnswer,
    GrantRequest,
    Standing,
    TicketAnswer,
    TicketRequest,
)
from identity.grants.service import Granting
from identity.keys import GRANTS
from identity.links import endings
from identity.links.linking import Linking
from identity.login.one_time_links import LIFE, Errand, digest_of
from kit.errors import NotFoundError
from kit.http import require_internal
from kit.jobs import NewJob, enqueue

public = APIRouter(prefix="/identity", tags=["identity"])
internal = APIRouter(
    prefix="/identity/internal", tags=["identity"], dependencies=[Depends(require_internal)]
)


def _room(request: Request) -> Room:
    room: Room = request.app.state.identity
    return room


TheRoom = Annotated[Room, Depends(_room)]


@public.get("/jwks.json")
async def grant_keys(room: TheRoom) -> dict[str, Any]:
    """The keys that sign grants (JWK Set, RFC 7517)."""
    return await room.keys.published(GRANTS)


@public.get("/{name}/jwks.json")
async def client_keys(name: str, room: TheRoom) -> dict[str, Any]:
    """Our keys as a client of one provider, which checks our assertions with them."""
    if room.party(name).provider.authentication != "private_key_jwt":
        raise NotFoundError
    return await room.keys.published(f"client:{name}")


@internal.post("/tickets")
async def issue_ticket(asked: TicketRequest, room: TheRoom) -> TicketAnswer:
    """Make a one-time link for the talk."""
    provider = room.provider_for(asked.level)
    errand = Errand(asked.citizen_id, provider, resume=asked.resume, page=asked.page)
    async with room.database.transaction() as session:
        token = await room.tickets.issue(session, errand)
        if asked.resume is not None:
            over = {"digest": digest_of(token)}
            at = room.clock() + LIFE
            await enqueue(session, NewJob(room.tasks.ticket_over, over, schedule_at=at))
    return TicketAnswer(url=f"{room.settings.public_base_url}/identity/start?t={token}")


@internal.post("/tickets/{digest}/over", status_code=204)
async def ticket_over(digest: str, room: TheRoom) -> None:
    """Say in the talk that a link was not used in time; who is under way gets more of it."""
    await endings.run_out(room, digest)


@internal.post("/grants", response_model=GrantAnswer, responses={204: {}})
async def issue_grant(asked: GrantRequest, room: TheRoom) -> Any:
    """Issue a grant; 204 when the citizen has to prove more first."""
    best = await room.sessions.best(asked.citizen_id)
    granting = Granting(room.database, room.minter, room.clock)
    try:
        grant = await granting.to_citizen(
            asked.citizen_id, asked.audience, asked.scopes, best, asked.level
        )
    except StepUpNeededError:
        return Response(status_code=204)
    return GrantAnswer(grant=grant)


@internal.get("/standings/{citizen_id}")
async def standing(citizen_id: str, room: TheRoom) -> Standing:
    """A citizen's level in any of their browsers, and the providers that count."""
    best = await room.sessions.best(citizen_id)
    async with room.database.statement() as session:
        links = await room.links.all_of(session, citizen_id)
    names = tuple(link.provider for link in links if link.state == "active")
    return Standing(**asdict(best), providers=names)


@internal.post("/account-links", status_code=204)
async def account_linked(event: AccountLink, room: TheRoom) -> None:
    """Take LINE's account link event; the same nonce counts once."""
    await Linking(room).account_linked(event)


@internal.post("/unlink")
async def unlink(asked: EndLinks, room: TheRoom) -> dict[str, int]:
    """End one link or all; sessions end with them."""
    return {"ended": await Linking(room).unlink(asked.citizen_id, asked.link_id)}


@internal.get("/consents/{citizen_id}/{purpose}")
async def consent(citizen_id: str, purpose: str, room: TheRoom) -> ConsentAnswer:
    """Whether a citizen agrees to the present wording of a purpose."""
    wording = next((p for p in room.purposes if p.name == purpose), None)
    if wording is None:
        raise NotFoundError
    async with room.database.statement() as session:
        version = await consents.current(session, citizen_id, purpose)
    return ConsentAnswer(agrees=version == wording.version)


@internal.post("/deletions")
async def delete_citizen(asked: DeletionRequest, room: TheRoom) -> DeletionAnswer:
    """Delete a citizen in every room."""
    done = await Deletions(room).request(asked.citizen_id, Cause(asked.cause))
    return DeletionAnswer(done=done)


@internal.post("/deletions/{citizen_id}/finish", status_code=204)
async def finish_deletion(citizen_id: str, room: TheRoom) -> None:
    """Repeat a deletion and close it; 503 while a room is away."""
    await Deletions(room).finish(citizen_id)


@internal.post("/suspend", status_code=204)
async def suspend(asked: EndLinks, room: TheRoom) -> None:
    """Suspend a citizen who blocked the account."""
    await Linking(room).suspend(asked.citizen_id)
