"""What other packages may ask of identity: links into our pages, grants, unlinking, deletion."""

from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

import httpx2
from pydantic import BaseModel, ConfigDict, Field

from auth.levels import Level
from kit.http import call

ACCOUNT_PAGE = "/identity/account"
ACCESS_PAGE = "/identity/account/access"
DELETE_PAGE = "/identity/account/delete"


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OneTimeLinkRequest(_Wire):
    """Ask for a one-time link that leads a citizen to a login."""

    citizen_id: str = Field(min_length=1, max_length=100)
    level: Level
    """What the login shall prove; of several providers the city's first is offered."""
    resume: str | None = Field(default=None, pattern=r"^/[a-z_]+(\{.*\})?$", max_length=300)
    """The payload with which the dialogue goes on afterwards."""
    page: str | None = Field(default=None, pattern=r"^/(my|identity)/[a-z/-]*$", max_length=100)
    """The page of ours to which the browser goes on afterwards."""


class OneTimeLinkAnswer(_Wire):
    """The link; it may stand in the talk, for it proves nothing and works once, ten minutes."""

    url: str


class GrantRequest(_Wire):
    """Ask for a grant in a citizen's name."""

    citizen_id: str = Field(min_length=1, max_length=100)
    audience: str = Field(min_length=1, max_length=100)
    scopes: tuple[str, ...] = Field(min_length=1, max_length=10)
    level: Level
    """What the call will need. Lower standings are refused here already."""


class GrantAnswer(_Wire):
    """A grant, to be sent to the service as a bearer token."""

    grant: str


class Standing(_Wire):
    """How sure we are of a citizen in any of their browsers, and what is linked."""

    level: Level
    until: datetime
    providers: tuple[str, ...]


class AccountLink(_Wire):
    """LINE's account link event, as the bot received it."""

    nonce: str = Field(min_length=1, max_length=255)
    succeeded: bool
    citizen_id: str | None
    """Who answered LINE's dialog; LINE does not say it of a failure."""


class EndLinks(_Wire):
    """End one link, or all of them."""

    citizen_id: str
    link_id: str | None = None


class DeletionRequest(_Wire):
    """Delete a citizen in every package, being long gone or brought back by a backup."""

    citizen_id: str = Field(min_length=1, max_length=100)
    cause: Literal["unfollowed", "restored"]


class DeletionAnswer(_Wire):
    """Whether every package is done already; what is not, a job repeats."""

    done: bool


class ConsentAnswer(_Wire):
    """Whether a citizen agrees to the present wording of a purpose."""

    agrees: bool


class Purpose(_Wire):
    """For what a citizen may let the city use what it knows, and whether they agree to it now."""

    name: str
    title: str
    agrees: bool


class Purposes(_Wire):
    """Every purpose of the city, in the order of its file."""

    purposes: tuple[Purpose, ...]


class IdentityClient:
    """Client of `/identity/internal/…`."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def one_time_link(
        self,
        citizen_id: str,
        level: Level,
        *,
        resume: str | None = None,
        page: str | None = None,
    ) -> str:
        """Return a one-time link for the talk.

        Raises NotFoundError where the city has no login that reaches the level.
        """
        asked = OneTimeLinkRequest(citizen_id=citizen_id, level=level, resume=resume, page=page)
        return OneTimeLinkAnswer.model_validate(await self._post("one-time-links", asked)).url

    async def grant(
        self, citizen_id: str, audience: str, scopes: tuple[str, ...], level: Level
    ) -> str | None:
        """Return a grant, None when the citizen has to prove more first."""
        asked = GrantRequest(citizen_id=citizen_id, audience=audience, scopes=scopes, level=level)
        answer = await self._post("grants", asked)
        return None if answer is None else GrantAnswer.model_validate(answer).grant

    async def standing(self, citizen_id: str) -> Standing:
        """Return a citizen's level and links."""
        path = f"/identity/internal/standings/{quote(citizen_id, safe='')}"
        return Standing.model_validate(await call(self._http, "GET", path))

    async def account_linked(self, event: AccountLink) -> None:
        """Hand over LINE's account link event; the same nonce counts once."""
        await self._post("account-links", event)

    async def unlink(self, citizen_id: str, link_id: str | None = None) -> int:
        """End one link, or all; returns how many ended. Sessions end with them."""
        ended = await self._post("unlink", EndLinks(citizen_id=citizen_id, link_id=link_id))
        return int(ended["ended"])

    async def unfollowed(self, citizen_id: str) -> None:
        """Suspend a citizen who blocked the account, until they log in again."""
        await self._post("suspend", EndLinks(citizen_id=citizen_id))

    async def agrees(self, citizen_id: str, purpose: str) -> bool:
        """Tell whether a citizen agrees to a purpose of the city's `consents.toml` as it reads now.

        Ask before every use, for consent ends when it is withdrawn. Raises NotFoundError for an
        unknown purpose.
        """
        path = f"/identity/internal/consents/{quote(citizen_id, safe='')}/{quote(purpose, safe='')}"
        return ConsentAnswer.model_validate(await call(self._http, "GET", path)).agrees

    async def purposes(self, citizen_id: str) -> tuple[Purpose, ...]:
        """Return every purpose of the city, and to which a citizen agrees."""
        path = f"/identity/internal/consents/{quote(citizen_id, safe='')}"
        return Purposes.model_validate(await call(self._http, "GET", path)).purposes

    async def linked(self) -> int:
        """Return how many citizens have a login linked now."""
        return int((await call(self._http, "GET", "/identity/internal/figures"))["linked"])

    async def delete(self, citizen_id: str, cause: Literal["unfollowed", "restored"]) -> bool:
        """Delete a citizen in every package; False when a job has to repeat a part of it."""
        asked = DeletionRequest(citizen_id=citizen_id, cause=cause)
        return DeletionAnswer.model_validate(await self._post("deletions", asked)).done

    async def finish_deletion(self, citizen_id: str) -> None:
        """Repeat a deletion and close it. Raises UnavailableError while a package is away."""
        path = f"/identity/internal/deletions/{quote(citizen_id, safe='')}/finish"
        await call(self._http, "POST", path)

    async def link_expired(self, digest: str) -> None:
        """Have it told in the talk when a link's time passed before its login request was done."""
        await call(self._http, "POST", f"/identity/internal/one-time-links/{digest}/over")

    async def _post(self, what: str, body: BaseModel) -> Any:
        path, content = f"/identity/internal/{what}", body.model_dump_json()
        headers = {"Content-Type": "application/json"}
        return await call(self._http, "POST", path, content=content, headers=headers)
