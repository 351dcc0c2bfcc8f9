"""What a package keeps of a citizen: handed out to them and erased, the same way in every package.

A package offers it at `/<package>/personal-data/{citizen_id}`; its module names it, and identity
asks all of them (docs/decisions/0016).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Protocol
from urllib.parse import quote

import httpx2
from fastapi import APIRouter, Depends, Path, Request

from kit.container import part
from kit.guard import require_internal
from kit.http import call

Json = dict[str, Any]

CitizenId = Annotated[str, Path(min_length=1, max_length=100)]


class PersonalData(Protocol):
    """What a package does for this. Both may be repeated, and an unknown citizen is no error."""

    async def export(self, citizen_id: str) -> Json:
        """Return everything that is kept of a citizen, as JSON; nothing of anybody else."""

    async def erase(self, citizen_id: str) -> None:
        """Erase all of it. Raises UnavailableError when that has to be repeated."""


@dataclass(frozen=True)
class PersonalDataHolder:
    """A package that keeps something of citizens, as the others call it.

    `name` is also its path, and the audience of grants. Where records lie behind the gate, `scope`
    is what a grant needs to take them out.
    """

    name: str
    kind: type[PersonalData]
    """What hands out and erases, a part of the process."""
    scope: str | None = None

    async def export(self, http: httpx2.AsyncClient, citizen_id: str, grant: str | None) -> Json:
        """Return what the package keeps; `grant` where it has a scope. Raises as `call` does."""
        headers = {} if grant is None else {"Authorization": f"Bearer {grant}"}
        answer: Json = await call(http, "GET", self._path(citizen_id), headers=headers)
        return answer

    async def erase(self, http: httpx2.AsyncClient, citizen_id: str) -> None:
        """Erase what the package keeps. Raises UnavailableError when that has to be repeated."""
        await call(http, "DELETE", self._path(citizen_id))

    def _path(self, citizen_id: str) -> str:
        return f"/{self.name}/personal-data/{quote(citizen_id, safe='')}"


def personal_data_router(
    holder: PersonalDataHolder, takes_out: Callable[..., Any] = require_internal
) -> APIRouter:
    """Return the two routes of a package. `takes_out` is the dependency before an export."""
    prefix = f"/{holder.name}/personal-data"
    router = APIRouter(prefix=prefix, tags=[holder.name.rpartition("/")[2]])

    def personal_data_of(request: Request) -> PersonalData:
        found: PersonalData = part(request, holder.kind)
        return found

    @router.get("/{citizen_id}", dependencies=[Depends(takes_out)])
    async def export(request: Request, citizen_id: CitizenId) -> Json:
        """Everything that is kept of a citizen."""
        return await personal_data_of(request).export(citizen_id)

    @router.delete("/{citizen_id}", status_code=204, dependencies=[Depends(require_internal)])
    async def erase(request: Request, citizen_id: CitizenId) -> None:
        """Erase it."""
        await personal_data_of(request).erase(citizen_id)

    return router
