"""The action server's guard: who may call, what it takes, and what it never says back."""

import json
import zlib
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from concierge.app import build_web
from kit.settings import Settings

SECRET_WORDS = "だれにも見せたくない言葉"


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    app = build_web(settings)
    token = settings.internal_token.get_secret_value()
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app, raise_app_exceptions=False),
            base_url="http://test",
            headers={"Authorization": f"Bearer {token}"},
        ) as http,
    ):
        yield http


def _call(action: str, **changes: Any) -> dict[str, Any]:
    tracker = {
        "sender_id": "ctz_1",
        "slots": {"secret": SECRET_WORDS},
        "latest_message": {"text": SECRET_WORDS, "intent": {"name": "help"}, "entities": []},
        "events": [],
        "paused": False,
        "active_loop": {},
        "latest_action_name": "action_listen",
    }
    call = {"next_action": action, "sender_id": "ctz_1", "tracker": tracker, "domain": {}}
    return {k: v for k, v in {**call, **changes}.items() if v is not None}


async def test_health_is_open_and_the_rest_is_not(client: httpx2.AsyncClient) -> None:
    bare = {"Authorization": ""}
    assert (await client.get("/actions/health", headers=bare)).status_code == 200
    assert (await client.get("/actions/actions", headers=bare)).status_code == 401
    answer = await client.post("/actions/webhook", json=_call("action_x"), headers=bare)
    assert answer.status_code == 401
    wrong = {"Authorization": "Bearer wrong"}
    assert (await client.get("/actions/actions", headers=wrong)).status_code == 401


async def test_an_action_runs_and_answers_with_neutral_messages(
    client: httpx2.AsyncClient,
) -> None:
    answer = await client.post("/actions/webhook", json=_call("action_request_human"))
    assert answer.status_code == 200
    [first, *_] = answer.json()["responses"]
    assert first["custom"]["type"] == "text"
    assert answer.json()["events"] == []


async def test_a_deflated_body_is_understood(client: httpx2.AsyncClient) -> None:
    body = zlib.compress(json.dumps(_call("action_request_human")).encode())
    headers = {"Content-Encoding": "deflate", "Content-Type": "application/json"}
    answer = await client.post("/actions/webhook", content=body, headers=headers)
    assert answer.status_code == 200


async def test_a_deflate_bomb_is_refused(client: httpx2.AsyncClient) -> None:
    body = zlib.compress(b"0" * 50_000_000)
    headers = {"Content-Encoding": "deflate"}
    answer = await client.post("/actions/webhook", content=body, headers=headers)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"not json " + SECRET_WORDS.encode(), 400, "invalid_input"),
        (b"[]", 400, "invalid_input"),
        (json.dumps(_call("action_x", next_action=None)).encode(), 400, "invalid_input"),
        (json.dumps(_call("action_x", tracker=None)).encode(), 400, "invalid_input"),
        (json.dumps(_call("action_that_is_not_there")).encode(), 404, "action_not_found"),
        (
            json.dumps(_call("action_request_human", domain=None, domain_digest="d")).encode(),
            449,
            "domain_required",
        ),
    ],
)
async def test_errors_have_one_shape_and_never_repeat_the_tracker(
    client: httpx2.AsyncClient, body: bytes, status: int, code: str
) -> None:
    answer = await client.post("/actions/webhook", content=body)
    assert answer.status_code == status
    assert answer.json()["error"]["code"] == code
    assert SECRET_WORDS not in answer.text


async def test_an_action_that_fails_says_so_without_the_tracker(
    client: httpx2.AsyncClient,
) -> None:
    broken = _call("action_request_human")
    broken["tracker"]["events"] = "these are no events"
    answer = await client.post("/actions/webhook", json=broken)
    assert answer.status_code in (200, 500)
    assert SECRET_WORDS not in answer.text


async def test_every_action_of_the_domain_is_registered(client: httpx2.AsyncClient) -> None:
    import yaml

    from kit.settings import ROOT

    wanted: set[str] = set()
    for path in (ROOT / "nlu" / "domain").glob("*.yml"):
        for action in yaml.safe_load(path.read_text()).get("actions", []):
            wanted |= {action} if isinstance(action, str) else set(action)
    listed = {entry["name"] for entry in (await client.get("/actions/actions")).json()}
    assert wanted <= listed
    assert listed <= wanted
