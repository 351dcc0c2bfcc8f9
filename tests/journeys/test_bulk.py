"""Sending to everybody never keeps anybody waiting for an answer."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from concierge.local_stack import LocalStack
from kit.http import call, internal_client
from tests.support import Line

MULTICAST = "/v2/bot/message/multicast"


@pytest.fixture
def line(stack: LocalStack) -> Iterator[Line]:
    line = Line(stack.line)
    yield line
    line.clear_faults()


async def test_answers_overtake_an_announcement_that_line_is_slow_to_take(
    stack: LocalStack, line: Line
) -> None:
    users = [line.add_user(f"市民{number}") for number in range(10)]
    for user in users:
        line.wait_for_bot(user, 1)
    line.fault(path=MULTICAST, latency_ms=120_000)
    key = f"bulk-{datetime.now(UTC).timestamp()}"
    announcement = {
        "key": key,
        "segment": {},
        "messages": [{"type": "text", "text": "全員へのお知らせです。"}],
        "expires_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
        "urgent": True,
    }
    token = stack.plan.settings.internal_token.get_secret_value()
    async with internal_client(stack.web, token) as http:
        await call(http, "POST", "/line/announcements", json=announcement)
        for user in users:
            line.say(user, "こんにちは")
        for user in users:
            line.wait_for_bot(user, 2)
        status = await call(http, "GET", f"/line/announcements/{key}")
    assert status["recipients"]["accepted"] == 0
    line.clear_faults()
    for user in users:
        assert line.wait_for_bot(user, 3)[-1]["message"]["text"] == "全員へのお知らせです。"
