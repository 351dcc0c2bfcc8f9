"""Authorization requests: what is refused, and where the browser is sent."""

import pytest

from tests.emulators.my_id.conftest import RunningMyId
from tests.emulators.openid.relying_party import BACK, Browser, alert, came_back


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": None},
        {"client_id": "somebody"},
        {"redirect_uri": None},
        {"redirect_uri": BACK + "/"},
        {"redirect_uri": BACK.upper()},
        {"redirect_uri": BACK.partition("?")[0]},
    ],
)
def test_without_a_known_client_and_its_very_address_nobody_is_sent_anywhere(
    my_id: RunningMyId, visitor: Browser, change: dict[str, str | None]
) -> None:
    answer = my_id.authorize(visitor, **change)
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "登録" in alert(answer.text)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"response_mode": "form_post"}, "invalid_request"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": "openid everything"}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "c" * 129}, "invalid_request"),
        ({"code_challenge": "c+"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"state": "ü"}, "invalid_request"),
        ({"nonce": "n" * 256}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "perhaps"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "²"}, "invalid_request"),
        ({"request": "e30.e30."}, "request_not_supported"),
        ({"request_uri": "https://example.jp/"}, "request_uri_not_supported"),
    ],
)
def test_a_wrong_request_goes_back_with_its_error(
    my_id: RunningMyId, visitor: Browser, change: dict[str, str | None], error: str
) -> None:
    back = came_back(my_id.authorize(visitor, **change))
    assert back["error"] == error
    assert back["iss"] == my_id.issuer
    assert "code" not in back


def test_a_parameter_that_stands_twice_is_refused(my_id: RunningMyId, visitor: Browser) -> None:
    path = my_id.metadata["authorization_endpoint"]
    twice = [*my_id.wanted().items(), ("scope", "openid email")]
    assert came_back(visitor.http.get(path, params=twice))["error"] == "invalid_request"
    other = [*my_id.wanted().items(), ("redirect_uri", "https://elsewhere.example/")]
    assert visitor.http.get(path, params=other).status_code == 400


def test_state_and_nonce_are_free_here(my_id: RunningMyId, visitor: Browser) -> None:
    back = came_back(my_id.sign_in(visitor, state=None, nonce=None))
    assert "state" not in back
    claims = my_id.verified(my_id.token(code=back["code"]).json()["id_token"])
    assert "nonce" not in claims


def test_the_issuer_in_the_callback_can_be_turned_off(my_id: RunningMyId, visitor: Browser) -> None:
    assert my_id.metadata["authorization_response_iss_parameter_supported"] is True
    my_id.settings(issuer_in_callback=False)
    assert "iss" not in came_back(my_id.sign_in(visitor))
    assert my_id.metadata["authorization_response_iss_parameter_supported"] is False


def test_a_scope_can_be_withheld(my_id: RunningMyId, visitor: Browser) -> None:
    my_id.settings(withheld_scopes=["email"])
    code = came_back(my_id.sign_in(visitor, scope="openid profile email"))["code"]
    tokens = my_id.token(code=code).json()
    assert tokens["scope"] == "openid profile"
    assert "email" not in my_id.userinfo(tokens["access_token"]).json()


def test_pages_may_not_be_framed_kept_or_run_scripts(my_id: RunningMyId, visitor: Browser) -> None:
    headers = visitor.http.get(my_id.begin(visitor)).headers
    assert headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "script-src" not in headers["content-security-policy"]
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["referrer-policy"] == "no-referrer"
