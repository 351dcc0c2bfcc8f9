"""`/identity/account…`: what is linked, who is logged in, what was agreed to; taking it all out."""

import hashlib
import json
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import RedirectResponse

from auth.levels import Level, StepUpNeededError
from identity.account import consents
from identity.account import wording as account_words
from identity.account.deletions import Cause, Deletions
from identity.account.export import take_out
from identity.audit import log as access
from identity.audit.log import AuditEntry, record
from identity.container import IdentityContainer
from identity.contract import ACCESS_PAGE, ACCOUNT_PAGE, DELETE_PAGE
from identity.errors import OtherCardError
from identity.links.linking import Linking
from identity.login.browser import PageRoute, Visit, needs, page, room_of, take_form
from identity.login.sessions import Session
from identity.models import Link
from kit.errors import InvalidInputError

router = APIRouter(include_in_schema=False, route_class=PageRoute)

AtLine = Annotated[Visit, Depends(needs(Level.L1))]

# Of a record; larger ones no table can have.
Number = Annotated[int | None, Query(ge=1, lt=2**63)]

EXPORT_PAGE = f"{ACCOUNT_PAGE}/export"
PAGE_ROWS = 20
# As long as what citizens wrote is kept.
LATELY = timedelta(days=30)
_DONE = {
    "consent": "同意の設定を変えました。",
    "browser": "そのブラウザのログインを終わらせました。",
}


async def _careful(request: Request, visit: AtLine) -> Visit:
    """Demand the card, read just now, from everybody who has linked one, or had until lately.

    Otherwise a borrowed phone would need no card: it unlinks first. Raises StepUpNeededError, and
    OtherCardError for a card that is not the one of before.
    """
    container = room_of(request)
    async with container.database.statement() as session:
        since = container.clock() - LATELY
        links = await container.links.since(session, visit.citizen_id, since)
    cards = [link for link in links if container.is_card(link.provider)]
    if cards and not visit.level.suffices(Level.L3_FRESH):
        raise StepUpNeededError(Level.L3_FRESH)
    if len({card.subject_index for card in cards}) > 1:
        raise OtherCardError
    return visit


Careful = Annotated[Visit, Depends(_careful)]


@router.get(ACCOUNT_PAGE)
async def show(request: Request, visit: AtLine, done: str = "") -> Response:
    """Show links, browsers and consents."""
    container = room_of(request)
    links = await _links(container, visit.citizen_id)
    # Whoever has only opened a link is not logged in.
    sessions = [s for s in await container.sessions.of(visit.citizen_id) if s.proofs.line_at]
    async with container.database.statement() as session:
        given = {c.purpose: c for c in await consents.all_of(session, visit.citizen_id)}
    purposes = [
        {"purpose": purpose, "consent": given.get(purpose.name)} for purpose in container.purposes
    ]
    return _page(
        request,
        "account.html",
        visit,
        done=_DONE.get(done, ""),
        links=[(link, _titles(container).get(link.provider, link.provider)) for link in links],
        browsers=[(_handle(s), s, s.digest == visit.session.digest) for s in sessions],
        purposes=purposes,
    )


@router.get(f"{ACCOUNT_PAGE}/links")
async def after_step_up() -> Response:
    """Lead back whoever had to prove more before they could end a link."""
    return RedirectResponse(ACCOUNT_PAGE, 303)


@router.post(f"{ACCOUNT_PAGE}/links")
async def unlink(request: Request, visit: AtLine) -> Response:
    """End one link; every session ends with it.

    The card is needed to part with the card; from the talk one tap is enough, for whoever finds
    there what they have not done.
    """
    fields, container = await take_form(request), room_of(request)
    link = fields.get("link") or "none"
    going = [x for x in await _links(container, visit.citizen_id) if x.id == link]
    is_card = any(container.is_card(x.provider) for x in going)
    if is_card and not visit.level.suffices(Level.L3_FRESH):
        raise StepUpNeededError(Level.L3_FRESH)
    await Linking(container).unlink(visit.citizen_id, link)
    return RedirectResponse("/identity/ended/unlinked", 303)


@router.post(f"{ACCOUNT_PAGE}/browsers")
async def end_browsers(request: Request, visit: AtLine) -> Response:
    """End one browser's session, or all of them."""
    chosen, container = (await take_form(request)).get("browser", ""), room_of(request)
    if chosen == "all":
        await _note(container, visit, "session.all_ended")
        await container.sessions.end_all(visit.citizen_id)
        return RedirectResponse("/identity/ended/logged_out", 303)
    for session in await container.sessions.of(visit.citizen_id):
        if _handle(session) == chosen:
            await _note(container, visit, "session.ended")
            await container.sessions.end(session)
    is_own = chosen == _handle(visit.session)
    return RedirectResponse(
        "/identity/ended/logged_out" if is_own else f"{ACCOUNT_PAGE}?done=browser", 303
    )


@router.post(f"{ACCOUNT_PAGE}/consents")
async def change_consent(request: Request, visit: AtLine) -> Response:
    """Give or withdraw consent. What was read must be what is in force now."""
    fields, container = await take_form(request), room_of(request)
    purpose = next((p for p in container.purposes if p.name == fields.get("purpose")), None)
    if purpose is None:
        raise InvalidInputError("There is no such purpose.")
    now, citizen_id = container.clock(), visit.citizen_id
    async with container.database.transaction() as session:
        if fields.get("do") == "withdraw":
            changed = await consents.withdraw(session, citizen_id, purpose.name, now)
            action = f"consent.withdrawn.{purpose.name}"
        else:
            changed = fields.get("version") == str(purpose.version)
            action = f"consent.given.{purpose.name}"
            if changed:
                await consents.give(session, citizen_id, purpose.name, purpose.version, now)
        if changed:
            await record(session, AuditEntry(citizen_id, action, level=visit.level), now)
    return RedirectResponse(f"{ACCOUNT_PAGE}?done=consent" if changed else ACCOUNT_PAGE, 303)


@router.get(ACCESS_PAGE)
async def show_access(request: Request, visit: AtLine, before: Number = None) -> Response:
    """Show who looked at what, newest first."""
    container = room_of(request)
    async with container.database.transaction() as session:
        rows = await access.of_citizen(session, visit.citizen_id, PAGE_ROWS + 1, before)
        shown = rows[:PAGE_ROWS]
        whole = await access.is_whole(session, shown, container.clock())
    titles = _titles(container)
    return _page(
        request,
        "access.html",
        visit,
        rows=[(row, account_words.say(row, titles)) for row in shown],
        whole=whole,
        older=shown[-1].id if len(rows) > PAGE_ROWS else None,
        newest=before is None,
    )


@router.get(EXPORT_PAGE)
async def show_export(request: Request, visit: Careful) -> Response:
    """Say what the file holds."""
    return _page(request, "export.html", visit)


@router.post(EXPORT_PAGE)
async def export(request: Request, visit: Careful) -> Response:
    """Give the file."""
    await take_form(request)
    content = await take_out(room_of(request), visit)
    day = room_of(request).clock().astimezone(room_of(request).settings.timezone).date()
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="concierge-{day.isoformat()}.json"',
    }
    text = json.dumps(content, ensure_ascii=False, indent=1)
    return Response(text, media_type="application/json", headers=headers)


@router.get(DELETE_PAGE)
async def show_delete(request: Request, visit: Careful) -> Response:
    """Say what goes and what the law makes the city keep."""
    return _page(request, "delete.html", visit, unread=False)


@router.post(DELETE_PAGE)
async def delete(request: Request, visit: Careful) -> Response:
    """Unlink, or delete everything."""
    fields, container = await take_form(request), room_of(request)
    if fields.get("what") == "links":
        await Linking(container).unlink(visit.citizen_id, None)
        return RedirectResponse("/identity/ended/unlinked", 303)
    if fields.get("read") != "on":
        return _page(request, "delete.html", visit, 422, unread=True)
    done = await Deletions(container).request(visit.citizen_id, Cause.citizen, visit.level)
    return RedirectResponse(f"/identity/ended/{'deleted' if done else 'deletion_accepted'}", 303)


async def _links(container: IdentityContainer, citizen_id: str) -> list[Link]:
    async with container.database.statement() as session:
        return list(await container.links.all_of(session, citizen_id))


def _titles(container: IdentityContainer) -> dict[str, str]:
    """Return the titles of providers and purposes, by name."""
    providers = {name: party.provider.title for name, party in container.parties.items()}
    return providers | {purpose.name: purpose.title for purpose in container.purposes}


def _handle(session: Session) -> str:
    """Name a session in a form; it is good for nothing else."""
    return hashlib.sha256(f"handle {session.digest}".encode()).hexdigest()[:16]


async def _note(container: IdentityContainer, visit: Visit, action: str) -> None:
    async with container.database.transaction() as session:
        await record(
            session, AuditEntry(visit.citizen_id, action, level=visit.level), container.clock()
        )


def _page(
    request: Request, template: str, visit: Visit, status: int = 200, **values: Any
) -> Response:
    zone = room_of(request).settings.timezone
    return page(request, template, status, form_token=visit.form_token, zone=zone, **values)
