"""`/identity/…` in the browser: the link's page, the way to the providers and back, the end."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from auth.levels import Level
from identity.login.browser import (
    PageRoute,
    Visit,
    needs,
    page,
    read_cookie,
    read_form,
    remembered_page,
    room_of,
    set_cookie,
    take_form,
    trouble,
)
from identity.login.devices import device_name
from identity.login.flow import LoginFlow, Next
from identity.login.wording import ENDINGS
from identity.oidc.providers import Kind
from kit.container import part
from kit.errors import ConciergeError, NotFoundError
from kit.settings import Settings

router = APIRouter(prefix="/identity", include_in_schema=False, route_class=PageRoute)

AtLine = Annotated[Visit, Depends(needs(Level.L1))]


@router.get("/start")
async def show_start(request: Request, t: str = "") -> Response:
    """Show what a link from the talk is for. Previews fetch links, so nothing happens yet."""
    _, choices = await LoginFlow(room_of(request)).look(t, read_cookie(request))
    return page(request, "start.html", provider=choices[0], choices=choices, one_time_link=t)


@router.post("/start")
async def start(request: Request) -> Response:
    """Use the link up and go to LINE."""
    fields = await read_form(request)
    way = await LoginFlow(room_of(request)).start(
        fields.get("t", ""),
        device_name(request.headers.get("user-agent", "")),
        read_cookie(request),
        fields.get("provider", ""),
    )
    return _go(request, way)


@router.get("/{name}/callback")
async def callback(request: Request, name: str) -> Response:
    """Take a provider's answer; the address with the code in it is left in any case."""
    query = list(request.query_params.multi_items())
    try:
        return _go(
            request,
            await LoginFlow(room_of(request)).returned(name, query, read_cookie(request)),
        )
    except ConciergeError as error:
        if error.code not in ENDINGS:
            return trouble(request, error)
        return RedirectResponse(f"/identity/ended/{error.code}", 303)


@router.get("/ended/{how}")
async def ended(request: Request, how: str) -> Response:
    """Say how a journey ended."""
    if how not in ENDINGS:
        raise NotFoundError
    return page(request, "ended.html", ending=ENDINGS[how])


@router.get("/step-up/{name}")
async def ask_step_up(request: Request, name: str, visit: AtLine, unsaved: str = "") -> Response:
    """Say what has to be proven before the page that was asked for.

    `unsaved` is set when a form came too late.
    """
    provider = room_of(request).party(name).provider
    token = visit.form_token
    return page(request, "step_up.html", provider=provider, unsaved=unsaved, form_token=token)


@router.post("/step-up/{name}")
async def step_up(request: Request, name: str, visit: AtLine) -> Response:
    """Go to the provider, and afterwards to the page that was asked for."""
    await take_form(request)
    container = room_of(request)
    if container.party(name).provider.kind is Kind.line:
        raise NotFoundError
    goal = await remembered_page(container, visit.session) or "/identity/ended/proven"
    return _go(request, await LoginFlow(container).step_up(visit.session, name, goal))


def _go(request: Request, way: Next) -> Response:
    response = RedirectResponse(way.url, 303)
    if way.cookie is not None:
        set_cookie(response, part(request, Settings), way.cookie)
    return response
