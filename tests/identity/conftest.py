"""Parts of the identity package on real servers."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx2
import pytest

from auth.store import Store
from identity.keys import KeyRing
from identity.oidc.authorization_requests import AuthorizationRequests
from identity.oidc.providers import Provider
from identity.oidc.relying_party import RelyingParty
from kit.db import Database
from kit.outbound import provider_client
from kit.settings import Settings
from tests.identity.honest import CALLBACK, SECRET
from tests.identity.staffing import Console, running_console
from tests.identity.support import Clock
from tests.identity.world import IdentityWorld, make_identity_world
from tests.support import Line, line_emulator

MakeParty = Callable[..., RelyingParty]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    store = Store(settings)
    yield store
    await store.close()


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    async with provider_client() as client:
        yield client


@pytest.fixture
def keys(database: Database, settings: Settings, clock: Clock) -> KeyRing:
    return KeyRing(database, settings.master_keys, clock)


@pytest.fixture
def party(keys: KeyRing, store: Store, http: httpx2.AsyncClient, clock: Clock) -> MakeParty:
    """A maker of relying parties; what is not said is as the Digital Authentication App has it."""

    def make(issuer: str, **change: Any) -> RelyingParty:
        usual = {
            "name": "honest",
            "title": "試験",
            "kind": "card",
            "issuer": issuer,
            "client_id": "RP00000001",
            "scopes": ("openid", "name", "address", "birthdate", "gender"),
            "algorithm": "ES256",
            "authentication": "private_key_jwt",
            "acr_values": "aal3 crl",
            "card_acr": {"aal3"},
        }
        return RelyingParty(
            Provider.model_validate(usual | change),
            redirect_uri=CALLBACK,
            secret=SECRET,
            keys=keys,
            authorization_requests=AuthorizationRequests(store),
            http=http,
            clock=clock,
        )

    return make


@pytest.fixture(scope="session")
def line_process() -> Iterator[Line]:
    """One LINE emulator for all tests; each begins with an empty one."""
    with line_emulator() as line:
        yield line


@pytest.fixture
async def world(
    request: pytest.FixtureRequest, line_process: Line, settings: Settings
) -> AsyncIterator[IdentityWorld]:
    """The house between the stand-ins, with nobody in it.

    Modules that say WITH_REGISTER have the city's own register in it, the others a fake of it.
    """
    with_register = getattr(request.module, "WITH_REGISTER", False)
    async with make_identity_world(line_process, settings, with_register=with_register) as world:
        yield world


@pytest.fixture
async def console(settings: Settings, clock: Clock) -> AsyncIterator[Console]:
    async with running_console(settings, clock) as console:
        yield console
