"""The menus follow the state of the city: the disaster set while something grave is in force."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
from fastapi import APIRouter, Depends, Request

from bot.jobs import SWITCH_MENUS
from bot.menus.line_api import LineAwayError, LineBusyError, MenuApi
from bot.menus.state import read_state
from bot.menus.switch import NotSyncedError, apply_switch, plan_switch
from kit.container import part
from kit.db import Database
from kit.errors import UnavailableError
from kit.guard import require_internal
from kit.jobs import NewJob, enqueue
from kit.logging import get_logger
from kit.settings import Settings
from services.disaster.contract import DisasterClient

log = get_logger(__name__)

# A picture may take longer than the few seconds of a reply.
CALL_SECONDS = 30.0

router = APIRouter(prefix="/line/menus", tags=["line"], dependencies=[Depends(require_internal)])


@router.post("/refresh", status_code=202)
async def refresh(request: Request) -> None:
    """Have the menus look at the state of the city again."""
    database = part(request, Database)
    async with database.transaction() as session:
        await enqueue(session, NewJob(SWITCH_MENUS, {}, lock=f"bot.menus:{database.city.name}"))


class MenuMode:
    """Shows the menus that the state of the city asks for; it asks what that is each time."""

    def __init__(self, settings: Settings, disaster: DisasterClient) -> None:
        """All parts are made once per process."""
        self._settings = settings
        self._disaster = disaster

    async def follow(self) -> None:
        """Switch where that is due. Raises UnavailableError when it has to be tried again."""
        to_disaster = (await self._disaster.mode()).grave
        try:
            async with menu_api(self._settings) as api:
                state = await read_state(api)
                switch = plan_switch(state, to_disaster=to_disaster)
                if not switch.is_empty:
                    await apply_switch(api, state, switch, 0.0)
                    log.warning("menus_switched", to_disaster=to_disaster)
        except NotSyncedError:
            log.warning("menus_not_switched", reason="LINE has none of the city's menus")
        except (LineAwayError, LineBusyError) as error:
            raise UnavailableError("LINE does not switch the menus yet.") from error


@asynccontextmanager
async def menu_api(settings: Settings) -> AsyncIterator[MenuApi]:
    """Yield LINE's rich menu calls."""
    async with (
        _client(settings.line_api_base) as api,
        _client(settings.line_data_base) as data,
    ):
        yield MenuApi(settings, api, data)


def _client(base_url: str) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=base_url, timeout=CALL_SECONDS, trust_env=False)
