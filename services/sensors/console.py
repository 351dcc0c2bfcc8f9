"""`/console/sensors/`: what was noticed, what waits for a decision, and how the sensors do."""

from pathlib import Path

from fastapi import Request, Response

from auth.desks import desk_router
from auth.permissions import Permission
from kit.clock import Clock
from kit.console import page, redirect
from kit.container import part
from kit.forms import only, read_fields
from kit.settings import Settings
from kit.web import make_templates
from services.sensors.events import Events
from services.sensors.officers import meaning, situation, warnings
from services.sensors.service import SensorService

PATH = "/console/sensors"
STATES = {
    "waiting": "確かめ待ち",
    "telling": "知らせています",
    "told": "知らせました",
    "refused": "知らせない",
    "noted": "職員だけに表示",
}
# Those that somebody has to look after come first.
_SHOWN = 200
_templates = make_templates(Path(__file__).parent / "templates")

router = desk_router(PATH, Permission.reports_handle)


@router.get("/")
async def overview(request: Request) -> Response:
    """Show events and sensors."""
    events, settings = part(request, Events), part(request, Settings)
    now = part(request, Clock)()
    sensors = await part(request, SensorService).health()
    return page(
        _templates,
        "sensors/overview.html",
        member=request.state.member,
        path=PATH,
        events=[(row, events.devices.get(row.device_id)) for row in await events.listed()],
        sensors=sensors[:_SHOWN],
        left_out=len(sensors[_SHOWN:]),
        troubled=sum(one.needs_a_look for one in sensors),
        states=STATES,
        meaning=meaning,
        situation=situation,
        warnings=lambda one: warnings(one, now, settings.timezone),
        zone=settings.timezone,
    )


@router.post("/{event_id}/decide")
async def decide(request: Request, event_id: int) -> Response:
    """Let an event be told to those near it, or put it away."""
    tell = only(await read_fields(request), "tell") == "on"
    await part(request, Events).decide(event_id, request.state.member.name, tell=tell)
    return redirect(f"{PATH}/")
