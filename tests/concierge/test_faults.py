"""Real processes are killed under load; every message is answered once, in order per citizen."""

import random
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from concierge.local_stack import LocalStack
from kit.settings import Settings
from tests.conftest import server_folder
from tests.support import Line

# Each has one answer of its own, so that order and doubling can be seen.
QUESTIONS = {
    "乾電池の捨て方": "乾電池",
    "消火器の捨て方": "消火器",
    "布団の捨て方": "布団",
    "新聞紙の捨て方": "新聞",
    "蛍光灯の捨て方": "蛍光",
}
CITIZENS = 8


@pytest.fixture(scope="module")
def fragile() -> Iterator[LocalStack]:
    """A house of its own, with the action server as a process of its own."""
    with server_folder() as folder:
        stack = LocalStack(Settings(environment="test"), folder, actions_apart=True)
        yield stack
        stack.close()


@pytest.fixture
def line(fragile: LocalStack) -> Line:
    line = Line(fragile.line)
    line.clear_faults()
    return line


def _everybody_asks(line: Line) -> list[str]:
    users = [line.add_user(f"住民{n}") for n in range(CITIZENS)]
    for user in users:
        line.wait_for_bot(user, 1)
    return users


def _send_all(line: Line, users: list[str]) -> None:
    for question in QUESTIONS:
        for user in users:
            line.say(user, question)


def _check_answers(line: Line, users: list[str]) -> None:
    """Each citizen sees the greeting and then the answers to the questions, in their order."""
    for user in users:
        answers = line.wait_for_bot(user, 1 + len(QUESTIONS), seconds=150)[1:]
        words = [str(answer["message"]) for answer in answers]
        assert len(words) == len(QUESTIONS), words
        for expected, said in zip(QUESTIONS.values(), words, strict=True):
            assert expected in said, (expected, words)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("victim", ["web", "worker", "rasa", "actions", "postgres", "redis"])
def test_a_killed_process_loses_nothing_and_doubles_nothing(
    fragile: LocalStack, line: Line, victim: str
) -> None:
    users = _everybody_asks(line)
    moments = random.Random(victim)  # noqa: S311
    before = fragile.pid(victim)

    def kill_twice() -> None:
        for _ in range(1 if victim in ("rasa", "postgres") else 2):
            time.sleep(moments.uniform(0.2, 1.0))
            fragile.signal(victim, signal.SIGKILL)
            _wait_for_restart(fragile, victim)

    killer = threading.Thread(target=kill_twice)
    killer.start()
    _send_all(line, users)
    killer.join()
    _check_answers(line, users)
    assert fragile.pid(victim) != before


def _wait_for_restart(stack: LocalStack, name: str) -> None:
    dead = stack.pid(name)
    deadline = time.monotonic() + 30
    while stack.pid(name) == dead:
        assert time.monotonic() < deadline, f"{name} was not started again"
        time.sleep(0.05)


def test_the_same_webhook_three_times_is_answered_once(line: Line) -> None:
    [user] = _everybody_asks(line)[:1]
    line.fault(webhook_repeat=2, times=1)
    line.say(user, "乾電池の捨て方")
    line.say(user, "消火器の捨て方")
    answers = [str(m["message"]) for m in line.wait_for_bot(user, 3)]
    assert len(answers) == 3
    assert "乾電池" in answers[1]
    assert "消火器" in answers[2]


def test_a_lost_webhook_is_answered_after_its_redelivery(line: Line) -> None:
    [user] = _everybody_asks(line)[:1]
    line.fault(webhook_lost=1.0, times=1)
    line.say(user, "乾電池の捨て方")
    assert "乾電池" in str(line.wait_for_bot(user, 2)[1]["message"])


def test_a_hanging_rasa_delays_the_answer_and_does_not_lose_it(
    fragile: LocalStack, line: Line
) -> None:
    [user] = _everybody_asks(line)[:1]
    fragile.signal("rasa", signal.SIGSTOP)
    try:
        line.say(user, "乾電池の捨て方")
        assert line.seen(user)[-1]["from"] == "user"
    finally:
        fragile.signal("rasa", signal.SIGCONT)
    assert "乾電池" in str(line.wait_for_bot(user, 2)[1]["message"])
