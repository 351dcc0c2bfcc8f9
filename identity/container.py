"""What the identity package is made of, composed for one process."""

import tomllib
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx2

from auth.levels import Level
from auth.store import Store
from identity.account.purposes import Purpose, load_purposes
from identity.grants.minter import GrantMinter
from identity.keys import KeyRing
from identity.links.links import Links
from identity.login.one_time_links import OneTimeLinks
from identity.login.pending import PendingLogins
from identity.login.sessions import Sessions
from identity.oidc.authorization_requests import AuthorizationRequests
from identity.oidc.providers import Kind, Provider, load_providers
from identity.oidc.relying_party import RelyingParty
from kit.clock import Clock
from kit.db import Database
from kit.errors import NotFoundError
from kit.outbound import provider_client
from kit.personal_data import PersonalDataHolder
from kit.settings import Settings
from kit.vault import Vault
from messages.accounts import AccountsClient
from services.residents.contract import ResidentsClient

_REACHED_BY = {
    Level.L1: Kind.line,
    Level.L2: Kind.my_id,
    Level.L3: Kind.card,
    Level.L3_FRESH: Kind.card,
}


@dataclass(frozen=True)
class IdentityContainer:
    """The parts of identity in a web process."""

    settings: Settings
    database: Database
    clock: Clock
    city: str
    """The municipality's name, for our pages."""
    store: Store
    keys: KeyRing
    authorization_requests: AuthorizationRequests
    sessions: Sessions
    one_time_links: OneTimeLinks
    pending: PendingLogins
    links: Links
    minter: GrantMinter
    parties: dict[str, RelyingParty]
    """By the names that `identity.toml` gives the providers."""
    accounts: AccountsClient
    register: ResidentsClient
    http: httpx2.AsyncClient
    purposes: tuple[Purpose, ...]
    """For what the city asks consent."""
    holders: tuple[PersonalDataHolder, ...]
    """Every package that keeps something of citizens."""
    internal: httpx2.AsyncClient
    """Reaches them."""

    def party(self, name: str) -> RelyingParty:
        """Return the relying party of a provider. Raises NotFoundError."""
        if name not in self.parties:
            raise NotFoundError("No provider of that name.")
        return self.parties[name]

    def alike(self, name: str) -> list[Provider]:
        """Return the providers that prove the same as this one, itself first."""
        chosen = self.party(name).provider
        others = [p.provider for p in self.parties.values() if p.provider != chosen]
        return [chosen, *(other for other in others if other.kind is chosen.kind)]

    def is_card(self, name: str) -> bool:
        """Tell whether a link is the card's; a provider that the city has dropped is none."""
        party = self.parties.get(name)
        return party is not None and party.provider.kind is Kind.card

    @property
    def line(self) -> RelyingParty:
        """The relying party of LINE Login."""
        return next(p for p in self.parties.values() if p.provider.kind is Kind.line)

    def provider_for(self, level: Level) -> str:
        """Return the provider whose login reaches a level. Raises NotFoundError."""
        kind = _REACHED_BY.get(level)
        names = [name for name, p in self.parties.items() if p.provider.kind is kind]
        if not names:
            raise NotFoundError("This city has no provider for that level.")
        return names[0]

    @property
    def form_targets(self) -> set[str]:
        """The origins to which a form of ours may lead; browsers check a form's redirects too."""
        urls = [self.settings.line_access_base]
        for party in self.parties.values():
            endpoints = party.provider.endpoints
            urls.append(party.provider.issuer if endpoints is None else endpoints.authorization)
        return {f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, urls)}

    async def close(self) -> None:
        """Close every connection of its own."""
        await self.http.aclose()
        await self.store.close()


def make_identity(
    settings: Settings,
    database: Database,
    clock: Clock,
    internal: httpx2.AsyncClient,
    holders: tuple[PersonalDataHolder, ...],
) -> IdentityContainer:
    """Compose identity; `internal` reaches the other packages, of which `holders` keep something.

    Raises ProviderConfigError and BadConsentsError.
    """
    store, http = Store(settings), provider_client()
    keys, authorization_requests = (
        KeyRing(database, settings.master_keys, clock),
        AuthorizationRequests(store),
    )
    return IdentityContainer(
        settings=settings,
        database=database,
        clock=clock,
        city=_city_name(settings),
        store=store,
        keys=keys,
        authorization_requests=authorization_requests,
        sessions=Sessions(store, clock),
        one_time_links=OneTimeLinks(clock),
        pending=PendingLogins(store),
        links=Links(Vault(settings.master_keys, clock), keys, clock, settings.city),
        minter=GrantMinter(keys, settings, clock),
        parties=_parties(settings, keys, authorization_requests, http, clock),
        accounts=AccountsClient(internal),
        register=ResidentsClient(internal),
        http=http,
        purposes=load_purposes(settings),
        holders=holders,
        internal=internal,
    )


def _parties(
    settings: Settings,
    keys: KeyRing,
    authorization_requests: AuthorizationRequests,
    http: httpx2.AsyncClient,
    clock: Clock,
) -> dict[str, RelyingParty]:
    def party(provider: Provider) -> RelyingParty:
        return RelyingParty(
            provider,
            redirect_uri=f"{settings.public_base_url}/identity/{provider.name}/callback",
            secret=_secret(settings, provider),
            keys=keys,
            authorization_requests=authorization_requests,
            http=http,
            clock=clock,
        )

    return {name: party(p) for name, p in load_providers(settings).items()}


def _secret(settings: Settings, provider: Provider) -> str:
    if provider.kind is Kind.line:
        return settings.line_login_channel_secret.get_secret_value()
    secret = settings.identity_secrets.get(provider.name)
    return "" if secret is None else secret.get_secret_value()


def _city_name(settings: Settings) -> str:
    city = tomllib.loads((settings.city_dir / "city.toml").read_text(encoding="utf-8"))
    return str(city["name"])
