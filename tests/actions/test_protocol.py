"""The requests of rasa_sdk's own tests of its server: ours takes them and answers as that does."""

import json
import zlib
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from rasa_sdk.interfaces import ActionExecutionRejection

from actions.server import quick, router
from kit.container import Container
from kit.settings import Settings
from kit.web import make_app

TRACKER = {"sender_id": "1", "conversation_id": "default"}
SLOT = {"event": "slot", "timestamp": None, "name": "test"}


class CustomAction(Action):  # type: ignore[misc]
    def name(self) -> str:
        return "custom_action"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        return [SlotSet("test", "bar")]


class CustomAsyncAction(Action):  # type: ignore[misc]
    def name(self) -> str:
        return "custom_async_action"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        dispatcher.utter_message(text="hello", buttons=[{"title": "t", "payload": "/p"}])
        return [SlotSet("test", "foo"), SlotSet("test2", "boo")]


class RejectingAction(Action):  # type: ignore[misc]
    def name(self) -> str:
        return "custom_action_rejection"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        raise ActionExecutionRejection(self.name())


class FailingAction(Action):  # type: ignore[misc]
    def name(self) -> str:
        return "custom_action_exception"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        raise ValueError("test exception")


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    settings = Settings(environment="test")
    executor = ActionExecutor()
    for action in (CustomAction, CustomAsyncAction, RejectingAction, FailingAction):
        executor.register_action(action())
    app = make_app("protocol")
    app.state.container = Container()
    app.state.container.put(Settings, settings)
    app.state.container.put(ActionExecutor, executor)
    app.include_router(router)
    app.include_router(quick)
    token = settings.internal_token.get_secret_value()
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    bearer = {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://test/actions", headers=bearer
    ) as client:
        yield client


def call(action: str, **changes: Any) -> dict[str, Any]:
    return {"next_action": action, "tracker": TRACKER, "domain": {}, "version": "3.6.2", **changes}


async def test_health_and_the_list_of_actions(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    answer = await http.get("/actions")
    assert answer.status_code == 200
    assert {"name": "custom_async_action"} in answer.json()
    assert len(answer.json()) == 4


async def test_an_action_returns_its_events_and_responses(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/webhook", json=call("custom_action"))
    assert (answer.status_code, answer.json()) == (
        200,
        {"events": [{**SLOT, "value": "bar"}], "responses": []},
    )
    answer = await http.post("/webhook", json=call("custom_async_action"))
    assert answer.json()["events"] == [
        {**SLOT, "value": "foo"},
        {**SLOT, "name": "test2", "value": "boo"},
    ]
    [said] = answer.json()["responses"]
    assert said["text"] == "hello"
    assert said["buttons"] == [{"title": "t", "payload": "/p"}]
    assert {"custom", "elements", "image", "attachment", "template"} <= set(said)


async def test_a_deflated_call_returns_the_same(http: httpx2.AsyncClient) -> None:
    body = zlib.compress(json.dumps(call("custom_action")).encode())
    answer = await http.post("/webhook", content=body, headers={"Content-Encoding": "deflate"})
    assert answer.json()["events"] == [{**SLOT, "value": "bar"}]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (call("test_action_1"), 404),
        (call("custom_action_rejection"), 400),
        (call("custom_action", domain=None, domain_digest="a digest"), 449),
    ],
)
async def test_a_refusal_has_rasas_status_and_names_the_action(
    http: httpx2.AsyncClient, sent: dict[str, Any], status: int
) -> None:
    answer = await http.post("/webhook", json={k: v for k, v in sent.items() if v is not None})
    assert answer.status_code == status
    assert answer.json()["action_name"] == sent["next_action"]
    assert answer.json()["error"]


async def test_an_action_that_fails_is_a_500_without_what_was_sent(
    http: httpx2.AsyncClient,
) -> None:
    sent = call("custom_action_exception", tracker={**TRACKER, "slots": {"secret": "内緒"}})
    answer = await http.post("/webhook", json=sent)
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "action_failed")
    assert "内緒" not in answer.text
    assert "test exception" not in answer.text
