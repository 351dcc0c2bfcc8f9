"""`/hooks/ngsi`: for context brokers; `/services/sensors`: for other packages."""

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response

from kit.container import part
from kit.guard import check_bearer, require_internal
from kit.settings import Settings
from kit.web import takes_bytes
from services.sensors.contract import Fields, FieldsOf, NewField, Power, RiverLevels
from services.sensors.fields import FieldBook
from services.sensors.parsing import UnreadableNotificationError
from services.sensors.service import SensorService

MOST_BYTES = 1024 * 1024


async def _hook(request: Request, authorization: Annotated[str | None, Header()] = None) -> None:
    check_bearer(authorization, part(request, Settings).known_sensor_token)


hooks = APIRouter(prefix="/hooks", tags=["sensors"], dependencies=[Depends(_hook)])
router = APIRouter(
    prefix="/services/sensors", tags=["sensors"], dependencies=[Depends(require_internal)]
)


@hooks.post("/ngsi", status_code=204)
@takes_bytes(MOST_BYTES)
async def receive(request: Request) -> Response:
    """Keep the values of an NGSI-v2 or NGSI-LD notification; the same ones are kept once.

    The broker sends the token as a header of its subscription (`httpCustom.headers`).
    """
    try:
        body = json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise UnreadableNotificationError from error
    await part(request, SensorService).take(body)
    return Response(status_code=204)


@router.get("/rivers")
async def rivers(request: Request) -> RiverLevels:
    """The newest level of every station."""
    return await part(request, SensorService).rivers()


@router.get("/power")
async def power(request: Request) -> Power:
    """Which shelters have power."""
    return await part(request, SensorService).power()


@router.post("/fields")
async def add_field(new: NewField, request: Request) -> Fields:
    """Enter a field; the same one is entered once."""
    return await part(request, FieldBook).add(new)


@router.post("/fields/of")
async def fields_of(whose: FieldsOf, request: Request) -> Fields:
    """How many fields a citizen has entered."""
    return await part(request, FieldBook).of(whose.citizen_id)


@router.post("/fields/forget")
async def forget_fields(whose: FieldsOf, request: Request) -> Fields:
    """Erase a citizen's fields."""
    await part(request, FieldBook).erase(whose.citizen_id)
    return Fields(fields=0)
