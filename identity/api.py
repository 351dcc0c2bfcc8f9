"""`/identity/internal/…` for the other packages, and the public keys of what we sign."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from auth.levels import StepUpNeededError
from identity.account import consents
from identity.account.deletions import Cause, Deletions
from identity.container import IdentityContainer
from identity.contract import (
    AccountLink,
    ConsentAnswer,
    DeletionAnswer,
    DeletionRequest,
    EndLinks,
    GrantAnswer,
    GrantRequest,
    OneTimeLinkAnswer,
    OneTimeLinkRequest,
    Purpose,
    Purposes,
    Standing,
)
from identity.grants.service import Granting
from identity.jobs import LINK_EXPIRED
from identity.keys import GRANTS
from identity.links import endings
from identity.links.linking import Linking
from identity.login.one_time_links import LIFE, LoginRequest, digest_of
from kit.container import part
from kit.errors import NotFoundError
from kit.guard import require_internal
from kit.jobs import NewJob, enqueue

public = APIRouter(prefix="/identity", tags=["identity"])
internal = APIRouter(
    prefix="/identity/internal", tags=["identity"], dependencies=[Depends(require_internal)]
)


def _container(request: Request) -> IdentityContainer:
    container = part(request, IdentityContainer)
    return container


TheRoom = Annotated[IdentityContainer, Depends(_container)]


@public.get("/jwks.json")
async def grant_keys(container: TheRoom) -> dict[str, Any]:
    """The keys that sign grants (JWK Set, RFC 7517)."""
    return await container.keys.published(GRANTS)


@public.get("/{name}/jwks.json")
async def client_keys(name: str, container: TheRoom) -> dict[str, Any]:
    """Our keys as a client of one provider, which checks our assertions with them."""
    if container.party(name).provider.authentication != "private_key_jwt":
        raise NotFoundError
    return await container.keys.published(f"client:{name}")


@internal.post("/one-time-links")
async def issue_ticket(asked: OneTimeLinkRequest, container: TheRoom) -> OneTimeLinkAnswer:
    """Make a one-time link for the talk."""
    provider = container.provider_for(asked.level)
    login_request = LoginRequest(asked.citizen_id, provider, resume=asked.resume, page=asked.page)
    async with container.database.transaction() as session:
        token = await container.one_time_links.issue(session, login_request)
        if asked.resume is not None:
            over = {"digest": digest_of(token)}
            at = container.clock() + LIFE
            await enqueue(session, NewJob(LINK_EXPIRED, over, schedule_at=at))
    return OneTimeLinkAnswer(url=f"{container.settings.public_base_url}/identity/start?t={token}")


@internal.post("/one-time-links/{digest}/over", status_code=204)
async def link_expired(digest: str, container: TheRoom) -> None:
    """Say in the talk that a link was not used in time; who is under way gets more of it."""
    await endings.run_out(container, digest)


@internal.post("/grants", response_model=GrantAnswer, responses={204: {}})
async def issue_grant(asked: GrantRequest, container: TheRoom) -> Any:
    """Issue a grant; 204 when the citizen has to prove more first."""
    asked_at, best = container.clock(), await container.sessions.best(asked.citizen_id)
    granting = Granting(container.database, container.minter, container.clock)
    try:
        grant = await granting.to_citizen(
            asked.citizen_id, asked.audience, asked.scopes, best, asked.level, asked_at
        )
    except StepUpNeededError:
        return Response(status_code=204)
    return GrantAnswer(grant=grant)


@internal.get("/standings/{citizen_id}")
async def standing(citizen_id: str, container: TheRoom) -> Standing:
    """A citizen's level in any of their browsers, and the providers that count."""
    best = await container.sessions.best(citizen_id)
    async with container.database.statement() as session:
        links = await container.links.all_of(session, citizen_id)
    names = tuple(link.provider for link in links if link.state == "active")
    return Standing(**asdict(best), providers=names)


@internal.post("/account-links", status_code=204)
async def account_linked(event: AccountLink, container: TheRoom) -> None:
    """Take LINE's account link event; the same nonce counts once."""
    await Linking(container).account_linked(event)


@internal.post("/unlink")
async def unlink(asked: EndLinks, container: TheRoom) -> dict[str, int]:
    """End one link or all; sessions end with them."""
    return {"ended": await Linking(container).unlink(asked.citizen_id, asked.link_id)}


@internal.get("/consents/{citizen_id}/{purpose}")
async def consent(citizen_id: str, purpose: str, container: TheRoom) -> ConsentAnswer:
    """Whether a citizen agrees to the present wording of a purpose."""
    wording = next((p for p in container.purposes if p.name == purpose), None)
    if wording is None:
        raise NotFoundError
    async with container.database.statement() as session:
        version = await consents.current(session, citizen_id, purpose)
    return ConsentAnswer(agrees=version == wording.version)


@internal.get("/consents/{citizen_id}")
async def all_consents(citizen_id: str, container: TheRoom) -> Purposes:
    """Every purpose of the city, and to which a citizen agrees as it reads now."""
    async with container.database.statement() as session:
        given = await consents.all_of(session, citizen_id)
    agreed = {(one.purpose, one.version) for one in given if one.withdrawn_at is None}
    return Purposes(
        purposes=tuple(
            Purpose(name=p.name, title=p.title, agrees=(p.name, p.version) in agreed)
            for p in container.purposes
        )
    )


@internal.get("/figures")
async def figures(container: TheRoom) -> dict[str, int]:
    """How many citizens have a login linked."""
    async with container.database.statement() as session:
        return {"linked": await container.links.citizens(session)}


@internal.post("/deletions")
async def delete_citizen(asked: DeletionRequest, container: TheRoom) -> DeletionAnswer:
    """Delete a citizen in every package."""
    done = await Deletions(container).request(asked.citizen_id, Cause(asked.cause))
    return DeletionAnswer(done=done)


@internal.post("/deletions/{citizen_id}/finish", status_code=204)
async def finish_deletion(citizen_id: str, container: TheRoom) -> None:
    """Repeat a deletion and close it; 503 while a package is away."""
    await Deletions(container).finish(citizen_id)


@internal.post("/suspend", status_code=204)
async def suspend(asked: EndLinks, container: TheRoom) -> None:
    """Suspend a citizen who blocked the account."""
    await Linking(container).suspend(asked.citizen_id)
