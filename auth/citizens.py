"""The guard of citizens' pages in every package: whose browser is asking, and how sure we are.

Packages never see the session store: they hand the browser's cookie to identity and hear whose
it is.
"""

import hmac
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import quote

import httpx2
from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field

from auth.levels import Level
from kit.console import FormKeeper, is_own_form, redirect
from kit.container import part
from kit.errors import ConciergeError, NotFoundError, UnauthorizedError
from kit.forms import only, read_fields
from kit.http import call
from kit.logging import get_logger
from kit.settings import Settings

log = get_logger(__name__)

ENDED = "/identity/ended"
KEPT = "/my/kept"
_READING = frozenset({"GET", "HEAD"})


class CitizenLoginNeededError(UnauthorizedError):
    """ログインの有効時間が過ぎました。お手数ですが、トークからもう一度始めてください。"""

    code = "session_ended"


class CitizenProofNeededError(ConciergeError):
    """ご本人の確認が必要です。"""

    status = 403
    code = "step_up_needed"

    def __init__(self, page: str) -> None:
        """`page` is the path of the step-up page, which leads back."""
        super().__init__()
        self.page = page


class CitizenFormRefusedError(ConciergeError):
    """このページからの送信ではありませんでした。もう一度お試しください。"""

    status = 403
    code = "form_refused"


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GrantWish(_Wire):
    """A grant that a page wants in the name of its visitor."""

    audience: str = Field(min_length=1, max_length=100)
    scopes: tuple[str, ...] = Field(min_length=1, max_length=10)


class VisitRequest(_Wire):
    """What a browser carries, and what the page that it opened needs."""

    cookie: str = Field(min_length=1, max_length=200)
    level: Level
    page: str = Field(pattern=r"^/my/[a-z/-]*$", max_length=100)
    """Where the browser goes on after it has proven more."""
    wish: GrantWish | None = None
    form_token: str | None = Field(default=None, max_length=200)
    """What a form came with: where it is not the session's, nothing is granted."""


class VisitAnswer(_Wire):
    """Whose session it is; without one only the empty answer, below the level only `step_up`."""

    citizen_id: str | None = None
    level: Level = Level.L0
    form_token: str = ""
    until: datetime = datetime(9999, 1, 1, tzinfo=UTC)
    """When the level ends."""
    grant: str | None = None
    step_up: str | None = None


class SharedLook(_Wire):
    """A look by somebody to whom a citizen shows something for a time."""

    citizen_id: str = Field(min_length=1, max_length=100)
    action: str = Field(pattern=r"^[a-z_.:]{1,60}$")
    sharing: int = Field(ge=1)
    """The number by which the citizen knows it."""


class OutsideNote(_Wire):
    """What a citizen lets a program from outside see, takes back, or what it has looked at."""

    citizen_id: str = Field(min_length=1, max_length=100)
    what: str = Field(pattern=r"^(given|withdrawn|read)(\.[a-z_]+)?$", max_length=60)
    who: str = Field(min_length=1, max_length=100)
    """The program and whoever offers it, in words."""
    level: Level = Level.L0


class _Agreement(_Wire):
    agrees: bool


class CitizenClient:
    """Client of `/identity/internal/visits`, and of what its visitors agree to."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def visit(self, asked: VisitRequest) -> VisitAnswer:
        """Return whose browser it is; that counts as a use of the session.

        Raises CitizenLoginNeededError, and CitizenProofNeededError below the level.
        """
        content, headers = asked.model_dump_json(), {"Content-Type": "application/json"}
        path = "/identity/internal/visits"
        found = VisitAnswer.model_validate(
            await call(self._http, "POST", path, content=content, headers=headers)
        )
        if found.step_up is not None:
            raise CitizenProofNeededError(found.step_up)
        if found.citizen_id is None:
            raise CitizenLoginNeededError
        return found

    async def note(self, look: SharedLook) -> None:
        """Have a look noted in the citizen's access log; only then show what it is for."""
        body = look.model_dump(mode="json")
        await call(self._http, "POST", "/identity/internal/visits/shared-looks", json=body)

    async def note_outside(self, note: OutsideNote) -> None:
        """Have it noted in the citizen's access log; only then show or change anything."""
        body = note.model_dump(mode="json")
        await call(self._http, "POST", "/identity/internal/visits/outside-notes", json=body)

    async def agrees(self, citizen_id: str, purpose: str) -> bool:
        """Tell whether a citizen agrees to a purpose of the city's `consents.toml`.

        Ask before every use. A purpose that the city does not name needs no consent there.
        """
        path = f"/identity/internal/consents/{quote(citizen_id, safe='')}/{quote(purpose, safe='')}"
        try:
            answer = await call(self._http, "GET", path)
        except NotFoundError:
            return True
        return _Agreement.model_validate(answer).agrees


@dataclass(frozen=True)
class CitizenVisit:
    """A citizen's browser at a page of ours, with the level that the page needs."""

    citizen_id: str
    level: Level
    form_token: str
    """To be carried by every form of the page, as its field `form_token` (against CSRF)."""
    until: datetime
    """Until when what is sent from the page counts as proven."""
    client: CitizenClient
    asked: VisitRequest
    granted: str = ""
    """The grant that was wished for with the visit itself."""

    @classmethod
    async def of(
        cls,
        request: Request,
        level: Level,
        wish: GrantWish | None = None,
        form_token: str | None = None,
    ) -> Self:
        """Find out who opens a page. Raises what `CitizenClient.visit` raises."""
        client = part(request, CitizenClient)
        cookie = request.cookies.get(cookie_name(part(request, Settings)))
        if not cookie or len(cookie) > 200:
            raise CitizenLoginNeededError
        back = KEPT if is_own_form(request) else request.url.path
        asked = VisitRequest(cookie=cookie, level=level, page=back)
        more = {"wish": wish, "form_token": form_token}
        found = await client.visit(asked.model_copy(update=more))
        return cls(
            citizen_id=found.citizen_id or "",
            level=found.level,
            form_token=found.form_token,
            until=found.until,
            client=client,
            asked=asked,
            granted=found.grant or "",
        )

    async def grant(self, audience: str, *scopes: str) -> str:
        """Return a grant at the page's level, by what this very browser has proven.

        Raises what `CitizenClient.visit` raises: the session may have ended meanwhile.
        """
        wish = GrantWish(audience=audience, scopes=scopes)
        found = await self.client.visit(self.asked.model_copy(update={"wish": wish}))
        return found.grant or ""

    async def agrees(self, purpose: str) -> bool:
        """Tell whether the visitor agrees to a purpose (`CitizenClient.agrees`)."""
        return await self.client.agrees(self.citizen_id, purpose)


class CitizenRoute(APIRoute):
    """Leads who has to prove more to the step-up page, and says on a page what went wrong."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the route's handler with the errors of the program turned into pages."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except CitizenProofNeededError as error:
                return await _to_proof(request, error)
            except ConciergeError as error:
                log.warning("citizen_page_refused", code=error.code)
                return redirect(f"{ENDED}/{_ending(error)}")

        return handle


async def _to_proof(request: Request, error: CitizenProofNeededError) -> Response:
    """Lead to the step-up page, which leads back; a form that came too late waits there."""
    if request.method in _READING:
        return redirect(error.page)
    if is_own_form(request):
        response = redirect(f"{error.page}?unsaved=kept")
        owner = (await CitizenVisit.of(request, Level.L1)).citizen_id
        if await part(request, FormKeeper).keep(request, response, owner):
            return response
    return redirect(f"{error.page}?unsaved=true")


def require_citizen(
    level: Level, wish: Callable[[Request], GrantWish | None] | None = None
) -> Callable[[Request], Awaitable[CitizenVisit]]:
    """Return a FastAPI dependency: the citizen whose browser has a level, for `/my/…` pages.

    Whatever changes something must come with the session's form token, as the form's field
    `form_token`. Raises CitizenLoginNeededError,
    CitizenProofNeededError and CitizenFormRefusedError; `CitizenRoute` turns them into pages.
    With a `wish`, its grant comes with the visit (`CitizenVisit.granted`): one call for two.
    """

    async def visit(request: Request) -> CitizenVisit:
        wanted = None if wish is None else wish(request)
        changes = request.method not in _READING
        given = None
        if wanted is not None and changes:
            given = only(await read_fields(request), "form_token")[:200]
        found = await CitizenVisit.of(request, level, wanted, given)
        if changes:
            given = only(await read_fields(request), "form_token")
            if not hmac.compare_digest(given.encode(), found.form_token.encode()):
                raise CitizenFormRefusedError
        return found

    return visit


def cookie_name(settings: Settings) -> str:
    """Return the session cookie's name; `__Host-` binds it to this host and to https."""
    return "__Host-identity" if settings.public_base_url.startswith("https://") else "identity"


def _ending(error: ConciergeError) -> str:
    if isinstance(error, CitizenLoginNeededError | CitizenFormRefusedError):
        return error.code
    return "unavailable" if error.status >= 500 else "page_refused"
