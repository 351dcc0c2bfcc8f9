"""Trouble on order, as bots meet it."""

from typing import Any

import httpx2
import pytest

from tests.emulators.line.running import Emulator

TEXT = {"type": "text", "text": "こんにちは"}
PUSH = "/v2/bot/message/push"


def fault(emulator: Emulator, **wanted: Any) -> None:
    emulator.control("POST", "/faults", wanted)


def seen(emulator: Emulator, user: str) -> int:
    return len([m for m in emulator.talk(user) if m["from"] == "bot"])


def test_an_error_means_that_nothing_was_done(emulator: Emulator, user: str) -> None:
    fault(emulator, path=PUSH, error_rate=1, status=503, times=1)
    assert emulator.push(user, TEXT).status_code == 503
    assert seen(emulator, user) == 0
    assert emulator.push(user, TEXT).status_code == 200


def test_rate_limiting_answers_in_lines_words(emulator: Emulator, user: str) -> None:
    fault(emulator, rate_limit=1)
    answer = emulator.push(user, TEXT)
    assert answer.status_code == 429
    assert answer.json()["message"] == "The API rate limit has been exceeded. Try again later."
    emulator.control("DELETE", "/faults")
    assert emulator.push(user, TEXT).status_code == 200


def test_a_timeout_after_acceptance_means_that_it_was_done(emulator: Emulator, user: str) -> None:
    fault(emulator, path=PUSH, timeout_after_accept=1, hold_ms=10, times=1)
    key = {"X-Line-Retry-Key": "123e4567-e89b-12d3-a456-426614174000"}
    with pytest.raises(httpx2.HTTPError):
        emulator.push(user, TEXT, **key)
    assert seen(emulator, user) == 1
    assert emulator.push(user, TEXT, **key).status_code == 409


def test_a_reset_connection_means_that_nothing_was_done(emulator: Emulator, user: str) -> None:
    fault(emulator, path=PUSH, connection_reset=1, times=1)
    with pytest.raises(httpx2.HTTPError):
        emulator.push(user, TEXT)
    assert seen(emulator, user) == 0


def test_latency_is_added(emulator: Emulator, user: str) -> None:
    fault(emulator, path=PUSH, latency_ms=150)
    answer = emulator.push(user, TEXT)
    assert answer.elapsed.total_seconds() >= 0.15


def test_a_slow_body_comes_in_drips_after_the_work_was_done(emulator: Emulator, user: str) -> None:
    fault(emulator, path=PUSH, slow_body=1, hold_ms=400, times=1)
    body = {"to": user, "messages": [TEXT]}
    with emulator.http.stream("POST", PUSH, json=body, headers=emulator.bearer) as answer:
        assert answer.status_code == 200
        parts = list(answer.iter_raw())
    assert len(parts) > 1
    assert b"sentMessages" in b"".join(parts)
    assert answer.elapsed.total_seconds() >= 0.3
    assert seen(emulator, user) == 1


def test_a_fault_strikes_only_its_own_path_and_method(emulator: Emulator, user: str) -> None:
    fault(emulator, path="/v2/bot/message/*", method="POST", error_rate=1)
    assert emulator.call("GET", f"/v2/bot/profile/{user}").status_code == 200
    assert emulator.call("GET", "/v2/bot/message/quota").status_code == 200
    assert emulator.push(user, TEXT).status_code == 500


def test_a_seed_makes_the_dice_repeatable(emulator: Emulator, user: str) -> None:
    def run() -> list[int]:
        emulator.control("DELETE", "/faults")
        fault(emulator, path=PUSH, error_rate=0.5, seed=7)
        return [emulator.push(user, TEXT).status_code for _ in range(20)]

    first = run()
    assert set(first) == {200, 500}
    assert run() == first


def test_a_lost_webhook_comes_by_redelivery(emulator: Emulator, user: str) -> None:
    emulator.control("POST", "/settings", {"redelivery_interval_seconds": 0.05})
    fault(emulator, webhook_lost=1, times=1)
    emulator.write(user, type="text", text="やあ")
    assert b'"isRedelivery":true' in emulator.bot.wait(2)[1].raw


def test_a_webhook_can_be_repeated(emulator: Emulator, user: str) -> None:
    fault(emulator, webhook_repeat=2)
    emulator.write(user, type="text", text="やあ")
    received = emulator.bot.wait(4)[1:]
    assert len({r.raw for r in received}) == 1
    assert len(received) == 3


@pytest.mark.parametrize("wanted", [{"latency": 1}, {"error_rate": 2}, {"times": "x"}, {"path": 1}])
def test_a_fault_that_means_nothing_is_refused(emulator: Emulator, wanted: Any) -> None:
    answer = emulator.http.post("/emulator/faults", json=wanted)
    assert answer.status_code == 400
    assert emulator.control("GET", "/faults") == {"faults": []}
