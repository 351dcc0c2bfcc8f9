"""Reading a card: the whole way, and every way in which it fails."""

import re
from typing import Any

import pytest

from kit.masking import is_my_number, mask_numbers
from tests.emulators.digital_auth.conftest import ALL_ITEMS, PIN, RunningDigitalAuth
from tests.emulators.openid.relying_party import Browser, alert, came_back

Json = dict[str, Any]


def told_of(app: RunningDigitalAuth, card: str, **more: str | None) -> tuple[Json, Json]:
    """The claims of the ID token and of UserInfo."""
    with Browser(app.url) as browser:
        code = came_back(app.verify(browser, card, **more))["code"]
    tokens = app.token(code=code).json()
    return app.verified(tokens["id_token"]), app.userinfo(tokens["access_token"]).json()


def test_the_whole_way_as_documented(app: RunningDigitalAuth, visitor: Browser) -> None:
    back = came_back(app.verify(visitor))
    assert back["state"] == "state-1"
    assert re.fullmatch(r"[0-9a-f-]{36}", back["session_state"])
    assert "iss" not in back
    tokens = app.token(code=back["code"]).json()
    assert tokens["scope"] == ALL_ITEMS
    claims = app.verified(tokens["id_token"])
    assert (claims["iss"], claims["aud"]) == (f"{app.url}/api/realms/main", "RP00000001")
    assert (claims["nonce"], claims["acr"]) == ("nonce-1", "aal3")
    assert app.now() - claims["auth_time"] < 10
    assert app.userinfo(tokens["access_token"]).json() == {
        "sub": claims["sub"],
        "name": "佐藤 美咲",
        "address": {"formatted": "福島県会津若松市中央一丁目99番1号", "country": "JP"},
        "birthdate": "1988-04-12",
        "gender": "female",
    }
    form = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert app.verified(app.token(**form).json()["id_token"])["sub"] == claims["sub"]


def test_endpoints_are_where_the_real_ones_are(app: RunningDigitalAuth) -> None:
    base = f"{app.url}/api/realms/main"
    found = app.metadata
    assert found["issuer"] == base
    endpoints = {
        "authorization_endpoint": "auth",
        "token_endpoint": "token",
        "userinfo_endpoint": "userinfo",
        "jwks_uri": "certs",
    }
    for name, last in endpoints.items():
        assert found[name] == f"{base}/protocol/openid-connect/{last}"
    assert found["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    assert found["id_token_signing_alg_values_supported"] == ["ES256"]
    assert found["subject_types_supported"] == ["pairwise"]


def test_the_items_come_flat_when_ordered(app: RunningDigitalAuth) -> None:
    app.settings(item_shape="flat")
    _, items = told_of(app, "kunio")
    del items["sub"]
    assert items == {
        "name": "髙橋 邦夫",
        "address": "福島県会津若松市一箕町大字亀賀字藤原999番地の3",
        "birthdate": "19670830",
        "gender": "1",
    }


@pytest.mark.parametrize("shape", ["standard", "flat"])
def test_each_item_has_its_own_scope(app: RunningDigitalAuth, shape: str) -> None:
    app.settings(item_shape=shape)
    for scope in ALL_ITEMS.split()[1:]:
        assert told_of(app, "mai", scope=f"openid {scope}")[1].keys() == {"sub", scope}
    assert told_of(app, "mai", scope="openid")[1].keys() == {"sub"}


def test_the_subject_is_another_one_for_every_client_person_and_issue(
    app: RunningDigitalAuth,
) -> None:
    mine = told_of(app, "misaki")[0]["sub"]
    assert told_of(app, "misaki")[0]["sub"] == mine
    assert told_of(app, "kenta")[0]["sub"] != mine
    (client, *_) = app.control("GET", "/clients")["clients"]
    app.control("PUT", "/clients", client | {"client_id": "RP00000002"})
    app.client_id = "RP00000002"
    elsewhere = told_of(app, "misaki")[0]["sub"]
    app.client_id = "RP00000001"
    assert elsewhere != mine
    app.control("PATCH", "/users/misaki", {"issue": 2})
    assert told_of(app, "misaki")[0]["sub"] != mine


def test_what_is_not_known_of_the_real_id_token_can_be_left_out(app: RunningDigitalAuth) -> None:
    app.settings(tell_acr=False, tell_auth_time=False)
    claims, _ = told_of(app, "misaki")
    assert not {"acr", "auth_time"} & claims.keys()


def test_the_page_lists_what_is_asked_for_and_nothing_else(
    app: RunningDigitalAuth, visitor: Browser
) -> None:
    page = visitor.http.get(app.begin(visitor, scope="openid name birthdate")).text
    assert "<li>氏名</li>" in page
    assert "<li>生年月日</li>" in page
    assert "<li>住所</li>" not in page
    assert "試験市コンシェルジュ" in page
    assert "実在のサービスではありません" in page


def test_a_wrong_pin_counts_down_and_a_right_one_starts_anew(
    app: RunningDigitalAuth, visitor: Browser
) -> None:
    where = app.begin(visitor)
    assert "あと2回" in alert(app.read(visitor, where, "kenta", "0000").text)
    assert "あと1回" in alert(app.read(visitor, where, "kenta", "0000").text)
    assert "あと2回" in alert(app.read(visitor, where, "misaki", "0000").text)
    assert "code" in came_back(app.read(visitor, where, "kenta"))
    again = app.begin(visitor)
    assert "あと2回" in alert(app.read(visitor, again, "kenta", "0000").text)


def test_the_third_wrong_pin_locks_the_card_everywhere(
    app: RunningDigitalAuth, visitor: Browser
) -> None:
    where = app.begin(visitor)
    for _ in range(2):
        app.read(visitor, where, "kenta", "0000")
    page = app.read(visitor, where, "kenta", "0000").text
    assert "ロック" in alert(page)
    assert "窓口" in page
    back = came_back(visitor.post(f"{where}/cancel"))
    assert (back["error"], back["state"]) == ("access_denied", "state-1")
    with Browser(app.url) as other:
        assert "ロック" in alert(app.read(other, app.begin(other), "kenta").text)
    app.control("PATCH", "/users/kenta", {"wrong_pins": 0})
    assert "code" in came_back(app.verify(visitor, "kenta"))


@pytest.mark.parametrize(("card", "word"), [("osamu", "失効"), ("aoi", "有効期限")])
def test_a_dead_certificate_is_explained_and_gives_no_code(
    app: RunningDigitalAuth, visitor: Browser, card: str, word: str
) -> None:
    where = app.begin(visitor)
    assert word in alert(app.read(visitor, where, card).text)
    visitor.post(f"{where}/pin", pin=PIN)
    again = visitor.post(f"{where}/card", card="misaki")
    assert again.headers["location"] == where
    assert came_back(visitor.post(f"{where}/cancel"))["error"] == "access_denied"


def test_a_wrong_pin_tells_nothing_about_the_certificate(
    app: RunningDigitalAuth, visitor: Browser
) -> None:
    page = app.read(visitor, app.begin(visitor), "osamu", "0000").text
    assert "暗証番号が違います" in alert(page)


@pytest.mark.parametrize("pin", ["", "123", "12345", "12a4", "１２３４"])
def test_a_pin_that_is_none_is_not_counted(
    app: RunningDigitalAuth, visitor: Browser, pin: str
) -> None:
    where = app.begin(visitor)
    page = app.read(visitor, where, "misaki", pin).text
    assert "4桁の数字" in alert(page)
    (misaki, *_) = app.control("GET", "/users")["users"]
    assert misaki["wrong_pins"] == 0


def test_no_step_can_be_skipped(app: RunningDigitalAuth, visitor: Browser) -> None:
    where = app.begin(visitor)
    assert visitor.post(f"{where}/card", card="misaki").headers["location"] == where
    visitor.post(f"{where}/pin", pin=PIN)
    assert visitor.post(f"{where}/card", card="misaki").headers["location"] == where
    assert "同意して進む" in visitor.http.get(where).text
    visitor.post(f"{where}/agree")
    assert "code" in came_back(visitor.post(f"{where}/card", card="misaki"))


def test_an_unknown_card_is_refused(app: RunningDigitalAuth, visitor: Browser) -> None:
    where = app.begin(visitor)
    visitor.post(f"{where}/agree")
    visitor.post(f"{where}/pin", pin=PIN)
    assert visitor.post(f"{where}/card", card="nobody").status_code == 400


@pytest.mark.parametrize("steps", [[], ["agree"], ["agree", "pin"]])
def test_whoever_cancels_at_any_step_comes_back_with_access_denied(
    app: RunningDigitalAuth, visitor: Browser, steps: list[str]
) -> None:
    where = app.begin(visitor)
    for step in steps:
        visitor.post(f"{where}/{step}", pin=PIN)
    assert came_back(visitor.post(f"{where}/cancel"))["error"] == "access_denied"
    assert visitor.http.get(where).status_code == 410


def test_every_request_asks_for_the_card_anew(app: RunningDigitalAuth, visitor: Browser) -> None:
    app.verify(visitor)
    assert app.begin(visitor)
    assert came_back(app.authorize(visitor, prompt="none"))["error"] == "login_required"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"state": None}, "invalid_request"),
        ({"nonce": None}, "invalid_request"),
        ({"nonce": ""}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"acr_values": "aal3 gold"}, "invalid_request"),
        ({"scope": "openid sign"}, "invalid_scope"),
        ({"scope": "openid profile"}, "invalid_scope"),
    ],
)
def test_what_the_reference_requires_is_required(
    app: RunningDigitalAuth, visitor: Browser, change: dict[str, str | None], error: str
) -> None:
    assert came_back(app.authorize(visitor, **change))["error"] == error


def test_no_my_number_is_anywhere(app: RunningDigitalAuth, visitor: Browser) -> None:
    where = app.begin(visitor, scope=ALL_ITEMS)
    pages = [visitor.http.get("/").text, visitor.http.get(where).text]
    visitor.post(f"{where}/agree")
    pages.append(visitor.http.get(where).text)
    visitor.post(f"{where}/pin", pin=PIN)
    pages.append(visitor.http.get(where).text)
    pages.append(str(app.control("GET", "/users")))
    for page in pages:
        assert not mask_numbers(page)[1]
        assert not re.search(r"(?<![0-9])[0-9]{12}(?![0-9])", page)


def test_a_my_number_is_not_taken_either(app: RunningDigitalAuth) -> None:
    number = "123456789018"
    assert is_my_number(number)
    card = {
        "user_id": "neu",
        "name": "新井 一",
        "address": "福島県会津若松市東栄町99番9号",
        "birthdate": "2000-02-29",
        "gender": "male",
    }
    refused = app.control("POST", "/users", card | {"remark": f"番号 {number}"}, status=400)
    assert number not in str(refused)
    assert app.control("POST", "/users", card)["certificate"] == "valid"
    app.control("POST", "/users", card, status=409)
    app.control("PATCH", "/users/neu", {"pin": "12345"}, status=400)
    app.control("PATCH", "/users/neu", {"name": f"{number}"}, status=400)
    app.control("PATCH", "/users/neu", {"user_id": "alt"}, status=400)
    app.control("PATCH", "/users/nobody", {}, status=404)
    assert told_of(app, "neu")[1]["birthdate"] == "2000-02-29"


def test_the_journal_holds_no_pin(app: RunningDigitalAuth, visitor: Browser) -> None:
    where = app.begin(visitor)
    app.read(visitor, where, "misaki", "9876")
    steps = [entry for entry in app.journal() if entry["path"].endswith(("/pin", "/card"))]
    assert [step.get("outcome") for step in steps] == [None, "wrong_pin"]
    assert "9876" not in str(steps)
