"""Linking an account: the token, the dialog, and the event that tells the bot."""

import json
from typing import Any

import httpx2
import pytest

from tests.emulators.line.definitions import definitions
from tests.emulators.line.running import Emulator
from tests.emulators.line.test_conformity import NOBODY, Checked

NONCE = "dGhpcyBpcyBhIG5vbmNl"
DIALOG = "/dialog/bot/accountLink"
TEMPLATE = "/v2/bot/user/{userId}/linkToken"


def issue(emulator: Emulator, user: str) -> str:
    token: str = emulator.call("POST", f"/v2/bot/user/{user}/linkToken").json()["linkToken"]
    return token


def look(emulator: Emulator, token: str, nonce: str = NONCE) -> httpx2.Response:
    return emulator.http.get(DIALOG, params={"linkToken": token, "nonce": nonce})


def answer(emulator: Emulator, token: str, user: str, **more: str) -> httpx2.Response:
    form = {"linkToken": token, "nonce": NONCE, "userId": user, "choice": "yes"} | more
    return emulator.http.post(DIALOG, data=form)


def outcomes(emulator: Emulator) -> list[dict[str, Any]]:
    emulator.settle()
    found = [e for r in emulator.bot.received for e in json.loads(r.raw)["events"]]
    return [event for event in found if event["type"] == "accountLink"]


def test_a_link_token_is_for_friends(emulator: Emulator, user: str) -> None:
    call = Checked(emulator)
    token = call("POST", TEMPLATE, userId=user).json()["linkToken"]
    assert len(token) == 32
    assert token.isalnum()
    call("POST", TEMPLATE, status=404, userId=NOBODY)
    call("POST", TEMPLATE, status=400, userId="x")
    emulator.control("POST", f"/users/{user}/block")
    call("POST", TEMPLATE, status=404, userId=user)


def test_the_right_person_is_linked_once(emulator: Emulator, user: str) -> None:
    token = issue(emulator, user)
    shown = look(emulator, token)
    assert "連携する" in shown.text
    assert "not affiliated with LINE" in shown.text
    assert f'<option value="{user}" selected>' in shown.text
    assert "script" not in shown.headers["content-security-policy"]
    assert answer(emulator, token, user).status_code == 200
    (event,) = outcomes(emulator)
    request = {"destination": user, "events": [event]}
    assert definitions("webhook").problems_of("CallbackRequest", request) == []
    assert event["link"] == {"result": "ok", "nonce": NONCE}
    assert event["source"] == {"type": "user", "userId": user}
    assert event["replyToken"]
    assert answer(emulator, token, user).status_code == 400
    assert len(outcomes(emulator)) == 1


def test_somebody_else_fails_without_source_and_token(emulator: Emulator, user: str) -> None:
    other = emulator.add_user("次郎")
    assert answer(emulator, issue(emulator, user), other).status_code == 400
    (event,) = outcomes(emulator)
    assert event["link"] == {"result": "failed", "nonce": NONCE}
    assert not {"source", "replyToken"} & event.keys()


def test_who_says_no_keeps_the_token(emulator: Emulator, user: str) -> None:
    token = issue(emulator, user)
    answer(emulator, token, user, choice="no")
    assert outcomes(emulator) == []
    assert look(emulator, token).status_code == 200


def test_a_token_older_than_ten_minutes_is_told_to_the_person_only(
    emulator: Emulator, user: str
) -> None:
    token = issue(emulator, user)
    emulator.control("POST", "/clock", {"advance_seconds": 590})
    assert look(emulator, token).status_code == 200
    emulator.control("POST", "/clock", {"advance_seconds": 20})
    assert look(emulator, token).status_code == 400
    assert answer(emulator, token, user).status_code == 400
    assert outcomes(emulator) == []


@pytest.mark.parametrize("nonce", ["", "short", "x" * 256, "with a space"])
def test_a_nonce_has_10_to_255_characters(emulator: Emulator, user: str, nonce: str) -> None:
    assert look(emulator, issue(emulator, user), nonce).status_code == 400


def test_a_form_of_another_site_is_refused(emulator: Emulator, user: str) -> None:
    form = {"linkToken": issue(emulator, user), "nonce": NONCE, "userId": user, "choice": "yes"}
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert emulator.http.post(DIALOG, data=form, headers=headers).status_code == 403
    assert outcomes(emulator) == []


def test_a_name_cannot_put_markup_into_the_dialog(emulator: Emulator) -> None:
    user = emulator.add_user("<script>alert(1)</script>")
    assert "<script" not in look(emulator, issue(emulator, user)).text
