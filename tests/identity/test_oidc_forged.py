"""The relying party against a provider that forges and fails: one refusal, no further call."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from starlette.responses import JSONResponse, RedirectResponse, Response

from auth.tokens import from_base64
from identity.oidc.relying_party import CancelledLoginError, RefusedLoginError, RelyingParty
from kit import outbound
from kit.errors import UnavailableError
from tests.identity.conftest import MakeParty
from tests.identity.forger import Forger, forging_provider
from tests.identity.forgeries import FORGERIES, Scene
from tests.identity.forging import Json, compact, ec_key, header, hs256, rsa_key
from tests.identity.support import Clock

BROWSER = "digest-of-this-browser"


@pytest.fixture
def forger() -> Iterator[Forger]:
    with forging_provider() as forger:
        yield forger


async def log_in(rp: RelyingParty, forger: Forger, **change: Any) -> Any:
    query = forger.callback(await rp.begin(BROWSER), **change)
    return await rp.finish(query, BROWSER)


async def test_an_honest_answer_is_accepted(forger: Forger, party: MakeParty) -> None:
    login = await log_in(party(forger.issuer), forger)
    assert login.subject == "person-1"
    assert forger.log == ["metadata", "token", "keys", "userinfo"]


@pytest.mark.parametrize("number", sorted({name.split()[0] for name in FORGERIES}))
async def test_after_a_refused_token_nothing_further_is_called(
    forger: Forger, party: MakeParty, number: str
) -> None:
    rp = party(forger.issuer)
    await log_in(rp, forger)
    for name in [name for name in FORGERIES if name.startswith(number)]:
        forger.forge = FORGERIES[name]
        query = forger.callback(await rp.begin(BROWSER))
        forger.log.clear()
        # An answer of megabytes is dropped before anybody looks at the token in it.
        is_huge = " MB" in name
        with pytest.raises(UnavailableError if is_huge else RefusedLoginError) as refused:
            await rp.finish(query, BROWSER)
        if not is_huge:
            # One answer for all, which does not tell one forgery from another.
            assert refused.value.message == RefusedLoginError.__doc__, name
            assert refused.value.status == 401, name
        calls = ["token", "token"] if is_huge else ["token"]
        assert forger.log in (calls, [*calls, "keys"]), name
        with pytest.raises(RefusedLoginError):
            await rp.finish(query, BROWSER)
        assert len(forger.log) <= 2, "nothing is left to go on with"


async def test_tok_12_the_nonce_of_another_login_is_refused(
    forger: Forger, party: MakeParty
) -> None:
    rp = party(forger.issuer)
    first = forger.callback(await rp.begin(BROWSER))
    of_another = forger.nonce
    second = forger.callback(await rp.begin("another-browser"))
    forger.forge = lambda scene: scene.token(nonce=of_another)
    with pytest.raises(RefusedLoginError):
        await rp.finish(second, "another-browser")
    assert "userinfo" not in forger.log
    assert (await rp.finish(first, BROWSER)).subject == "person-1"


@pytest.mark.parametrize("is_known", [False, True])
async def test_rp_17_a_key_rotated_between_logins_or_just_before_signing_is_fetched(
    forger: Forger, party: MakeParty, is_known: bool
) -> None:
    rp = party(forger.issuer)
    if is_known:
        await log_in(rp, forger)
    query = forger.callback(await rp.begin(BROWSER))
    forger.key = ec_key("rotated")
    forger.log.clear()
    assert (await rp.finish(query, BROWSER)).subject == "person-1"
    assert forger.log == ["token", "keys", "userinfo"]
    forger.forge = lambda scene: replace(scene, key=ec_key()).token()
    with pytest.raises(RefusedLoginError):
        await log_in(rp, forger)


async def test_user_info_in_a_form_that_was_not_registered_drops_the_login(
    forger: Forger, party: MakeParty
) -> None:
    def signed(scene: Scene) -> Response:
        return Response(scene.token(), media_type="application/jwt")

    forger.user_answer = signed
    with pytest.raises(UnavailableError):
        await log_in(party(forger.issuer), forger)


async def test_a_refresh_token_is_neither_asked_for_nor_used(
    forger: Forger, party: MakeParty
) -> None:
    forger.token_answer = lambda answer: JSONResponse({**answer, "refresh_token": "planted"})
    rp = party(forger.issuer)
    url = await rp.begin(BROWSER)
    assert "offline_access" not in url
    login = await rp.finish(forger.callback(url), BROWSER)
    assert "planted" not in repr(login)
    assert [form["grant_type"] for form in forger.forms] == ["authorization_code"]


@pytest.mark.parametrize("id_token", [None, 1, [], {}, ""])
async def test_tok_05_an_answer_without_id_token_is_refused(
    forger: Forger, party: MakeParty, id_token: Any
) -> None:
    forger.forge = lambda _: id_token
    with pytest.raises(RefusedLoginError):
        await log_in(party(forger.issuer), forger)
    assert "userinfo" not in forger.log


@pytest.mark.parametrize(
    "change",
    [{"token_type": "DPoP"}, {"token_type": None}, {"access_token": None}, {"access_token": "é"}],
)
async def test_an_unusable_token_answer_is_refused(
    forger: Forger, party: MakeParty, change: Json
) -> None:
    forger.token_answer = lambda answer: JSONResponse(answer | change)
    with pytest.raises(RefusedLoginError):
        await log_in(party(forger.issuer), forger)
    assert "userinfo" not in forger.log


async def test_the_token_type_may_be_written_in_any_case_and_expiry_left_out(
    forger: Forger, party: MakeParty
) -> None:
    def answer(usual: Json) -> Response:
        return JSONResponse({**usual, "token_type": "bEARER", "expires_in": None})

    forger.token_answer = answer
    assert (await log_in(party(forger.issuer), forger)).subject == "person-1"


FAULTS = {
    "500": lambda _: Response(status_code=500),
    "HTML": lambda _: Response("<html>", media_type="text/html"),
    "huge": lambda _: JSONResponse({"more": "x" * 1_000_000}),
    "redirect": lambda _: RedirectResponse("http://127.0.0.1:9/"),
    "a list": lambda _: JSONResponse([]),
    "deep": lambda _: Response("[" * 100_000),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_rp_09_a_token_endpoint_with_a_fault_is_asked_twice_at_most(
    forger: Forger, party: MakeParty, fault: str
) -> None:
    forger.token_answer = FAULTS[fault]
    rp = party(forger.issuer)
    query = forger.callback(await rp.begin(BROWSER))
    with pytest.raises(UnavailableError):
        await rp.finish(query, BROWSER)
    assert forger.log == ["metadata", "token", "token"]
    with pytest.raises(RefusedLoginError):
        await rp.finish(query, BROWSER)
    assert forger.log == ["metadata", "token", "token"], "no half state is left to go on with"


async def test_rp_09_a_provider_that_does_not_answer_is_not_waited_for(
    forger: Forger, party: MakeParty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "WHOLE_SECONDS", 0.000001)
    with pytest.raises(UnavailableError):
        await party(forger.issuer).begin(BROWSER)


async def test_rp_11_each_assertion_is_for_one_reader_one_use_and_one_minute(
    forger: Forger, party: MakeParty
) -> None:
    rp = party(forger.issuer)
    seen = []
    for audience in ("issuer", "token_endpoint"):
        rp = party(forger.issuer, assertion_audience=audience)
        await log_in(rp, forger)
        head, claims, _ = forger.forms[-1]["client_assertion"].split(".")
        seen.append(_json(claims))
        assert _json(head)["alg"] == "ES256"
        published = await rp._keys.published("client:honest")
        assert [key["kid"] for key in published["keys"]] == [_json(head)["kid"]]
    assert [claims["aud"] for claims in seen] == [forger.issuer, f"{forger.issuer}/token"]
    assert seen[0]["jti"] != seen[1]["jti"]
    for claims in seen:
        assert claims["iss"] == claims["sub"] == "RP00000001"
        assert claims["exp"] - claims["iat"] == 60


async def test_rp_12_neither_code_nor_verifier_nor_token_is_logged(
    forger: Forger,
    party: MakeParty,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level("DEBUG")
    rp = party(forger.issuer)
    await log_in(rp, forger, code="planted-code")
    forger.forge = lambda scene: scene.token(aud="planted-audience")
    with pytest.raises(RefusedLoginError):
        await log_in(rp, forger, code="planted-code")
    assert forger.forms[-1]["code"] == "planted-code"
    secrets = ["planted-", forger.forms[-1]["code_verifier"], forger.nonce, "access-token", "eyJ"]
    written = caplog.text + "".join(capsys.readouterr())
    assert "login_refused" in written
    assert not [word for word in secrets if word in written]


async def test_rp_13_unknown_parameters_are_ignored(forger: Forger, party: MakeParty) -> None:
    rp = party(forger.issuer)
    assert (await log_in(rp, forger, session_state="x", more="y")).subject == "person-1"


@pytest.mark.parametrize("user_info", [{"sub": "person-2"}, {}, {"sub": ["person-1"]}])
async def test_rp_15_user_info_of_somebody_else_drops_the_whole_login(
    forger: Forger, party: MakeParty, user_info: Json
) -> None:
    forger.user_info = user_info | {"name": "別人"}
    with pytest.raises(RefusedLoginError):
        await log_in(party(forger.issuer), forger)


@pytest.mark.parametrize("issuer", ["https://evil.example", "", None, "/"])
async def test_rp_18_metadata_of_another_issuer_start_no_login(
    forger: Forger, party: MakeParty, issuer: str | None
) -> None:
    forger.metadata = {"issuer": forger.issuer + "/" if issuer == "/" else issuer}
    with pytest.raises(RefusedLoginError):
        await party(forger.issuer).begin(BROWSER)
    assert forger.log == ["metadata"]


@pytest.mark.parametrize("address", ["http://evil.example/token", "ftp://x", "", 1])
async def test_rp_18_metadata_with_unsafe_addresses_start_no_login(
    forger: Forger, party: MakeParty, address: Any
) -> None:
    forger.metadata = {"token_endpoint": address}
    with pytest.raises(UnavailableError):
        await party(forger.issuer).begin(BROWSER)


@pytest.mark.parametrize("auth_time", [-1, "now", 10**12, 1.5])
async def test_an_impossible_auth_time_is_refused(
    forger: Forger, party: MakeParty, auth_time: Any
) -> None:
    forger.forge = lambda scene: scene.token(auth_time=auth_time)
    with pytest.raises(RefusedLoginError):
        await log_in(party(forger.issuer), forger)
    assert "userinfo" not in forger.log


@pytest.mark.parametrize("ago", [62, 3600, 30 * 86400])
async def test_sess_02_a_card_read_before_the_browser_was_sent_there_proves_nothing(
    forger: Forger, party: MakeParty, clock: Clock, ago: int
) -> None:
    before = int(clock().timestamp()) - ago
    forger.forge = lambda scene: scene.token(auth_time=before)
    with pytest.raises(RefusedLoginError):
        await log_in(party(forger.issuer), forger)
    assert "userinfo" not in forger.log


async def test_sess_02_an_old_login_at_my_id_stays_old(
    forger: Forger, party: MakeParty, clock: Clock
) -> None:
    hour_ago = int(clock().timestamp()) - 3600
    forger.forge = lambda scene: scene.token(auth_time=hour_ago)
    login = await log_in(party(forger.issuer, kind="my-id"), forger)
    assert int(login.authenticated_at.timestamp()) == hour_ago


async def test_sess_02_the_card_is_asked_to_be_read_anew(forger: Forger, party: MakeParty) -> None:
    asked = await party(forger.issuer).begin(BROWSER)
    assert "max_age=0" in asked
    assert "max_age" not in await party(forger.issuer, kind="my-id").begin(BROWSER)


async def test_tok_23_where_hs256_is_registered_only_the_secret_signs(
    forger: Forger, party: MakeParty
) -> None:
    secret = "honest-secret-0123456789"
    rp = party(forger.issuer, algorithm="HS256", authentication="client_secret_post")

    def web(scene: Scene) -> str:
        return compact({"alg": "HS256", "typ": "JWT"}, scene.claims(), hs256(secret.encode()))

    forger.forge = web
    assert (await log_in(rp, forger)).subject == "person-1"
    assert forger.forms[-1]["client_secret"] == secret
    for refused in (Scene.token, _rs256, lambda s: web(s)[:-3] + "AAA"):
        forger.forge = refused
        with pytest.raises(RefusedLoginError):
            await log_in(rp, forger)


def _rs256(scene: Scene) -> str:
    return compact(header(rsa_key()), scene.claims(), rsa_key().sign)


def _json(part: str) -> Json:
    value: Json = json.loads(from_base64(part))
    return value


async def test_rp_18_metadata_that_come_with_a_fault_are_not_believed(
    forger: Forger, party: MakeParty
) -> None:
    forger.metadata_status = 404
    with pytest.raises(UnavailableError):
        await party(forger.issuer).begin(BROWSER)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"state": ...}, "state"),
        ({"iss": ...}, "iss"),
        ({"iss": "https://elsewhere.example"}, "iss"),
        ({"error": "server_error"}, "the provider answered with an error"),
        ({"code": ...}, "the provider answered with an error"),
        ({"code": ""}, "the provider answered with an error"),
        ({"code": "c" * 4097}, "parameters"),
    ],
)
async def test_a_callback_that_lacks_something_ends_before_anything_is_asked(
    forger: Forger, party: MakeParty, change: Json, reason: str
) -> None:
    with pytest.raises(RefusedLoginError) as refused:
        await log_in(party(forger.issuer), forger, **change)
    assert refused.value.reason == reason
    assert forger.log == ["metadata"]


async def test_a_callback_that_says_something_twice_ends_before_anything_is_asked(
    forger: Forger, party: MakeParty
) -> None:
    rp = party(forger.issuer)
    query = forger.callback(await rp.begin(BROWSER))
    with pytest.raises(RefusedLoginError) as refused:
        await rp.finish([*query, ("code", "another")], BROWSER)
    assert refused.value.reason == "parameters"
    assert forger.log == ["metadata"]


async def test_rp_04_another_browser_and_another_provider_finish_no_login(
    forger: Forger, party: MakeParty
) -> None:
    for rp, name, browser in (
        (party(forger.issuer), "honest", "another-browser"),
        (party(forger.issuer, name="other"), "other", BROWSER),
    ):
        began = party(forger.issuer)
        query = forger.callback(await began.begin(BROWSER))
        with pytest.raises(RefusedLoginError) as refused:
            await rp.finish(query, browser)
        assert refused.value.reason == "another browser or provider", name


async def test_rp_07_whoever_cancels_is_told_so(forger: Forger, party: MakeParty) -> None:
    with pytest.raises(CancelledLoginError):
        await log_in(party(forger.issuer), forger, error="ACCESS_DENIED", code=...)


async def test_a_provider_without_user_info_is_asked_for_none(
    forger: Forger, party: MakeParty
) -> None:
    forger.metadata = {"userinfo_endpoint": ""}
    assert (await log_in(party(forger.issuer), forger)).details == {}
    assert "userinfo" not in forger.log


async def test_a_token_endpoint_that_refuses_us_ends_the_login(
    forger: Forger, party: MakeParty
) -> None:
    forger.token_answer = lambda _answer: JSONResponse({"error": "invalid_client"}, 401)
    with pytest.raises(RefusedLoginError) as refused:
        await log_in(party(forger.issuer), forger)
    assert refused.value.reason == "the token endpoint refused"
    assert forger.log == ["metadata", "token"]
