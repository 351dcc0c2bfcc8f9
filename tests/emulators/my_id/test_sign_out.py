"""Signing out at the client's wish."""

import pytest

from tests.emulators.my_id.conftest import RunningMyId
from tests.emulators.openid.relying_party import AFTER_LOGOUT, Browser, alert, came_back


def id_token(my_id: RunningMyId, visitor: Browser) -> str:
    code = came_back(my_id.sign_in(visitor))["code"]
    token: str = my_id.token(code=code).json()["id_token"]
    return token


def is_signed_in(my_id: RunningMyId, visitor: Browser) -> bool:
    return "code" in came_back(my_id.authorize(visitor, prompt="none"))


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_with_an_id_token_the_browser_is_signed_out_and_sent_back(
    my_id: RunningMyId, visitor: Browser, method: str
) -> None:
    given = {
        "id_token_hint": id_token(my_id, visitor),
        "post_logout_redirect_uri": AFTER_LOGOUT,
        "state": "s 2",
    }
    my_id.control("POST", "/clock", {"advance_seconds": 4000})
    assert is_signed_in(my_id, visitor)
    where = {"params": given} if method == "GET" else {"data": given}
    answer = visitor.http.request(method, my_id.metadata["end_session_endpoint"], **where)  # type: ignore[arg-type]
    assert answer.headers["location"] == f"{AFTER_LOGOUT}?state=s+2"
    assert not is_signed_in(my_id, visitor)


def test_without_an_id_token_the_person_is_asked(my_id: RunningMyId, visitor: Browser) -> None:
    id_token(my_id, visitor)
    params = {"client_id": my_id.client_id, "post_logout_redirect_uri": AFTER_LOGOUT}
    page = visitor.http.get("/logout", params=params)
    assert "ログアウトしますか" in page.text
    assert is_signed_in(my_id, visitor)
    done = visitor.post("/logout/confirmed", **params)
    assert done.headers["location"] == AFTER_LOGOUT
    assert not is_signed_in(my_id, visitor)


def test_without_an_address_a_page_says_that_it_is_done(
    my_id: RunningMyId, visitor: Browser
) -> None:
    answer = visitor.http.get("/logout", params={"id_token_hint": id_token(my_id, visitor)})
    assert "ログアウトしました" in answer.text


@pytest.mark.parametrize("hinted", [True, False])
def test_an_unregistered_address_is_refused_and_nobody_is_signed_out(
    my_id: RunningMyId, visitor: Browser, hinted: bool
) -> None:
    token = id_token(my_id, visitor)
    params = {"post_logout_redirect_uri": f"{AFTER_LOGOUT}/evil", "client_id": my_id.client_id}
    if hinted:
        params["id_token_hint"] = token
    assert visitor.http.get("/logout", params=params).status_code == 400
    assert is_signed_in(my_id, visitor)
    confirmed = visitor.post("/logout/confirmed", **params)
    assert "location" not in confirmed.headers


@pytest.mark.parametrize("forgery", ["unknown_key", "bad_signature", "unsigned"])
def test_a_forged_hint_is_refused(my_id: RunningMyId, visitor: Browser, forgery: str) -> None:
    my_id.fault("id_token", forgery=forgery, times=1)
    answer = visitor.http.get("/logout", params={"id_token_hint": id_token(my_id, visitor)})
    assert answer.status_code == 400
    assert "発行されたものではありません" in alert(answer.text)
    assert is_signed_in(my_id, visitor)


def test_a_hint_of_one_client_does_not_serve_another(my_id: RunningMyId, visitor: Browser) -> None:
    params = {"id_token_hint": id_token(my_id, visitor), "client_id": "somebody"}
    assert visitor.http.get("/logout", params=params).status_code == 400
