"""Signing in: from the authorization request to claims, and everything that goes wrong."""

import pytest

from tests.emulators.my_id.conftest import RunningMyId
from tests.emulators.openid.relying_party import Browser, alert, came_back


def test_the_whole_way_from_page_to_claims(my_id: RunningMyId, visitor: Browser) -> None:
    back = came_back(my_id.sign_in(visitor, scope="openid profile email"))
    assert (back["state"], back["iss"]) == ("state-1", my_id.issuer)
    tokens = my_id.token(code=back["code"]).json()
    assert tokens["token_type"] == "Bearer"
    assert tokens["scope"] == "openid profile email"
    assert "refresh_token" not in tokens
    claims = my_id.verified(tokens["id_token"])
    assert (claims["iss"], claims["aud"]) == (my_id.issuer, my_id.client_id)
    assert (claims["nonce"], claims["amr"]) == ("nonce-1", ["pwd"])
    told = my_id.userinfo(tokens["access_token"]).json()
    assert told == {
        "sub": claims["sub"],
        "name": "佐藤 美咲",
        "preferred_username": "misaki",
        "locale": "ja-JP",
        "email": "misaki@example.jp",
        "email_verified": True,
    }


def test_the_login_page_names_the_client_and_says_it_is_no_real_service(
    my_id: RunningMyId, visitor: Browser
) -> None:
    page = visitor.http.get(my_id.begin(visitor)).text
    assert "試験市コンシェルジュ" in page
    assert "実在のサービスではありません" in page
    assert "not a real service" in page


def test_at_least_six_residents_can_sign_in(my_id: RunningMyId) -> None:
    people = [u["user_id"] for u in my_id.control("GET", "/users")["users"] if not u["locked"]]
    subjects = set()
    for person in people:
        with Browser(my_id.url) as browser:
            code = came_back(my_id.sign_in(browser, person))["code"]
        subjects.add(my_id.verified(my_id.token(code=code).json()["id_token"])["sub"])
    assert len(subjects) == len(people) >= 6


def test_a_wrong_password_shows_the_page_again_without_saying_which_was_wrong(
    my_id: RunningMyId, visitor: Browser
) -> None:
    where = my_id.begin(visitor)
    wrong = alert(my_id.login(visitor, where, "misaki", "falsch").text)
    assert wrong == alert(my_id.login(visitor, where, "nobody", "falsch").text)
    assert my_id.login(visitor, where, "misaki").text.count("同意して進む") == 1


def test_five_wrong_passwords_in_a_row_lock_the_account(
    my_id: RunningMyId, visitor: Browser
) -> None:
    where = my_id.begin(visitor)
    for _ in range(4):
        my_id.login(visitor, where, "kenta", "falsch")
    my_id.login(visitor, where, "kenta")
    for _ in range(4):
        assert "違います" in alert(my_id.login(visitor, where, "kenta", "falsch").text)
    assert "ロック" in alert(my_id.login(visitor, where, "kenta", "falsch").text)
    assert "ロック" in alert(my_id.login(visitor, where, "kenta").text)
    my_id.control("PATCH", "/users/kenta", {"locked": False, "wrong_passwords": 0})
    assert "鈴木 健太" in my_id.login(visitor, where, "kenta").text


def test_a_locked_account_cannot_sign_in_even_with_its_password(
    my_id: RunningMyId, visitor: Browser
) -> None:
    assert "ロック" in alert(my_id.login(visitor, my_id.begin(visitor), "osamu").text)


@pytest.mark.parametrize("signed_in", [False, True])
def test_whoever_cancels_comes_back_with_access_denied(
    my_id: RunningMyId, visitor: Browser, signed_in: bool
) -> None:
    where = my_id.begin(visitor)
    if signed_in:
        my_id.login(visitor, where, "misaki")
    back = came_back(visitor.post(f"{where}/cancel"))
    assert (back["error"], back["state"]) == ("access_denied", "state-1")
    assert "code" not in back
    assert visitor.http.get(where).status_code == 410


def test_nobody_agrees_without_having_signed_in(my_id: RunningMyId, visitor: Browser) -> None:
    where = my_id.begin(visitor)
    assert visitor.post(f"{where}/consent").headers["location"] == where


def test_a_page_left_open_for_too_long_is_over(my_id: RunningMyId, visitor: Browser) -> None:
    where = my_id.begin(visitor)
    my_id.control("POST", "/clock", {"advance_seconds": 601})
    page = visitor.http.get(where)
    assert page.status_code == 410
    assert "はじめから" in alert(page.text)


def test_a_form_of_another_site_is_refused(my_id: RunningMyId, visitor: Browser) -> None:
    where = my_id.begin(visitor)
    foreign = {"sec-fetch-site": "cross-site"}
    form = {"user_id": "misaki", "password": "demo-my-id"}
    assert visitor.http.post(f"{where}/login", data=form, headers=foreign).status_code == 403


def test_a_second_sign_in_in_the_same_browser_needs_no_page(
    my_id: RunningMyId, visitor: Browser
) -> None:
    my_id.sign_in(visitor)
    assert "code" in came_back(my_id.authorize(visitor))
    assert "code" in came_back(my_id.authorize(visitor, prompt="none"))
    wider = came_back(my_id.authorize(visitor, prompt="none", scope="openid email"))
    assert wider["error"] == "consent_required"


def test_another_browser_is_a_stranger(my_id: RunningMyId, visitor: Browser) -> None:
    my_id.sign_in(visitor)
    with Browser(my_id.url) as stranger:
        refused = came_back(my_id.authorize(stranger, prompt="none"))
    assert refused["error"] == "login_required"


@pytest.mark.parametrize("more", [{"prompt": "login"}, {"max_age": "0"}])
def test_a_client_can_demand_a_fresh_login(
    my_id: RunningMyId, visitor: Browser, more: dict[str, str]
) -> None:
    my_id.sign_in(visitor)
    my_id.control("POST", "/clock", {"advance_seconds": 100})
    code = came_back(my_id.sign_in(visitor, **more))["code"]
    claims = my_id.verified(my_id.token(code=code).json()["id_token"])
    assert claims["iat"] - claims["auth_time"] < 5


def test_the_time_of_the_login_is_told_and_not_that_of_the_token(
    my_id: RunningMyId, visitor: Browser
) -> None:
    my_id.sign_in(visitor)
    my_id.control("POST", "/clock", {"advance_seconds": 100})
    code = came_back(my_id.authorize(visitor))["code"]
    claims = my_id.verified(my_id.token(code=code).json()["id_token"])
    assert 100 <= claims["iat"] - claims["auth_time"] < 105


def test_another_account_can_be_used_instead(my_id: RunningMyId, visitor: Browser) -> None:
    my_id.sign_in(visitor)
    where = my_id.begin(visitor, prompt="consent")
    assert "佐藤 美咲" in visitor.http.get(where).text
    visitor.post(f"{where}/switch")
    assert "鈴木 健太" in my_id.login(visitor, where, "kenta").text


def test_a_login_hint_fills_the_field(my_id: RunningMyId, visitor: Browser) -> None:
    page = visitor.http.get(my_id.begin(visitor, login_hint='k"><b>')).text
    assert 'value="k&#34;&gt;&lt;b&gt;"' in page
