"""`/line/accounts/…`: whose LINE account is whose, answered without telling the LINE user id."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict

from bot.citizens import repository as citizen_rows
from bot.citizens.models import Citizen
from bot.sender.line_api import LineApi
from kit.container import part
from kit.db import Database
from kit.errors import NotFoundError
from kit.guard import require_internal
from messages.accounts import SameAccount

router = APIRouter(prefix="/line/accounts", tags=["line"], dependencies=[Depends(require_internal)])


class Accounts:
    """What identity asks of the bot to tie a browser to a talk."""

    def __init__(self, database: Database, api: LineApi) -> None:
        """`api` fetches link tokens."""
        self._database = database
        self._api = api

    async def is_same(self, citizen_id: str, line_user_id: str) -> bool:
        """Tell whether a citizen talks to us by this LINE account."""
        citizen = await self._find(citizen_id)
        return citizen is not None and citizen.line_user_id == line_user_id

    async def link_token(self, citizen_id: str) -> str:
        """Return a token for LINE's account link dialog. Raises NotFoundError."""
        citizen = await self._find(citizen_id)
        if citizen is None or not citizen.is_friend:
            raise NotFoundError("No friend of that id.")
        return await self._api.link_token(citizen.channel, citizen.line_user_id)

    async def _find(self, citizen_id: str) -> Citizen | None:
        async with self._database.statement() as session:
            return await citizen_rows.load_citizen(session, citizen_id)


class Whose(BaseModel):
    """A citizen."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    citizen_id: str


def _accounts(request: Request) -> Accounts:
    accounts = part(request, Accounts)
    return accounts


Known = Annotated[Accounts, Depends(_accounts)]


@router.post("/same")
async def same(question: SameAccount, accounts: Known) -> dict[str, bool]:
    """Tell whether a LINE user is this citizen."""
    return {"same": await accounts.is_same(question.citizen_id, question.line_user_id)}


@router.post("/link-tokens")
async def link_token(whose: Whose, accounts: Known) -> dict[str, str]:
    """Return a token for LINE's account link dialog, single use."""
    return {"link_token": await accounts.link_token(whose.citizen_id)}
