"""Sending to everybody never keeps anybody waiting for an answer."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx2
import psycopg
import pytest

from bot.preferences.contract import Preferences, PreferencesClient
from concierge.local_stack import LocalStack
from kit.http import internal_client
from kit.settings import Settings
from messages.announcements import AnnounceClient, Announcement, Segment
from messages.languages import Language
from messages.neutral import Text
from tests.support import Line

MULTICAST = "/v2/bot/message/multicast"
WORDS = "全員へのお知らせです。"
SECONDS = 45
"""So long an answer may take on a busy machine; were hands shared, they would be held as long."""


@pytest.fixture
def line(stack: LocalStack) -> Iterator[Line]:
    line = Line(stack.line)
    yield line
    line.clear_faults()


def enough(settings: Settings) -> int:
    """So many chunks, one by one given up as too slow, hold the hands that answer for as long."""
    return settings.worker_concurrency * math.ceil(SECONDS / settings.line_timeout_seconds + 1)


async def speaks_portuguese(stack: LocalStack, http: httpx2.AsyncClient, user: str) -> None:
    with psycopg.connect(
        stack.plan.settings.database_url, options="-csearch_path=city_aizuwakamatsu,public"
    ) as database:
        sql = "SELECT id FROM bot_citizen WHERE line_user_id = %s"
        found = database.execute(sql, [user]).fetchone()
    assert found is not None
    await PreferencesClient(http).put(found[0], Preferences(language=Language.pt))


async def test_answers_overtake_announcements_that_line_is_slow_to_take(
    stack: LocalStack, line: Line
) -> None:
    told, *users = [line.add_user(f"市民{number}") for number in range(6)]
    for user in (told, *users):
        line.wait_for_bot(user, 1)
    settings = stack.plan.settings
    line.fault(path=MULTICAST, latency_ms=120_000)
    keys = [f"bulk-{uuid4()}" for _ in range(enough(settings))]
    async with internal_client(
        stack.web, settings.internal_token.get_secret_value(), timeout=30
    ) as http:
        await speaks_portuguese(stack, http, told)
        announcing = AnnounceClient(http)
        for key in keys:
            await announcing.announce(
                Announcement(
                    key=key,
                    segment=Segment(languages=(Language.pt,)),
                    messages=(Text(text=WORDS),),
                    expires_at=datetime.now(UTC) + timedelta(hours=1),
                    urgent=True,
                )
            )
        for user in users:
            line.say(user, "こんにちは")
        for user in users:
            line.wait_for_bot(user, 2, SECONDS)
        assert (await announcing.status(keys[0])).recipients["accepted"] == 0
        for key in keys[1:]:
            await announcing.stop(key)
    line.clear_faults()
    assert line.wait_for_bot(told, 2)[-1]["message"]["text"] == WORDS
