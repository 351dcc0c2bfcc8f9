"""`/console/health/emergency`: the whole handbook at once, when a child is in danger.

What a nurse's visit does not need, medicines and allergies above all, opens here, with a reason;
everybody who may act for the child reads it in their log and is told of it in the talk.
"""

from datetime import timedelta

from fastapi import Request, Response

from auth.desks import desk_router
from auth.permissions import Permission
from kit.clock import Clock
from kit.container import part
from kit.errors import ConciergeError
from kit.http import InternalClient
from kit.logging import get_logger
from kit.settings import Settings
from messages.notifications import NotifyClient
from services.health.console import DESK, PATH, Wrong, note, read_typed, show, sought, today_of
from services.health.contract import Allergy, Growth, Medication
from services.health.handbook import counting, given_doses, measured_words
from services.health.maternity import courses
from services.health.notices import notification, opened
from services.health.service import HealthService
from services.residents.contract import Confirmed

log = get_logger(__name__)

EMERGENCY = "health:desk:emergency"
_WORTH = timedelta(days=3)

router = desk_router(PATH, Permission.residents_read, DESK)


@router.post("/emergency")
async def break_glass(request: Request) -> Response:
    """Note the look, tell the guardians, then show everything but the diary."""
    typed = await read_typed(request)
    try:
        found, birth = await sought(request, typed)
    except Wrong as wrong:
        return show(request, "desk", 422, typed=typed, problem=wrong.words)
    await note(request, found, EMERGENCY, typed["reason"])
    is_told = await _tell(request, found)
    entries = (await part(request, HealthService).of_desk(found.resident_id)).entries
    known = courses(entry.body for entry in entries if entry.ended_at is None)
    growth = counting(entries, Growth)
    growth.sort(key=lambda pair: pair[1].date, reverse=True)
    return show(
        request,
        "desk_emergency",
        typed=typed,
        birth=birth,
        is_told=is_told,
        pregnancies=[one for one in known if one.is_open(today_of(request))],
        allergies=counting(entries, Allergy),
        medicines=counting(entries, Medication),
        given=given_doses(entries),
        growth=growth[:6],
        said=measured_words,
    )


async def _tell(request: Request, found: Confirmed) -> bool:
    """Tell everybody who may act for the child, once an hour; danger does not wait for the bot."""
    now, settings = part(request, Clock)(), part(request, Settings)
    client = NotifyClient(part(request, InternalClient))
    try:
        for citizen in found.acted_for_by:
            key = f"health-emergency:{found.resident_id}:{citizen}:{now:%Y%m%d%H}"
            given = notification(settings, key, citizen, opened, now + _WORTH)
            await client.notify(given)
    except ConciergeError as error:
        log.warning("health_emergency_not_told", exc_info=error)
        return False
    return bool(found.acted_for_by)
