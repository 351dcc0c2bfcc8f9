"""The console's guard in every package: which member of staff is asking, and what they may do.

Packages never see the session store: they hand the browser's cookie to identity and hear who it is.
"""

import hmac
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable

import httpx2
from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field

from auth.permissions import Permission
from kit.container import part
from kit.errors import ConciergeError, UnauthorizedError
from kit.forms import only, read_fields
from kit.http import call
from kit.settings import Settings

FORM_TOKEN = "form_token"  # noqa: S105  the name of a field
FORM_TOKEN_HEADER = "X-Form-Token"  # noqa: S105  the same for scripts
_READING = frozenset({"GET", "HEAD"})


class StaffLoginNeededError(UnauthorizedError):
    """職員用のページです。ログインしてください。"""

    code = "staff_login_needed"


class StaffNotAllowedError(ConciergeError):
    """この操作の権限がありません。必要なときは、管理者に相談してください。"""

    status = 403
    code = "staff_not_allowed"


class StaffFormRefusedError(ConciergeError):
    """画面が古くなっています。前の画面に戻り、開き直してから、もう一度操作してください。"""

    status = 403
    code = "staff_form_refused"


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StaffCookie(_Wire):
    """What a browser carries."""

    cookie: str = Field(min_length=1, max_length=200)


class OpenWork(_Wire):
    """One line of the console's navigation; `count` is how much waits there."""

    path: str
    title: str
    count: int | None = None
    is_here: bool = False


class StaffMember(_Wire):
    """Who is asking. Pages carry `form_token` back in every form (against CSRF)."""

    id: str
    name: str
    desks: tuple[str, ...]
    permissions: frozenset[Permission]
    form_token: str
    work: tuple[OpenWork, ...] = ()
    """The navigation of the page that they are at."""

    def may(self, permission: Permission) -> bool:
        """Whether one of their roles permits this."""
        return permission in self.permissions

    def sees(self, desk: str) -> bool:
        """Whether the matters of a desk are theirs."""
        return desk in self.desks


class Navigation(ABC):
    """Knows what somebody finds in the console. The application has one."""

    @abstractmethod
    async def of(self, member: StaffMember, path: str) -> tuple[OpenWork, ...]:
        """Return the lines for a member of staff who is at a path."""


class StaffIds(_Wire):
    """Whose names a page wants to show."""

    ids: tuple[str, ...] = Field(max_length=1000)


class StaffAccess(_Wire):
    """What a member of staff is about to do with a citizen's data."""

    cookie: str = Field(min_length=1, max_length=200)
    citizen_id: str = Field(min_length=1, max_length=100)
    permission: Permission
    desk: str = Field(min_length=1, max_length=100)
    """The desk whose matter it is; it has to be one of theirs."""
    action: str = Field(pattern=r"^[a-z_.:]{1,60}$")
    reason: str = Field(max_length=200)
    """Why, in their own words; it holds no personal data."""


class StaffClient:
    """Client of `/identity/internal/staff/…`."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def member(self, cookie: str | None) -> StaffMember:
        """Return who is logged in with a cookie; that counts as a use of the session.

        Raises StaffLoginNeededError.
        """
        if not cookie or len(cookie) > 200:
            raise StaffLoginNeededError
        asked = StaffCookie(cookie=cookie).model_dump()
        answer = await call(self._http, "POST", "/identity/internal/staff/members", json=asked)
        if answer is None:
            raise StaffLoginNeededError
        return StaffMember.model_validate(answer)

    async def names(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the names of accounts by their ids; unknown ones are left out."""
        asked = StaffIds(ids=tuple(sorted(set(ids)))).model_dump()
        found = await call(self._http, "POST", "/identity/internal/staff/names", json=asked)
        return {str(staff_id): str(name) for staff_id, name in found.items()}

    async def look(self, look: StaffAccess) -> StaffMember:
        """Have a look noted in the citizen's access log; only then open what it is for.

        Raises StaffLoginNeededError, StaffNotAllowedError, and InvalidInputError without a reason.
        """
        asked = look.model_dump(mode="json")
        answer = await call(self._http, "POST", "/identity/internal/staff/looks", json=asked)
        if answer is None:
            raise StaffLoginNeededError
        if not answer["allowed"]:
            raise StaffNotAllowedError
        return StaffMember.model_validate(answer["member"])


def cookie_name(settings: Settings) -> str:
    """Return the session cookie's name; `__Host-` binds it to this host and to https."""
    return "__Host-staff" if settings.public_base_url.startswith("https://") else "staff"


def require_staff(
    permission: Permission | None = None,
) -> Callable[[Request], Awaitable[StaffMember]]:
    """Return a FastAPI dependency that lets members of staff with a permission pass.

    Whatever changes something must come with the session's form token, as the form's field
    `form_token` or in the header `X-Form-Token`. Raises
    StaffLoginNeededError, StaffNotAllowedError, StaffFormRefusedError.
    """

    async def member(request: Request) -> StaffMember:
        client = part(request, StaffClient)
        found = await client.member(request.cookies.get(cookie_name(part(request, Settings))))
        # A script that brings a part of a page up to date shows no navigation.
        if request.headers.get("sec-fetch-dest") != "empty":
            work = await part(request, Navigation).of(found, request.url.path)
            found = found.model_copy(update={"work": work})
        request.state.staff = found
        await check_form_token(request, found.form_token)
        if permission is not None and not found.may(permission):
            raise StaffNotAllowedError
        return found

    return member


async def check_form_token(request: Request, expected: str) -> None:
    """Raise StaffFormRefusedError when a change does not come from a page of the session."""
    if request.method in _READING:
        return
    given = request.headers.get(FORM_TOKEN_HEADER) or only(await read_fields(request), FORM_TOKEN)
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise StaffFormRefusedError
