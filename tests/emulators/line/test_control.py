"""The control API: reading a talk, waiting for it, streams, figures, journal, reset."""

import base64
import json
import re
from threading import Thread
from typing import Any

import httpx2
import pytest

from kit.settings import ROOT
from tests.emulators.line.running import Emulator

TEXT = {"type": "text", "text": "こんにちは"}


def test_ids_have_lines_shapes(emulator: Emulator, user: str) -> None:
    sent = emulator.write(user, type="text", text="やあ")
    event = json.loads(emulator.bot.wait(2)[1].raw)["events"][0]
    assert re.fullmatch(r"U[0-9a-f]{32}", user)
    assert re.fullmatch(r"\d{18}", sent["messageId"])
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{26}", sent["webhookEventId"])
    assert re.fullmatch(r"[0-9a-f]{32}", event["replyToken"])
    assert event["webhookEventId"] == sent["webhookEventId"]
    assert event["message"]["id"] == sent["messageId"]


def test_a_talk_is_read_in_order_and_from_any_place(emulator: Emulator, user: str) -> None:
    emulator.write(user, type="text", text="やあ")
    emulator.push(user, TEXT, TEXT)
    emulator.write(user, type="postback", data="x", displayText="はい")
    emulator.write(user, type="postback", data="y")
    talk = emulator.talk(user)
    assert [(m["seq"], m["from"], m["via"]) for m in talk] == [
        (1, "user", "user"),
        (2, "bot", "push"),
        (3, "bot", "push"),
        (4, "user", "user"),
    ]
    assert talk[3]["message"]["text"] == "はい"
    assert emulator.talk(user, after=2) == talk[2:]
    rest = emulator.control("GET", f"/users/{user}/messages?after=9")
    assert rest == {"messages": [], "next": 9}


def test_waiting_ends_with_the_next_message(emulator: Emulator, user: str) -> None:
    found: list[Any] = []
    waiter = httpx2.Client(base_url=emulator.url, timeout=40, trust_env=False)
    path = f"/emulator/users/{user}/messages?after=0&wait=20"
    thread = Thread(target=lambda: found.append(waiter.get(path).json()))
    thread.start()
    emulator.push(user, TEXT)
    thread.join(10)
    waiter.close()
    assert [m["message"]["text"] for m in found[0]["messages"]] == ["こんにちは"]


def test_waiting_in_vain_ends_in_time(emulator: Emulator, user: str) -> None:
    assert emulator.talk(user, wait=0.05) == []


@pytest.mark.parametrize("query", ["after=x", "wait=31", "after=-1"])
def test_a_strange_query_is_refused(emulator: Emulator, user: str, query: str) -> None:
    assert emulator.http.get(f"/emulator/users/{user}/messages?{query}").status_code == 400


def read_stream(emulator: Emulator, user: str, count: int, **headers: str) -> list[str]:
    """Read `count` lines that carry an event, its number or its data."""
    lines: list[str] = []
    path = f"/emulator/users/{user}/stream"
    with emulator.http.stream("GET", path, headers=headers) as answer:
        for line in answer.iter_lines():
            if line.startswith(("id:", "event:", "data:")):
                lines.append(line)
            if len(lines) == count:
                return lines
    return lines


def test_a_stream_goes_on_where_it_broke(emulator: Emulator, user: str) -> None:
    for number in range(3):
        emulator.push(user, {"type": "text", "text": str(number)})
    first = read_stream(emulator, user, 9)
    assert [line for line in first if line.startswith("id:")] == ["id: 1", "id: 2", "id: 3"]
    again = read_stream(emulator, user, 3, **{"Last-Event-ID": "2"})
    assert again[0] == "id: 3"
    assert json.loads(again[2].removeprefix("data: "))["message"]["text"] == "2"


def test_the_figures_count_what_happened(emulator: Emulator, user: str) -> None:
    emulator.write(user, type="text", text="やあ")
    emulator.settle()
    emulator.push(user, TEXT)
    emulator.push(user, {"type": "text", "text": ""})
    stats = emulator.control("GET", "/stats")
    assert stats["webhooks"]["acked"] == 2
    assert stats["webhooks"]["latency_ms"]["p99"] > 0
    assert stats["api"]["POST /v2/bot/message/push"] == {"200": 1, "400": 1}
    assert stats["messages"] == {"user": 1, "push": 1}
    assert stats["refusals"][0]["reason"].endswith("[messages[0].text: May not be empty]")


def test_the_journal_shows_both_sides_of_one_person(emulator: Emulator, user: str) -> None:
    other = emulator.add_user("次郎")
    emulator.push(user, TEXT)
    emulator.push(other, TEXT)
    emulator.settle()
    page = emulator.control("GET", f"/journal?user={user}")
    sides = [(entry["kind"], entry["status"]) for entry in page["entries"]]
    assert sides == [("webhook", 200), ("api", 200)]
    assert page["entries"][1]["request"]["messages"] == [TEXT]
    assert emulator.control("GET", f"/journal?after={page['next']}")["entries"] == []


def test_the_journal_is_read_in_pages(emulator: Emulator, user: str) -> None:
    for _ in range(5):
        emulator.push(user, TEXT)
    start = emulator.control("GET", "/journal?limit=2")
    rest = emulator.control("GET", f"/journal?after={start['next']}&limit=100")
    numbers = [entry["seq"] for entry in start["entries"] + rest["entries"]]
    assert len(start["entries"]) == 2
    assert numbers == list(range(numbers[0], numbers[0] + 6))


def test_no_access_token_stands_in_the_journal(emulator: Emulator) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": emulator.settings.line_channel_id,
        "client_secret": emulator.settings.line_channel_secret.get_secret_value(),
    }
    token = emulator.http.post("/oauth2/v3/token", data=form).json()["access_token"]
    assert emulator.http.get(
        "/v2/bot/info", headers={"Authorization": f"Bearer {token}"}
    ).is_success
    journal = emulator.http.get("/emulator/journal").text
    assert token not in journal
    assert form["client_secret"] not in journal


def test_a_reset_forgets_people_but_not_the_bots_token(emulator: Emulator, user: str) -> None:
    emulator.push(user, TEXT)
    emulator.control("POST", "/reset")
    assert emulator.control("GET", "/users") == {"users": []}
    assert emulator.control("GET", "/stats")["api"] == {}
    assert emulator.http.get(f"/emulator/users/{user}").status_code == 404
    assert emulator.call("GET", "/v2/bot/info").status_code == 200


@pytest.mark.parametrize(
    "wanted", [{"strict": 1}, {"surprise": 1}, {"redelivery_attempts": -1}, {"webhook_url": 5}]
)
def test_a_setting_that_means_nothing_is_refused(emulator: Emulator, wanted: Any) -> None:
    before = emulator.control("GET", "/settings")
    assert emulator.http.post("/emulator/settings", json=wanted).status_code == 400
    assert emulator.control("GET", "/settings") == before


def test_the_page_lets_nothing_foreign_run(emulator: Emulator) -> None:
    for path in ("/", "/page/main.js", "/page/style.css"):
        answer = emulator.http.get(path)
        assert answer.status_code == 200
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self';" in policy
        assert "unsafe" not in policy


def test_pages_of_other_sites_cannot_use_the_emulator(emulator: Emulator) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    answer = emulator.http.post("/emulator/users", json={}, headers=headers)
    assert answer.status_code == 403
    assert emulator.control("GET", "/users") == {"users": []}


def test_a_large_picture_can_be_sent(emulator: Emulator, user: str) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(9_000_000)
    content = base64.b64encode(picture).decode()
    sent = emulator.write(user, type="image", content=content)
    path = f"/v2/bot/message/{sent['messageId']}/content"
    assert emulator.call("GET", path).content == picture


def test_uploaded_files_cannot_run_in_the_page(emulator: Emulator, user: str) -> None:
    html = "PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="
    sent = emulator.write(user, type="file", content=html, fileName="x.html")
    answer = emulator.http.get(f"/emulator/content/{sent['messageId']}")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"] == "attachment"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_pages_scripts_never_write_html() -> None:
    folder = ROOT / "emulators" / "line" / "page"
    scripts = sorted(folder.glob("*.js"))
    assert len(scripts) > 10
    forbidden = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(")
    assert [s.name for s in scripts if forbidden.search(s.read_text())] == []
