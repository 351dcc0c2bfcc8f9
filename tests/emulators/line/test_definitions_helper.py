"""The validator itself must be able to refuse."""

from tests.emulators.line.definitions import definitions


def test_a_right_event_passes_and_wrong_ones_do_not() -> None:
    webhook = definitions("webhook")
    event = {
        "type": "unsend",
        "mode": "active",
        "timestamp": 1,
        "source": {"type": "user", "userId": "U1"},
        "webhookEventId": "01",
        "deliveryContext": {"isRedelivery": False},
        "unsend": {"messageId": "1"},
    }
    body = {"destination": "U" + "0" * 32, "events": [event]}
    assert webhook.problems_of("CallbackRequest", body) == []
    for wrong in (
        event | {"unsend": {}},
        event | {"type": "nonsense"},
        event | {"surprise": 1},
        event | {"source": {"type": "user", "userId": 5}},
        {k: v for k, v in event.items() if k != "mode"},
    ):
        assert webhook.problems_of("CallbackRequest", body | {"events": [wrong]}), wrong


def test_nested_messages_are_checked_by_their_kind() -> None:
    messaging = definitions("messaging-api")
    text = {"type": "text", "text": "x"}
    assert messaging.problems_of("PushMessageRequest", {"to": "U", "messages": [text]}) == []
    wrong = {"type": "text", "texts": "x"}
    assert messaging.problems_of("PushMessageRequest", {"to": "U", "messages": [wrong]})
    deep = {"type": "box", "layout": "vertical", "contents": [{"type": "text", "size": 5}]}
    assert messaging.problems_of("FlexBubble", {"type": "bubble", "body": deep})
