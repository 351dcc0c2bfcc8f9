"""`/disaster/`: the city's present state for everybody, as a page, as RSS and as CAP 1.2.

For when LINE is down, and for other programs. No script, no cookie, a page of a few kilobytes.
"""

from datetime import datetime
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from kit.container import part
from kit.settings import Settings
from kit.web import make_templates
from services.disaster.announcing import advice
from services.disaster.cap import Issuer, write_cap
from services.disaster.public import PublicState
from services.disaster.rss import write_rss
from services.disaster.shelters import STATES
from services.disaster.status import Situation
from services.disaster.wording import kind_name

router = APIRouter(prefix="/disaster", include_in_schema=False)
_templates = make_templates(Path(__file__).parent / "templates")
_CACHE = {"Cache-Control": "public, max-age=5"}


@router.get("/")
async def show(request: Request) -> Response:
    """Show what is in force, what the city ordered, and which shelters are open."""
    public, settings = part(request, PublicState), part(request, Settings)

    def write(known: Situation, is_current: bool) -> str:
        return _templates.get_template("disaster/public.html").render(
            city=public.status.city,
            known=known,
            is_current=is_current,
            name=kind_name,
            advice=advice,
            states=STATES,
            when=lambda at: when(at, settings),
        )

    return HTMLResponse(await public.page("public", write), headers=_CACHE)


@router.get("/rss")
async def rss(request: Request) -> Response:
    """The state as RSS 2.0; one item is one state since its last change."""
    public = part(request, PublicState)
    known, _ = await public.current()
    link = _address(request)
    title = f"{public.status.city} 災害情報"
    body = write_rss(known.entries, title, link, known.at, lambda _area: public.status.city)
    return Response(body, media_type="application/rss+xml", headers=_CACHE)


@router.get("/cap")
async def cap(request: Request) -> Response:
    """The state as one CAP 1.2 alert; its identifier changes when the state does."""
    public, settings = part(request, PublicState), part(request, Settings)
    known, _ = await public.current()
    sender = settings.public_base_url.partition("://")[2].split("/")[0].replace(":", "-")
    issuer = Issuer(sender, public.status.city, _address(request))
    sent = _newest(known)
    identifier = f"{public.status.code}-{int(sent.timestamp())}"
    body = write_cap(known.entries, issuer, identifier, sent, public.status.city)
    return Response(body, media_type="application/cap+xml", headers=_CACHE)


def _address(request: Request) -> str:
    return part(request, Settings).public_base_url.rstrip("/") + "/disaster/"


def _newest(known: Situation) -> datetime:
    return max((entry.since or entry.reported_at for entry in known.entries), default=known.at)


def when(at: datetime, settings: Settings) -> str:
    """An instant as pages say it: 7月28日 18:42."""
    local = at.astimezone(settings.timezone)
    return f"{local.month}月{local.day}日 {local:%H:%M}"
