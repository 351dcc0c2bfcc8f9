"""The input channel `concierge` of a real Rasa with the real model, over HTTP and PostgreSQL."""

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from messages.neutral import message_list
from tests.nlu.conftest import Rasa


def new_id() -> str:
    return uuid.uuid4().hex


def stored(rasa: Rasa, sender: str) -> int:
    with psycopg.connect(rasa.database_url) as database:
        query = "SELECT count(*) FROM rasa.events WHERE sender_id = %s"
        row = database.execute(query, (sender,)).fetchone()
    assert row is not None
    return int(row[0])


def test_an_answer_of_the_domain_becomes_neutral_messages_and_choices(rasa: Rasa) -> None:
    body = rasa.post(turn_id="t1", sender=new_id(), payload="/share_attachment").json()
    (message,) = message_list.validate_python(body["messages"])
    assert body["turn_id"] == "t1"
    assert body["replayed"] is False
    assert [choice.kind for choice in message.choices] == ["payload"] * 6


def test_tomorrow_counts_from_when_it_was_said_where_the_citizen_is(rasa: Rasa) -> None:
    at = {"at": "2026-11-29T15:30:00+00:00"}
    rasa.post(turn_id=new_id(), sender=new_id(), text="明日開いている耳鼻科", metadata=at)
    entities = rasa.actions.calls[0]["tracker"]["latest_message"]["entities"]
    found = {(entity["entity"], entity["value"]) for entity in entities}
    assert {("date", "2026-12-01"), ("department", "耳鼻咽喉科")} <= found


@pytest.mark.parametrize("intent", ["greet", "thank", "goodbye", "affirm", "deny", "cancel"])
def test_each_small_talk_gets_exactly_one_message(rasa: Rasa, intent: str) -> None:
    body = rasa.post(turn_id=new_id(), sender=new_id(), payload=f"/{intent}").json()
    assert len(message_list.validate_python(body["messages"])) == 1


@pytest.mark.parametrize(
    "text",
    [
        "死にたい",
        "こんにちは、もう死にたいです",
        "ありがとう。さようなら。消えたい",
        "助けて、夫に殴られた",
        "いいえ、もう生きていたくない",
        "やめたい、死にたい",
        "役所は何もしてくれない。もう死ぬしかない",
    ],
)
def test_words_of_danger_always_reach_an_action_of_ours(rasa: Rasa, text: str) -> None:
    """Only actions hear danger: an answer that Rasa gave by itself would pass it over."""
    rasa.post(turn_id=new_id(), sender=new_id(), text=text)
    call = rasa.actions.calls[0]
    # Small talk before it may be cut off; what tells of danger never is.
    heard = call["tracker"]["latest_message"]["text"]
    assert heard
    assert text.endswith(heard)
    [user] = [event for event in call["tracker"]["events"] if event["event"] == "user"]
    after = call["tracker"]["events"][call["tracker"]["events"].index(user) :]
    assert "bot" not in [event["event"] for event in after]


def test_what_an_earlier_action_of_the_turn_said_is_told_to_the_next(rasa: Rasa) -> None:
    """The numbers to call are said once a turn; actions see by this that they were."""
    message = {"type": "text", "text": "answer", "choices": []}
    follow = {"event": "followup", "name": "action_talk"}
    reply = {"events": [follow], "responses": [{"custom": message}]}
    rasa.actions.reply = json.dumps(reply).encode()
    rasa.post(turn_id=new_id(), sender=new_id(), payload="/request_human")
    told = [event["event"] for event in rasa.actions.calls[1]["tracker"]["events"]]
    assert "bot" in told[told.index("user") :]


def test_leaving_closes_what_is_open_through_an_action(rasa: Rasa) -> None:
    for payload in ("/cancel", "/start_over"):
        rasa.post(turn_id=new_id(), sender=new_id(), payload=payload)
    assert [call["next_action"] for call in rasa.actions.calls] == ["action_leave"] * 2


def test_what_an_action_says_passes_through_unchanged(rasa: Rasa) -> None:
    body = rasa.post(turn_id=new_id(), sender=new_id(), payload="/request_human").json()
    assert body["messages"] == [{"type": "text", "text": "answer 1", "choices": []}]


def test_a_repeated_turn_returns_the_first_answer_and_runs_nothing(rasa: Rasa) -> None:
    sender, turn = new_id(), new_id()
    first = rasa.post(turn_id=turn, sender=sender, payload="/request_human").json()
    size = stored(rasa, sender)
    again = rasa.post(turn_id=turn, sender=sender, payload="/request_human").json()
    assert again == {**first, "replayed": True}
    assert len(rasa.actions.calls) == 1
    assert stored(rasa, sender) == size


def test_two_wishes_in_one_message_are_two_messages_of_one_turn(rasa: Rasa) -> None:
    sender, turn = new_id(), new_id()
    text = "布団の捨て方を教えて。あと、図書館はどこですか"
    first = rasa.post(turn_id=turn, sender=sender, text=text).json()
    called = [(call["next_action"], call["tracker"]) for call in rasa.actions.calls]
    assert [action for action, _ in called] == [
        "action_answer_waste_sorting",
        "action_facilities_facility",
    ]
    heard = [tracker["events"] for _, tracker in called]
    users = [[e for e in events if e["event"] == "user"][-1] for events in heard]
    assert [user["metadata"]["turn_id"] for user in users] == [turn, f"{turn}/2"]
    assert len(first["messages"]) == 2
    again = rasa.post(turn_id=turn, sender=sender, text=text).json()
    assert again == {**first, "replayed": True}
    assert len(rasa.actions.calls) == 2


def test_a_command_behind_a_wish_stays_words(rasa: Rasa) -> None:
    sender = new_id()
    rasa.post(turn_id=new_id(), sender=sender, text="布団の捨て方を教えて。あと/restart")
    with psycopg.connect(rasa.database_url) as database:
        query = "SELECT count(*) FROM rasa.events WHERE sender_id = %s AND type_name = 'restart'"
        assert database.execute(query, (sender,)).fetchone() == (0,)


def test_an_older_turn_is_repeated_with_its_own_answer(rasa: Rasa) -> None:
    sender = new_id()
    first = rasa.post(turn_id="older", sender=sender, text="ありがとう").json()
    rasa.post(turn_id="newer", sender=sender, payload="/help")
    again = rasa.post(turn_id="older", sender=sender, text="ありがとう").json()
    assert again == {**first, "replayed": True}


def test_the_same_turn_sent_at_once_from_everywhere_is_taken_once(rasa: Rasa) -> None:
    sender, turn = new_id(), new_id()
    with ThreadPoolExecutor(6) as pool:
        sent = [
            pool.submit(rasa.post, turn_id=turn, sender=sender, payload="/request_human")
            for _ in range(6)
        ]
    bodies = [future.result().json() for future in sent]
    assert len({str(body["messages"]) for body in bodies}) == 1
    assert sorted(body["replayed"] for body in bodies) == [False, *[True] * 5]
    assert len(rasa.actions.calls) == 1


@pytest.mark.parametrize("word", ["/restart", " /restart", "/back", "/session_start", "／restart"])
def test_a_typed_command_neither_runs_nor_wipes_the_record_of_turns(rasa: Rasa, word: str) -> None:
    sender = new_id()
    first = rasa.post(turn_id="t1", sender=sender, text="ありがとう").json()
    answer = rasa.post(turn_id="t2", sender=sender, text=word).json()
    assert answer["messages"]
    again = rasa.post(turn_id="t1", sender=sender, text="ありがとう").json()
    assert again == {**first, "replayed": True}


@pytest.mark.parametrize("payload", ["/restart", "/back", "/session_start", "/long_gone"])
def test_a_button_that_names_no_intent_of_ours_is_still_answered(rasa: Rasa, payload: str) -> None:
    body = rasa.post(turn_id=new_id(), sender=new_id(), payload=payload).json()
    assert body["messages"]
    assert rasa.actions.calls[0]["next_action"] == "action_fallback"


@pytest.mark.parametrize(
    "text", ["", "   ", "😀👍🏽", "\x00\x07", "あ" * 5_000, "ごみ" * 20_000, "{}[]()"]
)
def test_no_text_is_left_without_an_answer(rasa: Rasa, text: str) -> None:
    response = rasa.post(turn_id=new_id(), sender=new_id(), text=text)
    assert response.status_code == 200
    assert message_list.validate_python(response.json()["messages"])


def test_half_an_emoji_is_answered_too(rasa: Rasa) -> None:
    body = b'{"turn_id": "t1", "sender": "half", "text": "\\ud83d"}'
    assert rasa.http.post("/webhooks/concierge/turns", content=body).json()["messages"]


def test_an_action_learns_the_turn_and_the_place_and_not_the_whole_domain(rasa: Rasa) -> None:
    place = '{"location": {"latitude": 37.4948, "longitude": 139.9298}}'
    sender = new_id()
    rasa.post(turn_id="t1", sender=sender, payload=f"/share_location{place}")
    rasa.post(turn_id="t2", sender=sender, payload="/request_human")
    call = rasa.actions.calls[-1]
    users = [event for event in call["tracker"]["events"] if event["event"] == "user"]
    assert call["tracker"]["slots"]["location"] == {"latitude": 37.4948, "longitude": 139.9298}
    assert users[-1]["metadata"]["turn_id"] == "t2"
    assert call["sender_id"] == sender
    assert "domain" not in call
    assert rasa.actions.headers[-1]["Authorization"].startswith("Bearer ")


def test_the_action_server_is_told_of_which_city_the_turn_is(rasa: Rasa) -> None:
    for city in ("yukimura", "aizuwakamatsu"):
        told = {"city": city}
        rasa.post(turn_id=new_id(), sender=new_id(), payload="/request_human", metadata=told)
        assert rasa.actions.headers[-1]["X-City"] == city
    rasa.post(turn_id=new_id(), sender=new_id(), payload="/request_human")
    assert "X-City" not in rasa.actions.headers[-1]


def test_an_action_never_receives_more_than_the_recent_past(rasa: Rasa) -> None:
    sender = new_id()
    for number in range(25):
        rasa.post(turn_id=f"t{number}", sender=sender, payload="/thank")
    rasa.post(turn_id="last", sender=sender, payload="/request_human")
    assert len(rasa.actions.calls[-1]["tracker"]["events"]) <= 100
    assert stored(rasa, sender) > 110


def test_a_long_conversation_goes_on_in_a_new_session_with_the_same_slots(rasa: Rasa) -> None:
    sender = new_id()
    place = '{"location": {"latitude": 37.5, "longitude": 139.9}}'
    rasa.post(turn_id="first", sender=sender, payload=f"/share_location{place}")
    for number in range(40):
        body = rasa.post(turn_id=f"t{number}", sender=sender, payload="/thank").json()
        again = rasa.post(turn_id=f"t{number}", sender=sender, payload="/thank").json()
        assert again == {**body, "replayed": True}
    rasa.post(turn_id="last", sender=sender, payload="/request_human")
    assert rasa.actions.calls[-1]["tracker"]["slots"]["location"]["latitude"] == 37.5
    with psycopg.connect(rasa.database_url) as database:
        query = "SELECT count(*) FROM rasa.events WHERE type_name = %s AND sender_id = %s"
        assert database.execute(query, ("session_started", sender)).fetchone() == (2,)


@pytest.mark.parametrize(
    ("status", "answer"), [(503, 503), (401, 503), (500, 502), (404, 502), (449, 502)]
)
def test_a_turn_whose_action_fails_leaves_no_trace_and_can_be_repeated(
    rasa: Rasa, status: int, answer: int
) -> None:
    sender, turn = new_id(), new_id()
    rasa.actions.status = status
    failed = rasa.post(turn_id=turn, sender=sender, payload="/request_human")
    assert failed.status_code == answer
    assert stored(rasa, sender) == 0
    rasa.actions.status = 200
    body = rasa.post(turn_id=turn, sender=sender, payload="/request_human").json()
    assert body["replayed"] is False
    assert len(body["messages"]) == 1


@pytest.mark.parametrize(
    "reply",
    [b"no json", b"[]", b"{}x", b'{"events": [{"event": "nonsense"}]}', b'{"responses": [1]}'],
)
def test_an_action_server_that_talks_nonsense_is_a_failure_too(rasa: Rasa, reply: bytes) -> None:
    sender = new_id()
    rasa.actions.reply = reply
    failed = rasa.post(turn_id=new_id(), sender=sender, payload="/request_human")
    assert failed.json()["error"]["code"] == "action_failed"
    assert stored(rasa, sender) == 0


def test_an_action_that_hangs_is_given_up_after_its_deadline(rasa: Rasa) -> None:
    rasa.actions.hold.clear()
    response = rasa.post(turn_id=new_id(), sender=new_id(), payload="/request_human")
    rasa.actions.hold.set()
    assert response.status_code == 503
    assert response.json()["error"]["code"] == "actions_unavailable"


def test_a_turn_without_a_database_is_refused_not_answered_from_memory(rasa: Rasa) -> None:
    sender, turn = new_id(), new_id()
    with psycopg.connect(rasa.database_url, autocommit=True) as database:
        database.execute("ALTER TABLE rasa.events RENAME TO events_away")
        try:
            refused = rasa.post(turn_id=turn, sender=sender, text="こんにちは")
        finally:
            database.execute("ALTER TABLE rasa.events_away RENAME TO events")
    assert refused.status_code == 503
    assert refused.json()["error"]["code"] == "store_unavailable"
    assert rasa.post(turn_id=turn, sender=sender, text="こんにちは").json()["replayed"] is False


def test_connections_lost_by_the_database_cost_at_most_one_repetition(rasa: Rasa) -> None:
    sender = new_id()
    rasa.post(turn_id="t1", sender=sender, text="こんにちは")
    with psycopg.connect(rasa.database_url, autocommit=True) as database:
        database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    first = rasa.post(turn_id="t2", sender=sender, text="ありがとう")
    again = rasa.post(turn_id="t2", sender=sender, text="ありがとう")
    assert first.status_code in (200, 503)
    assert again.status_code == 200


def test_a_conversation_is_deleted_with_all_it_holds_and_no_other(rasa: Rasa) -> None:
    sender, neighbour = new_id(), new_id()
    for name in (sender, neighbour):
        rasa.post(turn_id="t1", sender=name, text="こんにちは")
    address = f"/webhooks/concierge/conversations/{sender}"
    assert [rasa.http.delete(address).status_code for _ in range(2)] == [204, 204]
    assert stored(rasa, sender) == 0
    assert stored(rasa, neighbour) > 0
    # The record of turns is gone as well: the same turn is a new one.
    assert rasa.post(turn_id="t1", sender=sender, text="こんにちは").json()["replayed"] is False


def test_everything_kept_of_a_conversation_is_handed_out_and_nothing_of_another(
    rasa: Rasa,
) -> None:
    sender, other = new_id(), new_id()
    rasa.post(turn_id=new_id(), sender=sender, text="ごみの日はいつですか")
    rasa.post(turn_id=new_id(), sender=other, text="たろうの話です")
    address = f"/webhooks/concierge/conversations/{sender}"
    kept = rasa.http.get(address).json()["events"]
    assert len(kept) == stored(rasa, sender)
    assert "ごみの日はいつですか" in [event.get("text") for event in kept]
    assert "たろう" not in json.dumps(kept, ensure_ascii=False)
    assert rasa.http.get(address, headers={"Authorization": "Bearer wrong"}).status_code == 401
    rasa.http.delete(address)
    assert rasa.http.get(address).json() == {"events": []}


def test_a_conversation_is_not_deleted_without_the_token(rasa: Rasa) -> None:
    sender = new_id()
    rasa.post(turn_id="t1", sender=sender, text="こんにちは")
    wrong = {"Authorization": "Bearer wrong"}
    address = f"/webhooks/concierge/conversations/{sender}"
    assert rasa.http.delete(address, headers=wrong).status_code == 401
    assert stored(rasa, sender) > 0


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "あ"}])
def test_nobody_enters_without_the_token(rasa: Rasa, header: dict[str, str]) -> None:
    rasa.http.headers.pop("Authorization")
    try:
        raw = {name: value.encode() for name, value in header.items()}
        body = {"turn_id": "t", "sender": "s", "text": "こんにちは"}
        response = rasa.http.post("/webhooks/concierge/turns", json=body, headers=raw)
    finally:
        rasa.http.headers["Authorization"] = "Bearer token-of-the-tests"
    assert response.status_code == 401
    assert stored(rasa, "s") == 0


@pytest.mark.parametrize("body", [b"", b"no json", b"[]", b'{"text": "\xff"}', b'{"turn_id": 1}'])
def test_a_bad_body_is_a_400_that_does_not_repeat_it(rasa: Rasa, body: bytes) -> None:
    response = rasa.http.post("/webhooks/concierge/turns", content=body)
    assert response.status_code == 400
    assert set(response.json()["error"]) == {"code", "message"}


def test_only_our_own_channel_is_open(rasa: Rasa) -> None:
    body = {"sender": "s", "message": "こんにちは", "text": "こんにちは"}
    for path in ("/webhooks/rest/webhook", "/model/parse"):
        assert rasa.http.post(path, json=body).status_code == 404
    for path in ("/status", "/domain", "/conversations/s/tracker"):
        assert rasa.http.get(path).status_code == 404


def test_the_log_names_turns_and_intents_but_no_words(rasa: Rasa) -> None:
    turn, words = new_id(), "わたしの秘密の電話番号は0242-00-0000です"
    rasa.post(turn_id=turn, sender=new_id(), text=words)
    log: Path = rasa.log
    text = log.read_text()
    (line,) = [line for line in text.splitlines() if turn in line]
    assert all(key in line for key in ("turn_answered", "intent", "confidence", '"ms"'))
    assert "0242-00-0000" not in text
    assert "\\u79d8\\u5bc6" not in text
    assert "秘密" not in text


def test_a_sentence_is_read_outside_of_every_conversation(rasa: Rasa) -> None:
    path = "/webhooks/concierge/readings"
    read = rasa.http.post(path, json={"text": "明日は何のごみですか"}).json()
    assert (read["intent"], read["confidence"] > 0.5) == ("ask_waste_day", True)
    assert rasa.actions.calls == []
    for bad in ({}, {"text": ""}, {"text": "長" * 301}, ["text"]):
        assert rasa.http.post(path, json=bad).status_code == 400
    stranger = {"Authorization": "Bearer wrong"}
    assert rasa.http.post(path, json={"text": "ごみ"}, headers=stranger).status_code == 401
