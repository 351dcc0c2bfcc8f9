"""`/identity/internal/visits`: whose browser is at a page of another package."""

import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, Request

from auth.citizens import OutsideNote, SharedLook, VisitAnswer, VisitRequest
from auth.levels import standing
from identity.audit import log as access
from identity.audit.log import Actor, AuditEntry
from identity.container import IdentityContainer
from identity.grants.service import Granting
from identity.login.browser import STEP_UP, form_token, remember_page
from kit.container import part
from kit.guard import require_internal

router = APIRouter(
    prefix="/identity/internal", include_in_schema=False, dependencies=[Depends(require_internal)]
)


def _container(request: Request) -> IdentityContainer:
    container = part(request, IdentityContainer)
    return container


@router.post("/visits/shared-looks", status_code=204)
async def shared_look(
    look: SharedLook, container: Annotated[IdentityContainer, Depends(_container)]
) -> None:
    """Note that somebody opened what a citizen shows them."""
    entry = AuditEntry(look.citizen_id, look.action, Actor.shared, reason=str(look.sharing))
    async with container.database.transaction() as session:
        await access.record(session, entry, container.clock())


@router.post("/visits/outside-notes", status_code=204)
async def outside_note(
    note: OutsideNote, container: Annotated[IdentityContainer, Depends(_container)]
) -> None:
    """Note what a citizen lets a program from outside see, or what that has looked at."""
    action = f"outside.{note.what}"
    if note.what.startswith("read."):
        entry = AuditEntry(note.citizen_id, action, Actor.outside, actor=note.who)
    else:
        entry = AuditEntry(note.citizen_id, action, reason=note.who, level=note.level)
    async with container.database.transaction() as session:
        await access.record(session, entry, container.clock())


@router.post("/visits")
async def visit(
    asked: VisitRequest, container: Annotated[IdentityContainer, Depends(_container)]
) -> VisitAnswer:
    """Tell whose session a cookie is, with a grant where one is wished for.

    What another browser of the citizen has proven does not count here.
    """
    asked_at, session = container.clock(), await container.sessions.read(asked.cookie)
    if session is None or session.proofs.line_at is None:
        return VisitAnswer()
    now = standing(session.proofs, container.clock())
    if not now.level.suffices(asked.level):
        await remember_page(container, session, asked.page)
        return VisitAnswer(step_up=f"{STEP_UP}/{container.provider_for(asked.level)}")
    grant = None
    token = form_token(asked.cookie)
    is_own = asked.form_token is None or hmac.compare_digest(
        asked.form_token.encode(), token.encode()
    )
    if asked.wish is not None and is_own:
        granting = Granting(container.database, container.minter, container.clock)
        wish = (asked.wish.audience, asked.wish.scopes)
        grant = await granting.to_citizen(session.citizen_id, *wish, now, asked.level, asked_at)
    return VisitAnswer(
        citizen_id=session.citizen_id,
        level=now.level,
        form_token=token,
        until=now.until,
        grant=grant,
    )
