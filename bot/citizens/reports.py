"""What identity must hear of LINE: how an account link ended, and who is gone."""

from bot.citizens import repository as citizen_rows
from bot.line import repository as event_rows
from identity.contract import AccountLink, IdentityClient
from kit.db import Database


class LinkReports:
    """Hands LINE's events over to identity; the jobs repeat what could not be handed over."""

    def __init__(self, database: Database, identity: IdentityClient) -> None:
        """Identity counts the same report once."""
        self._database = database
        self._identity = identity

    async def report_link(self, event_id: int) -> None:
        """Tell how an account link ended. A nonce that cannot be one of ours is left."""
        async with self._database.statement() as session:
            event = await event_rows.load_event(session, event_id)
        link = None if event is None else event.raw.get("link")
        if event is None or not isinstance(link, dict):
            return
        nonce, succeeded = link.get("nonce"), link.get("result") == "ok"
        if isinstance(nonce, str) and 0 < len(nonce) <= 255:
            outcome = AccountLink(nonce=nonce, succeeded=succeeded, citizen_id=event.citizen_id)
            await self._identity.account_linked(outcome)

    async def report_unfollow(self, citizen_id: str) -> None:
        """Tell that a citizen blocked the account, unless they are back already."""
        async with self._database.statement() as session:
            citizen = await citizen_rows.load_citizen(session, citizen_id)
        if citizen is not None and not citizen.is_friend:
            await self._identity.unfollowed(citizen_id)
