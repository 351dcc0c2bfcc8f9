"""`/hooks/ngsi`: for context brokers; `/services/sensors`: for other packages."""

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response

from kit.container import part
from kit.guard import check_bearer, require_internal
from kit.settings import Settings
from kit.web import takes_bytes
from services.sensors.contract import RiverLevels
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
