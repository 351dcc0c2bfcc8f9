"""The parts of staff accounts, composed."""

from dataclasses import dataclass

import httpx2

from auth.store import Store
from identity.keys import KeyRing
from identity.oidc.authorization_requests import AuthorizationRequests
from identity.oidc.providers import Provider, load_staff_providers
from identity.oidc.relying_party import RelyingParty
from identity.staff.accounts import Accounts
from identity.staff.approvals import Approvals
from identity.staff.desks import load_desks
from identity.staff.logins import Logins
from identity.staff.passwords import Passwords
from identity.staff.second_factor import SecondFactor
from identity.staff.sessions import StaffSessions
from identity.staff.single_sign_on import SingleSignOns
from identity.staff.throttle import Throttle
from kit.clock import Clock
from kit.db import Database
from kit.outbound import provider_client
from kit.settings import Settings
from kit.vault import Vault


@dataclass(frozen=True)
class StaffContainer:
    """What the console's login and the keeping of accounts are made of."""

    database: Database
    clock: Clock
    accounts: Accounts
    approvals: Approvals
    sessions: StaffSessions
    logins: Logins
    single_sign_ons: SingleSignOns
    store: Store
    http: httpx2.AsyncClient

    async def close(self) -> None:
        """Close every connection but the database's, which others use too."""
        await self.store.close()
        await self.http.aclose()


def make_staff(
    settings: Settings,
    database: Database,
    clock: Clock,
    providers: dict[str, Provider] | None = None,
    passwords: Passwords | None = None,
) -> StaffContainer:
    """Compose the parts; nothing connects yet. Without `providers`, the city's are read.

    Without `passwords`, they cost what the settings say.
    """
    passwords = Passwords.of(settings) if passwords is None else passwords
    store, http = Store(settings), provider_client()
    keys = KeyRing(database, settings.master_keys, clock)
    factor = _factor(settings, keys, clock)
    sessions = StaffSessions(store, clock)
    known = load_staff_providers(settings) if providers is None else providers
    parties = {
        name: _party(provider, settings, keys, AuthorizationRequests(store), http, clock)
        for name, provider in known.items()
    }
    accounts = _accounts(settings, database, clock, factor, passwords)
    links = SingleSignOns(database, parties, keys, clock)
    return StaffContainer(
        database=database,
        clock=clock,
        accounts=accounts,
        approvals=Approvals(database, accounts, links, clock),
        sessions=sessions,
        logins=Logins(database, sessions, factor, Throttle(store), passwords, settings, clock),
        single_sign_ons=links,
        store=store,
        http=http,
    )


def make_accounts(settings: Settings, database: Database, clock: Clock) -> Accounts:
    """Compose the keeping of accounts alone, which needs no Redis."""
    keys = KeyRing(database, settings.master_keys, clock)
    factor = _factor(settings, keys, clock)
    return _accounts(settings, database, clock, factor, Passwords.of(settings))


def _accounts(
    settings: Settings,
    database: Database,
    clock: Clock,
    factor: SecondFactor,
    passwords: Passwords,
) -> Accounts:
    desks = load_desks(settings)
    return Accounts(database, factor, passwords, desks, clock, demo=settings.is_demo)


def _factor(settings: Settings, keys: KeyRing, clock: Clock) -> SecondFactor:
    return SecondFactor(Vault(settings.master_keys, clock), keys, clock)


def _party(
    provider: Provider,
    settings: Settings,
    keys: KeyRing,
    authorization_requests: AuthorizationRequests,
    http: httpx2.AsyncClient,
    clock: Clock,
) -> RelyingParty:
    secret = settings.identity_secrets.get(provider.name)
    return RelyingParty(
        provider,
        redirect_uri=f"{settings.public_base_url}/console/sso/{provider.name}/callback",
        secret="" if secret is None else secret.get_secret_value(),
        keys=keys,
        authorization_requests=authorization_requests,
        http=http,
        clock=clock,
    )
