"""The sender against the emulator: every fault of LINE's ends in exactly one message."""

import json
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from bot.citizens import repository as citizen_rows
from bot.sender import repository as outbound_rows
from bot.sender.line_api import Answer, Limit, LineApi, Quota
from bot.sender.models import Outbound
from bot.sender.outbox import MONTHLY_LIMIT
from bot.sender.plain import UNSHOWN, plainer
from bot.sender.rate_limiter import RateLimiter
from bot.sender.sender import Sender
from kit.db import Database
from kit.errors import UnavailableError
from kit.http import certificates
from kit.settings import DEFAULT_CHANNEL, Settings
from tests.support import Line, line_emulator

MESSAGES = '[{"type":"text","text":"こんにちは"}]'
REPLY = "/v2/bot/message/reply"
PUSH = "/v2/bot/message/push"


@pytest.fixture(scope="module")
def emulator() -> Iterator[Line]:
    with line_emulator() as line:
        yield line


class Desk:
    """A sender with a clock of its own, and a citizen who wrote to it."""

    def __init__(self, line: Line, database: Database, settings: Settings) -> None:
        self.line = line
        self.database = database
        self.now = datetime.now(UTC)
        reachable = settings.model_copy(
            update={"line_api_base": line.url, "line_timeout_seconds": 2.5}
        )
        self.http = httpx2.AsyncClient(
            base_url=line.url,
            timeout=reachable.line_timeout_seconds,
            verify=certificates(),
            trust_env=False,
        )
        api = LineApi(reachable, self.http)
        self.sender = Sender(database, lambda: self.now, reachable, api, RateLimiter(reachable))
        self.user = line.add_user()

    def reply_token(self) -> str:
        """Let the citizen write, and take the token from the webhook that the emulator sent."""
        self.line.say(self.user, "質問")
        tokens: list[str] = []
        while not tokens:
            events = [
                event
                for entry in self.line.get("journal")["entries"]
                if entry["kind"] == "webhook"
                for event in entry["request"]["events"]
            ]
            tokens = [e["replyToken"] for e in events if e["type"] == "message"]
        return tokens[-1]

    async def queue(self, reply_token: str | None, **changes: Any) -> int:
        async with self.database.transaction() as session:
            [citizen] = (
                await citizen_rows.ensure_citizens(session, {self.user}, self.now)
            ).values()
            new = outbound_rows.NewOutbound(
                key=f"test:{reply_token}:{len(changes)}",
                citizen_id=citizen,
                reply_token=reply_token,
                reply_token_received_at=self.now if reply_token else None,
                **{"messages_json": MESSAGES} | changes,
            )
            written = await outbound_rows.insert_outbound(
                session, new, self.user, self.now, DEFAULT_CHANNEL
            )
        assert written is not None
        return written.outbound_id

    async def row(self, outbound_id: int) -> Outbound:
        async with self.database.transaction() as session:
            loaded = await outbound_rows.load_outbound(session, outbound_id)
        assert loaded is not None
        return loaded[0]

    def ways(self) -> list[str]:
        return [message["via"] for message in self.line.from_bot(self.user)]


@pytest.fixture
async def desk(emulator: Line, database: Database, settings: Settings) -> AsyncIterator[Desk]:
    emulator.reset()
    # Nobody listens to the webhooks here; only their reply tokens are of use.
    emulator.post("settings", redelivery=False, monthly_quota=None)
    desk = Desk(emulator, database, settings)
    yield desk
    await desk.http.aclose()


async def test_an_answer_is_a_reply(desk: Desk) -> None:
    outbound = await desk.queue(desk.reply_token())
    await desk.sender.send(outbound)
    assert desk.ways() == ["reply"]
    row = await desk.row(outbound)
    assert (row.state, row.method) == ("accepted", "reply")
    assert row.line_request_id


async def test_sending_a_finished_row_again_does_nothing(desk: Desk) -> None:
    outbound = await desk.queue(desk.reply_token())
    await desk.sender.send(outbound)
    await desk.sender.send(outbound)
    assert desk.ways() == ["reply"]


async def test_an_old_reply_token_is_not_tried(desk: Desk) -> None:
    outbound = await desk.queue(desk.reply_token())
    desk.now += timedelta(seconds=55)
    await desk.sender.send(outbound)
    assert desk.ways() == ["push"]


async def test_a_token_that_line_no_longer_knows_becomes_a_push_at_once(desk: Desk) -> None:
    outbound = await desk.queue("0" * 32)
    await desk.sender.send(outbound)
    assert desk.ways() == ["push"]
    assert (await desk.row(outbound)).state == "accepted"


async def test_a_reply_whose_answer_was_lost_is_repeated_at_once_and_not_doubled(
    desk: Desk,
) -> None:
    outbound = await desk.queue(desk.reply_token())
    desk.line.fault(path=REPLY, timeout_after_accept=1.0, times=1)
    await desk.sender.send(outbound)
    assert desk.ways() == ["reply"]
    assert (await desk.row(outbound)).state == "accepted"


@pytest.mark.parametrize("fault", [{"error_rate": 1.0}, {"connection_reset": 1.0}])
async def test_a_reply_that_line_did_not_take_is_repeated_at_once(
    desk: Desk, fault: dict[str, float]
) -> None:
    outbound = await desk.queue(desk.reply_token())
    desk.line.fault(path=REPLY, times=1, **fault)
    await desk.sender.send(outbound)
    assert desk.ways() == ["reply"]


async def test_a_reply_that_line_keeps_refusing_is_tried_again_later(desk: Desk) -> None:
    outbound = await desk.queue(desk.reply_token())
    desk.line.fault(path=REPLY, times=3, error_rate=1.0)
    with pytest.raises(UnavailableError):
        await desk.sender.send(outbound)
    assert desk.ways() == []
    await desk.sender.send(outbound)
    assert desk.ways() == ["reply"]


async def test_a_reply_beyond_the_pace_is_tried_again_later(desk: Desk) -> None:
    outbound = await desk.queue(desk.reply_token())
    desk.line.fault(path=REPLY, times=1, rate_limit=1.0)
    with pytest.raises(UnavailableError):
        await desk.sender.send(outbound)
    assert desk.ways() == []
    await desk.sender.send(outbound)
    assert desk.ways() == ["reply"]


async def test_a_push_whose_answer_was_lost_is_not_doubled(desk: Desk) -> None:
    outbound = await desk.queue(None)
    desk.line.fault(path=PUSH, timeout_after_accept=1.0, times=1)
    with pytest.raises(UnavailableError):
        await desk.sender.send(outbound)
    await desk.sender.send(outbound)
    assert desk.ways() == ["push"]
    assert (await desk.row(outbound)).state == "accepted"


async def test_an_expired_notification_is_dropped(desk: Desk) -> None:
    outbound = await desk.queue(None, expires_at=desk.now - timedelta(seconds=1))
    await desk.sender.send(outbound)
    assert desk.ways() == []
    assert (await desk.row(outbound)).state == "dropped"


async def test_a_used_up_month_is_told_and_not_tried_again(desk: Desk) -> None:
    desk.line.post("settings", monthly_quota=0)
    outbound = await desk.queue(None)
    await desk.sender.send(outbound)
    row = await desk.row(outbound)
    assert (row.state, row.failure, row.push_attempts) == ("failed", MONTHLY_LIMIT, 1)
    reply = await desk.queue(desk.reply_token())
    await desk.sender.send(reply)
    assert desk.ways() == ["reply"]


BAD_LINK = {"type": "uri", "label": "見る", "uri": "https://example.jp/a b"}
CARD = {
    "type": "flex",
    "altText": "1. 市民会館：東栄町3-46",
    "contents": {
        "type": "bubble",
        "body": {"type": "box", "layout": "vertical", "contents": [{"type": "text", "text": "a"}]},
        "footer": {
            "type": "box",
            "layout": "vertical",
            "contents": [{"type": "button", "action": BAD_LINK}],
        },
    },
}


def said(desk: Desk) -> list[str]:
    return [str(entry["message"].get("text")) for entry in desk.line.from_bot(desk.user)]


@pytest.mark.parametrize("way", ["reply", "push"])
async def test_messages_that_line_refuses_go_out_as_plain_words(desk: Desk, way: str) -> None:
    messages = json.dumps([{"type": "text", "text": "ご案内します。"}, CARD])
    outbound = await desk.queue(
        desk.reply_token() if way == "reply" else None, messages_json=messages
    )
    await desk.sender.send(outbound)
    assert said(desk) == ["ご案内します。", "1. 市民会館：東栄町3-46"]
    # The refused reply has spent its token.
    assert desk.ways() == ["push", "push"]
    assert (await desk.row(outbound)).state == "accepted"


async def test_words_that_line_refuses_become_an_apology_and_end(desk: Desk) -> None:
    outbound = await desk.queue(
        desk.reply_token(), messages_json='[{"type":"text","text":"%s"}]' % ("あ" * 5001)
    )
    await desk.sender.send(outbound)
    assert said(desk) == [UNSHOWN]
    assert plainer(json.dumps([{"type": "text", "text": UNSHOWN}])) is None


async def test_what_line_refuses_for_good_is_kept_with_the_reason(desk: Desk) -> None:
    async with desk.database.transaction() as session:
        stranger = "U" + "f" * 32
        [citizen] = (await citizen_rows.ensure_citizens(session, {stranger}, desk.now)).values()
        new = outbound_rows.NewOutbound("stranger", citizen, MESSAGES)
        written = await outbound_rows.insert_outbound(
            session, new, stranger, desk.now, DEFAULT_CHANNEL
        )
    assert written is not None
    await desk.sender.send(written.outbound_id)
    row = await desk.row(written.outbound_id)
    assert row.state == "failed"
    assert row.failure is not None
    assert row.failure.startswith("400")


@pytest.mark.parametrize(
    ("words", "used", "meaning"),
    [
        ("The API rate limit has been exceeded. Try again later.", 0, Limit.rate),
        ("You have reached your monthly limit.", 0, Limit.monthly),
        ("Words that nobody has seen before", 5, Limit.monthly),
        ("Words that nobody has seen before", 4, Limit.other),
    ],
)
async def test_the_meanings_of_429_are_told_apart(
    settings: Settings, words: str, used: int, meaning: Limit
) -> None:
    bodies = {
        "/oauth2/v3/token": {"access_token": "t"},
        "/v2/bot/message/quota": {"type": "limited", "value": 5},
        "/v2/bot/message/quota/consumption": {"totalUsage": used},
    }

    def line(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == PUSH:
            return httpx2.Response(429, json={"message": words})
        return httpx2.Response(200, json=bodies[request.url.path])

    async with httpx2.AsyncClient(
        base_url="http://line", transport=httpx2.MockTransport(line)
    ) as http:
        api = LineApi(settings, http)
        answer = await api.push(DEFAULT_CHANNEL, "U" + "a" * 32, MESSAGES, uuid.uuid4())
        assert answer == Answer(429, words, None, meaning)
        assert await api.quota(DEFAULT_CHANNEL) == Quota(5, used)
