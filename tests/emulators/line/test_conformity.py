"""Every answer of the emulator, checked against LINE's own definitions."""

import base64
import json
import re
import struct
import zlib
from typing import Any

import httpx2
import pytest

from tests.emulators.line.definitions import definitions
from tests.emulators.line.running import Emulator

TEXT = {"type": "text", "text": "こんにちは"}
NOBODY = "U" + "0" * 32


def png(width: int, height: int) -> bytes:
    """A white picture of that size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\xff" * width) * height)
    parts = chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def menu(**more: Any) -> dict[str, Any]:
    bounds = {"x": 0, "y": 0, "width": 600, "height": 540}
    switch = {"type": "richmenuswitch", "richMenuAliasId": "tab-b", "data": "b", "label": "防災"}
    return {
        "size": {"width": 800, "height": 540},
        "selected": False,
        "name": "くらし",
        "chatBarText": "メニュー",
        "areas": [{"bounds": bounds, "action": switch}],
        **more,
    }


def add_menu(emulator: Emulator, **more: Any) -> str:
    """Create a rich menu with an image; returns its id."""
    made = emulator.call("POST", "/v2/bot/richmenu", menu(**more))
    rich_menu_id: str = made.json()["richMenuId"]
    upload = emulator.http.post(
        f"/v2/bot/richmenu/{rich_menu_id}/content",
        content=png(800, 540),
        headers={**emulator.bearer, "Content-Type": "image/png"},
    )
    assert upload.status_code == 200, upload.text
    return rich_menu_id


class Checked:
    """Calls whose answers must fit the definitions; it remembers which were made."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.made: set[tuple[str, str]] = set()

    def __call__(
        self, method: str, template: str, body: Any = None, status: int = 200, **path: str
    ) -> httpx2.Response:
        """`query` is put behind the address; every other name replaces its part of the path."""
        query = path.pop("query", "")
        address = re.sub(r"\{(\w+)\}", lambda found: path[found[1]], template) + query
        answer = self.emulator.call(method, address, body)
        assert answer.status_code == status, f"{method} {address}: {answer.text}"
        assert answer.headers["x-line-request-id"]
        self.check(method, template, answer)
        return answer

    def check(self, method: str, template: str, answer: httpx2.Response) -> None:
        self.made.add((method, template))
        files = (definitions(name) for name in ("messaging-api", "manage-audience", "insight"))
        known = next((file for file in files if (method, template) in file.operations()), None)
        assert known is not None, "LINE has no such call"
        schema = known.answer_schema(method, template, answer.status_code)
        if answer.status_code >= 400:
            schema = {"$ref": "#/components/schemas/ErrorResponse"}
        if schema is not None and answer.content:
            assert known.problems(schema, answer.json()) == [], answer.text


@pytest.fixture
def call(emulator: Emulator) -> Checked:
    """A caller that checks what it gets."""
    return Checked(emulator)


def test_sending(call: Checked, emulator: Emulator, user: str) -> None:
    emulator.write(user, type="text", text="やあ")
    token = json.loads(emulator.bot.wait(2)[1].raw)["events"][0]["replyToken"]
    base = "/v2/bot/message"
    call("POST", f"{base}/reply", {"replyToken": token, "messages": [TEXT] * 5})
    call("POST", f"{base}/reply", {"replyToken": token, "messages": [TEXT]}, 400)
    call("POST", f"{base}/push", {"to": user, "messages": [TEXT]})
    call("POST", f"{base}/push", {"to": NOBODY, "messages": [TEXT]}, 400)
    call("POST", f"{base}/push", {"to": "x", "messages": [TEXT]}, 400)
    call("POST", f"{base}/push", {"messages": []}, 400)
    call("POST", f"{base}/multicast", {"to": [user, NOBODY], "messages": [TEXT]})
    call("POST", f"{base}/multicast", {"to": [user, "x"], "messages": [TEXT]}, 400)
    call("POST", f"{base}/broadcast", {"messages": [TEXT]})
    for kind in ("reply", "push", "multicast", "broadcast"):
        call("POST", f"{base}/validate/{kind}", {"messages": [TEXT]})
        call("POST", f"{base}/validate/{kind}", {"messages": [{}]}, 400)
    call("GET", f"{base}/quota")
    assert call("GET", f"{base}/quota/consumption").json() == {"totalUsage": 3}
    vias = [m["via"] for m in emulator.talk(user) if m["from"] == "bot"]
    assert vias == ["reply"] * 5 + ["push", "multicast", "broadcast"]


def test_the_account_and_its_people(call: Checked, emulator: Emulator, user: str) -> None:
    emulator.write(user, type="text", text="やあ")
    message = json.loads(emulator.bot.wait(2)[1].raw)["events"][0]["message"]
    call("GET", "/v2/bot/info")
    found = call("GET", "/v2/bot/profile/{userId}", userId=user).json()
    assert found["displayName"] == "花子"
    call("GET", "/v2/bot/profile/{userId}", status=404, userId=NOBODY)
    call("GET", "/v2/bot/profile/{userId}", status=400, userId="x")
    call("GET", "/v2/bot/followers/ids")
    for query in ("?limit=0", "?limit=1001", "?limit=x", "?start=x", "?limit=" + "9" * 5000):
        call("GET", "/v2/bot/followers/ids", status=400, query=query)
    call("POST", "/v2/bot/chat/loading/start", {"chatId": user, "loadingSeconds": 5}, 202)
    call("POST", "/v2/bot/chat/loading/start", {"chatId": user, "loadingSeconds": 7}, 400)
    call("POST", "/v2/bot/chat/loading/start", {"chatId": "C1"}, 400)
    read = {"markAsReadToken": message["markAsReadToken"]}
    call("POST", "/v2/bot/chat/markAsRead", read)
    call("POST", "/v2/bot/chat/markAsRead", {"markAsReadToken": "x"}, 400)
    assert emulator.control("GET", f"/users/{user}")["readUpTo"] == 1


def test_webhook_settings(call: Checked, emulator: Emulator) -> None:
    path = "/v2/bot/channel/webhook/endpoint"
    before = call("GET", path).json()["endpoint"]
    call("PUT", path, {"endpoint": before + "?again"})
    assert call("GET", path).json() == {"endpoint": before + "?again", "active": True}
    call("PUT", path, {"endpoint": "http://example.jp/"}, 400)
    call("POST", "/v2/bot/channel/webhook/test", {"endpoint": before})
    unreachable = {"endpoint": "http://127.0.0.1:1/"}
    failed = call("POST", "/v2/bot/channel/webhook/test", unreachable).json()
    assert (failed["success"], failed["reason"]) == (False, "COULD_NOT_CONNECT")
    call("PUT", path, {"endpoint": before})


def test_files(call: Checked, emulator: Emulator, user: str) -> None:
    base = "/v2/bot/message/{messageId}/content"
    picture = png(4, 4)
    content = base64.b64encode(picture).decode()
    sent = {
        kind: emulator.write(user, type=kind, content=content)["messageId"]
        for kind in ("image", "video", "file")
    }
    found = call("GET", base, messageId=sent["image"])
    assert (found.content, found.headers["content-type"]) == (picture, "image/png")
    call("GET", f"{base}/preview", messageId=sent["image"])
    call("GET", f"{base}/preview", status=400, messageId=sent["file"])
    call("GET", f"{base}/transcoding", status=400, messageId=sent["image"])
    call("GET", base, status=404, messageId="1")
    state = f"{base}/transcoding"
    call("GET", base, status=202, messageId=sent["video"])
    assert call("GET", state, messageId=sent["video"]).json() == {"status": "processing"}
    emulator.control("POST", "/clock", {"advance_seconds": 3})
    assert call("GET", state, messageId=sent["video"]).json() == {"status": "succeeded"}
    assert call("GET", base, messageId=sent["video"]).content == picture
    emulator.control("POST", f"/users/{user}/unsend", {"messageId": sent["image"]})
    call("GET", base, status=410, messageId=sent["image"])
    emulator.control("POST", "/clock", {"advance_seconds": 14 * 24 * 3600})
    call("GET", base, status=404, messageId=sent["video"])


def test_rich_menus(call: Checked, emulator: Emulator, user: str) -> None:
    base = "/v2/bot/richmenu"
    call("POST", f"{base}/validate", menu())
    call("POST", f"{base}/validate", menu(chatBarText="あ" * 15), 400)
    bare = call("POST", base, menu()).json()["richMenuId"]
    call("POST", "/v2/bot/user/all/richmenu/{richMenuId}", status=400, richMenuId=bare)
    call("GET", f"{base}/{{richMenuId}}/content", status=404, richMenuId=bare)
    first, second = add_menu(emulator), add_menu(emulator, name="防災")
    assert call("GET", f"{base}/{{richMenuId}}", richMenuId=first).json()["name"] == "くらし"
    assert len(call("GET", f"{base}/list").json()["richmenus"]) == 3
    call("GET", f"{base}/{{richMenuId}}/content", richMenuId=first)
    call("GET", "/v2/bot/user/all/richmenu", status=404)
    call("POST", "/v2/bot/user/all/richmenu/{richMenuId}", richMenuId=first)
    assert call("GET", "/v2/bot/user/all/richmenu").json() == {"richMenuId": first}
    one = "/v2/bot/user/{userId}/richmenu"
    call("GET", one, status=404, userId=user)
    call("POST", f"{one}/{{richMenuId}}", userId=user, richMenuId=second)
    assert call("GET", one, userId=user).json() == {"richMenuId": second}
    call("DELETE", one, userId=user)
    call("POST", f"{base}/bulk/link", {"richMenuId": second, "userIds": [user]}, 202)
    call("POST", f"{base}/bulk/unlink", {"userIds": [user]}, 202)
    call("DELETE", "/v2/bot/user/all/richmenu")
    call("DELETE", f"{base}/{{richMenuId}}", richMenuId=bare)
    call("DELETE", f"{base}/{{richMenuId}}", status=404, richMenuId=bare)


def test_menu_tabs(call: Checked, emulator: Emulator, user: str) -> None:
    base = "/v2/bot/richmenu/alias"
    first, second = add_menu(emulator), add_menu(emulator, name="防災")
    call("POST", base, {"richMenuAliasId": "tab-b", "richMenuId": first})
    call("POST", base, {"richMenuAliasId": "tab-b", "richMenuId": first}, 400)
    call("POST", base, {"richMenuAliasId": "tab-x", "richMenuId": "richmenu-x"}, 400)
    call("POST", f"{base}/{{richMenuAliasId}}", {"richMenuId": second}, richMenuAliasId="tab-b")
    assert call("GET", f"{base}/{{richMenuAliasId}}", richMenuAliasId="tab-b").json() == {
        "richMenuAliasId": "tab-b",
        "richMenuId": second,
    }
    assert len(call("GET", f"{base}/list").json()["aliases"]) == 1
    emulator.control("POST", f"/users/{user}/menu", {"richMenuAliasId": "tab-b", "data": "b"})
    postback = json.loads(emulator.bot.wait(2)[1].raw)
    assert definitions("webhook").problems_of("CallbackRequest", postback) == []
    assert postback["events"][0]["postback"] == {
        "data": "b",
        "params": {"newRichMenuAliasId": "tab-b", "status": "SUCCESS"},
    }
    assert emulator.control("GET", f"/users/{user}")["richMenu"]["richMenuId"] == second
    call("DELETE", f"{base}/{{richMenuAliasId}}", richMenuAliasId="tab-b")
    call("GET", f"{base}/{{richMenuAliasId}}", status=404, richMenuAliasId="tab-b")


@pytest.mark.parametrize(
    ("size", "media_type", "status"),
    [
        ((800, 551), "image/png", 200),
        ((800, 552), "image/png", 400),
        ((799, 300), "image/png", 400),
        ((800, 249), "image/png", 400),
        ((2501, 300), "image/png", 400),
        ((800, 300), "image/gif", 415),
    ],
)
def test_menu_images_have_limits(
    emulator: Emulator, size: tuple[int, int], media_type: str, status: int
) -> None:
    made = emulator.call("POST", "/v2/bot/richmenu", menu()).json()["richMenuId"]
    path = f"/v2/bot/richmenu/{made}/content"
    headers = {**emulator.bearer, "Content-Type": media_type}
    assert emulator.http.post(path, content=png(*size), headers=headers).status_code == status
    if status == 200:
        again = emulator.http.post(path, content=png(*size), headers=headers)
        assert again.json() == {"message": "An image has already been uploaded to the richmenu"}


def test_tokens_fit_their_definitions(emulator: Emulator) -> None:
    tokens = definitions("channel-access-token")
    secret = emulator.settings.line_channel_secret.get_secret_value()
    form = {
        "grant_type": "client_credentials",
        "client_id": emulator.settings.line_channel_id,
        "client_secret": secret,
    }
    for path in ("/oauth2/v3/token", "/v2/oauth/accessToken"):
        answer = emulator.http.post(path, data=form)
        schema = tokens.answer_schema("POST", path, 200)
        assert schema is not None
        assert tokens.problems(schema, answer.json()) == []
        wrong = emulator.http.post(path, data=form | {"client_secret": "x"})
        assert tokens.problems_of("ErrorResponse", wrong.json()) == []


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (b"{", "(line: 1, column: 2)"),
        (b'{"a":\n x}', "(line: 2, column: 2)"),
        (b"[]", "(line: 1, column: 1)"),
        (b"", "(line: 1, column: 1)"),
        (b"\xff", "(line: 1, column: 1)"),
        (b'{"to": "\xed\xa0\x80"}', "(line: 1, column: 1)"),
        (b'{"to": "\\ud800"}', "(line: 1, column: 1)"),
        (b'{"to": NaN}', "(line: 1, column: 1)"),
        (b"[" * 100_000, "(line: 1, column: 1)"),
    ],
)
def test_a_body_that_is_no_json_object_is_refused(
    emulator: Emulator, raw: bytes, place: str
) -> None:
    headers = {**emulator.bearer, "Content-Type": "application/json"}
    answer = emulator.http.post("/v2/bot/message/push", content=raw, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["message"] == f"The request body could not be parsed as JSON {place}"


def test_a_body_over_two_megabytes_is_refused(emulator: Emulator, user: str) -> None:
    body = {"to": user, "messages": [TEXT], "surprise": "x" * 2 * 1024 * 1024}
    assert emulator.call("POST", "/v2/bot/message/push", body).status_code == 413


def test_another_content_type_is_refused(emulator: Emulator) -> None:
    headers = {**emulator.bearer, "Content-Type": "text/plain"}
    answer = emulator.http.post("/v2/bot/message/push", content=b"{}", headers=headers)
    assert answer.status_code == 415


def test_what_is_not_emulated_says_so_in_the_journal(emulator: Emulator) -> None:
    answer = emulator.call("POST", "/bot/pnp/push", {})
    assert answer.json() == {"message": "Not found"}
    assert emulator.last_reason() == "the emulator has no POST /bot/pnp/push"


def test_a_used_up_quota_is_told_in_lines_words(emulator: Emulator, user: str) -> None:
    emulator.control("POST", "/settings", {"monthly_quota": 1})
    assert emulator.push(user, TEXT).status_code == 200
    answer = emulator.push(user, TEXT)
    assert answer.status_code == 429
    assert answer.json() == {"message": "You have reached your monthly limit."}
    quota = emulator.call("GET", "/v2/bot/message/quota").json()
    assert quota == {"type": "limited", "value": 1}
