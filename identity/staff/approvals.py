"""The second administrator: sees what waits, and approves or refuses it."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from auth.permissions import SamePersonError, check_four_eyes
from identity.staff import changes, requests
from identity.staff.accounts import Accounts, OwnRightsError, Warrant
from identity.staff.models import Account, RightsRequest
from identity.staff.problems import FormProblemError
from identity.staff.requests import What
from identity.staff.single_sign_on import SingleSignOns
from kit.clock import Clock
from kit.db import Database


class OwnRequestError(FormProblemError):
    """ご自分の依頼は、ご自分では承認できません。ほかの管理者に依頼してください。"""

    status = 403
    code = "own_request"


class NotWaitingError(FormProblemError):
    """この依頼は、すでに処理されたか、期限（7日）が過ぎています。"""

    status = 409
    code = "not_waiting"


class Approvals:
    """Decides what one administrator asked for, by another one's word."""

    def __init__(
        self, database: Database, accounts: Accounts, links: SingleSignOns, clock: Clock
    ) -> None:
        """`accounts` and `links` do what was approved."""
        self._database = database
        self._accounts = accounts
        self._links = links
        self._clock = clock

    async def waiting(self, staff_id: str | None = None) -> Sequence[RightsRequest]:
        """Return what waits, for one account or for all."""
        async with self._database.statement() as session:
            return await requests.waiting(session, self._clock(), staff_id)

    async def approve(self, number: int, warrant: Warrant) -> tuple[Account, str | None]:
        """Do what was asked; returns the account and, after a reset, its one-time password.

        Raises NotWaitingError, OwnRequestError, OwnRightsError: neither who asked nor whom it is
        for may approve it. Raises what the change itself raises.
        """
        async with self._database.transaction() as session:
            asked, account = await self._decide(session, number, "approved", warrant)
            try:
                check_four_eyes(asked.asked_by, warrant.actor)
            except SamePersonError as error:
                raise OwnRequestError from error
            if asked.staff_id == warrant.actor:
                raise OwnRightsError
            return account, await self._do(session, asked, account, warrant)

    async def refuse(self, number: int, warrant: Warrant) -> None:
        """Close a request without doing it. Raises NotWaitingError."""
        async with self._database.transaction() as session:
            await self._decide(session, number, "refused", warrant)

    async def _decide(
        self, session: AsyncSession, number: int, state: str, warrant: Warrant
    ) -> tuple[RightsRequest, Account]:
        asked = await session.get(RightsRequest, number)
        if asked is None:
            raise NotWaitingError
        # The accounts first, as everywhere; only then is it sure what still waits.
        account = await self._accounts.lock(session, asked.staff_id)
        await session.refresh(asked, with_for_update=True)
        if not requests.is_in_time(asked, self._clock()):
            raise NotWaitingError
        asked.state, asked.decided_by, asked.decided_at = state, warrant.actor, self._clock()
        changes.record(
            session,
            f"rights_{state}",
            actor=warrant.actor,
            staff_id=asked.staff_id,
            reason=warrant.reason,
            now=self._clock(),
            what=asked.what,
            roles=asked.details.get("roles", []),
            asked_by=asked.asked_by,
        )
        return asked, account

    async def _do(
        self, session: AsyncSession, asked: RightsRequest, account: Account, warrant: Warrant
    ) -> str | None:
        match What(asked.what):
            case What.roles:
                roles = asked.details["roles"]
                await self._accounts.give_roles(session, account, roles, warrant)
            case What.reset:
                return await self._accounts.reset_locked(session, account, warrant)
            case What.single_sign_on:
                provider, index = asked.details["provider"], asked.details["index"]
                await self._links.link_locked(session, account, provider, index, warrant)
        return None
