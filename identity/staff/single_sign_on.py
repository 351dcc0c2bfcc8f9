"""Single sign-on: staff at the city's own OpenID provider, linked by an administrator beforehand.

An account is found by issuer and `sub` alone (ASVS 6.8.1), never by a name or an e-mail address.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from auth.tokens import is_subject
from identity.keys import KeyRing
from identity.oidc.relying_party import RefusedLoginError, RelyingParty
from identity.staff import changes, requests
from identity.staff.accounts import BadAccountError, Warrant
from identity.staff.models import Account, SingleSignOn
from identity.staff.problems import FormProblemError
from identity.staff.requests import What, needs_second
from identity.staff.sessions import StaffSession
from kit.clock import Clock
from kit.crypto import blind_index
from kit.db import Database
from kit.errors import ConciergeError, NotFoundError
from kit.logging import get_logger

log = get_logger(__name__)


class LoginNotLinkedError(ConciergeError):
    """このシングルサインオンは、職員アカウントに登録されていません。管理者に登録を依頼してください。"""

    status = 403
    code = "login_not_linked"


class SingleSignOnFailedError(ConciergeError):
    """シングルサインオンを確認できませんでした。お手数ですが、ログインの画面からやり直してください。"""

    status = 403
    code = "single_sign_on_failed"


class AlreadyLinkedError(FormProblemError):
    """その利用者番号は、すでにほかの職員に登録されています。"""

    status = 409
    code = "already_linked"


class SingleSignOns:
    """Sends browsers to the city's providers, and keeps who is who there."""

    def __init__(
        self,
        database: Database,
        parties: Mapping[str, RelyingParty],
        keys: KeyRing,
        clock: Clock,
    ) -> None:
        """`parties` by provider; `keys` hold the key of the blind index."""
        self._database = database
        self._parties = parties
        self._keys = keys
        self._clock = clock

    @property
    def titles(self) -> dict[str, str]:
        """What the providers are called on pages, by name."""
        return {name: party.provider.title for name, party in self._parties.items()}

    async def begin(self, provider: str, guest: StaffSession) -> str:
        """Return the address at the provider. Raises NotFoundError for an unknown one."""
        return await self._party(provider).begin(guest.digest)

    async def finish(
        self, provider: str, query: Sequence[tuple[str, str]], guest: StaffSession
    ) -> str:
        """Return whose account the login is linked to.

        Raises LoginNotLinkedError, and whatever `RelyingParty.finish` raises. A login that was not
        made with the second factor that the city asks for is refused (ASVS 6.8.4).
        """
        party = self._party(provider)
        login = await party.finish(query, guest.digest)
        if login.acr not in party.provider.acr_values.split():
            log.warning("staff_login_refused", step="single sign-on", reason="acr")
            raise RefusedLoginError("acr")
        index = await self._index(party, login.subject)
        async with self._database.statement() as session:
            found = await session.scalar(
                select(SingleSignOn.staff_id).where(SingleSignOn.subject_index == index)
            )
        if found is None:
            log.warning("staff_login_refused", step="single sign-on", reason="not linked")
            raise LoginNotLinkedError
        return found

    async def published_keys(self, provider: str) -> dict[str, list[dict[str, Any]]]:
        """Return the keys by which a provider checks our assertions (`private_key_jwt`)."""
        return await self._keys.published(f"client:{self._party(provider).provider.name}")

    async def linked(self, staff_id: str) -> list[str]:
        """Return the providers to which an account is linked."""
        query = select(SingleSignOn.provider).where(SingleSignOn.staff_id == staff_id)
        async with self._database.statement() as session:
            return sorted(await session.scalars(query))

    async def link(self, staff_id: str, provider: str, subject: str, warrant: Warrant) -> None:
        """Link an account to the person of this `sub`; an earlier link there is replaced.

        Where it takes a second administrator, they are asked for it. Raises NotFoundError,
        BadAccountError for an unusable `sub`, AlreadyLinkedError.
        """
        party, subject = self._party(provider), subject.strip()
        if not is_subject(subject):
            raise BadAccountError("利用者番号（sub）を、英数字でそのまま書いてください。")
        index, now = await self._index(party, subject), self._clock()
        async with self._database.transaction() as session:
            account = await session.get(Account, staff_id, with_for_update=True)
            if account is None:
                raise NotFoundError
            if needs_second(warrant.actor, account.roles):
                asked, actor = {"provider": provider, "index": index}, warrant.actor
                what, reason = What.single_sign_on, warrant.reason
                await requests.ask(
                    session, what, staff_id, dict(asked), actor=actor, reason=reason, now=now
                )
                return
            await self.link_locked(session, account, provider, index, warrant)

    async def link_locked(
        self, session: AsyncSession, account: Account, provider: str, index: str, warrant: Warrant
    ) -> None:
        """Link an account that is locked, whoever else had to agree. Raises AlreadyLinkedError."""
        await self._remove(session, account.id, provider)
        session.add(
            SingleSignOn(
                staff_id=account.id,
                provider=provider,
                subject_index=index,
                created_at=self._clock(),
            )
        )
        account.epoch += 1
        self._record(session, "single_sign_on_linked", account.id, provider, warrant)
        try:
            await session.flush()
        except IntegrityError as error:
            raise AlreadyLinkedError from error

    async def unlink(self, staff_id: str, provider: str, warrant: Warrant) -> None:
        """End a link, and with it the account's sessions. Raises NotFoundError."""
        async with self._database.transaction() as session:
            account = await session.get(Account, staff_id, with_for_update=True)
            if account is None or not await self._remove(session, staff_id, provider):
                raise NotFoundError
            account.epoch += 1
            self._record(session, "single_sign_on_unlinked", staff_id, provider, warrant)

    async def _remove(self, session: AsyncSession, staff_id: str, provider: str) -> bool:
        one = SingleSignOn.staff_id == staff_id, SingleSignOn.provider == provider
        removed = await session.execute(delete(SingleSignOn).where(*one))
        return bool(removed.rowcount)  # type: ignore[attr-defined]

    def _record(
        self, session: AsyncSession, action: str, staff_id: str, provider: str, warrant: Warrant
    ) -> None:
        changes.record(
            session,
            action,
            actor=warrant.actor,
            staff_id=staff_id,
            reason=warrant.reason,
            now=self._clock(),
            provider=provider,
        )

    def _party(self, provider: str) -> RelyingParty:
        party = self._parties.get(provider)
        if party is None:
            raise NotFoundError
        return party

    async def _index(self, party: RelyingParty, subject: str) -> str:
        secret = await self._keys.secret("staff-blind-index")
        return blind_index(secret, f"{party.provider.issuer}\n{subject}")
