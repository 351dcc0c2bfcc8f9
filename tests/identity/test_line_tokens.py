"""ID tokens as LINE signs them: ES256 for an app inside LINE (LIFF), HS256 on the web.

No page of ours is a LIFF app yet. The rules that one would have are held here, so that whoever
adds it cannot take a token that was made for somebody else.
"""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from auth import tokens
from auth.jwks import RemoteKeys, verify_with
from auth.tokens import Claims, RefusedTokenError, Rules, id_token_rules
from kit.outbound import provider_client
from tests.emulators.line.running import Emulator, running_emulator
from tests.emulators.line.test_login import add_app, client, sign_in

ISSUER = "https://access.line.me"


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with running_emulator() as emulator:
        yield emulator


@pytest.fixture(scope="module")
def user(emulator: Emulator) -> str:
    return emulator.add_user()


@pytest.fixture
async def keys(emulator: Emulator) -> AsyncIterator[RemoteKeys]:
    async with provider_client() as http:
        yield RemoteKeys(f"{emulator.url}/oauth2/v2.1/certs", http, lambda: datetime.now(UTC))


@pytest.fixture
def rules(emulator: Emulator) -> Rules:
    return id_token_rules(ISSUER, client(emulator)["client_id"], "ES256")


@pytest.fixture
def token(emulator: Emulator, user: str) -> str:
    """What an app that opens inside LINE is given."""
    form = {"userId": user, "choice": "yes"}
    answer = emulator.http.post(f"/liff/{add_app(emulator)}", data=form)
    fragment = parse_qs(urlsplit(answer.headers["location"]).fragment)
    return fragment["id_token"][0]


async def taken(keys: RemoteKeys, token: str, rules: Rules, later: timedelta) -> Claims:
    return await verify_with(keys, token, rules, datetime.now(UTC) + later)


async def test_a_token_of_our_own_app_says_who_opened_it(
    keys: RemoteKeys, rules: Rules, token: str, user: str
) -> None:
    assert (await taken(keys, token, rules, timedelta()))["sub"] == user


async def test_link_11_a_token_for_another_channel_is_refused(
    keys: RemoteKeys, rules: Rules, token: str
) -> None:
    other = id_token_rules(ISSUER, f"{rules.audience}9", "ES256")
    with pytest.raises(RefusedTokenError, match=RefusedTokenError.__doc__) as refused:
        await taken(keys, token, other, timedelta())
    assert refused.value.reason == "aud"


@pytest.mark.parametrize(
    ("later", "reason"), [(timedelta(minutes=7), "iat"), (timedelta(hours=2), "exp")]
)
async def test_link_11_a_token_that_is_old_or_expired_is_refused(
    keys: RemoteKeys, rules: Rules, token: str, later: timedelta, reason: str
) -> None:
    with pytest.raises(RefusedTokenError) as refused:
        await taken(keys, token, rules, later)
    assert refused.value.reason == reason


async def test_tok_23_a_token_of_the_web_is_no_token_of_the_app_and_the_other_way_round(
    emulator: Emulator, keys: RemoteKeys, rules: Rules, token: str, user: str
) -> None:
    web_token, credentials = sign_in(emulator, user)["id_token"], client(emulator)
    web = id_token_rules(ISSUER, credentials["client_id"], "HS256")
    secret, now = tokens.secret_key(credentials["client_secret"]), datetime.now(UTC)
    assert tokens.verify(web_token, secret, web, now, nonce="n1")["sub"] == user
    with pytest.raises(RefusedTokenError):
        await taken(keys, web_token, rules, timedelta())
    with pytest.raises(RefusedTokenError):
        tokens.verify(token, secret, web, now)
