"""`/developers/status` and `/developers/changelog`: what works right now, and what has changed."""

import tomllib
from collections.abc import Awaitable
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict

from kit.clock import Clock
from kit.container import part
from kit.db import Database
from kit.errors import ConciergeError
from kit.http import InternalClient
from services.developers import repository
from services.developers.pages import PATH, Perhaps, portal_page
from services.developers.routing import PortalRoute
from services.opendata.contract import EntityQuery, OpenDataClient

_HOUR = timedelta(hours=1)

router = APIRouter(prefix=PATH, include_in_schema=False, route_class=PortalRoute)


class Change(BaseModel):
    """One thing that changed for developers."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    day: date
    words: str


@cache
def read_changes() -> tuple[Change, ...]:
    """Return every change, the newest first."""
    content = tomllib.loads((Path(__file__).parent / "changes.toml").read_text("utf-8"))
    return tuple(Change.model_validate(one) for one in content["change"])


@router.get("/changelog")
async def changelog(session: Perhaps) -> Response:
    """Show what has changed for developers."""
    return portal_page("changelog", session, changes=read_changes())


@router.get("/status")
async def status(request: Request) -> Response:
    """Show what works at this moment; it asks each part, and says so where one is away.

    Nobody's session is looked for: the page has to be there when the database is not.
    """
    data = OpenDataClient(part(request, InternalClient))
    works = {
        "アカウントとスキル": await _works(part(request, Database).ping()),
        "市のデータ": await _works(data.entities(EntityQuery(type="Alert"))),
    }
    outcomes = await _outcomes(request) if all(works.values()) else {}
    return portal_page(
        "status",
        None,
        200 if all(works.values()) else 503,
        works=works,
        calls=sum(outcomes.values()),
        answered=outcomes.get("ok", 0),
        hour=_HOUR,
    )


async def _works(asked: Awaitable[object]) -> bool:
    try:
        await asked
    except ConciergeError:
        return False
    return True


async def _outcomes(request: Request) -> dict[str, int]:
    since = part(request, Clock)() - _HOUR
    async with part(request, Database).transaction() as session:
        return await repository.outcomes(session, None, since)
