"""Announcements on a real database, with real jobs, against the emulator and its faults."""

import json
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import procrastinate
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot.broadcast.announcer import STOPPED_BY_STAFF, Announcer
from bot.broadcast.delivery import EXPIRED, MONTHLY_LIMIT, UNCERTAIN, BulkSender
from bot.broadcast.rules import wants
from bot.citizens import repository as citizen_rows
from bot.jobs import SEND_CHUNK
from bot.messages.speakers import program
from bot.preferences.contract import Preferences, QuietHours
from bot.preferences.service import PreferenceService
from bot.sender.line_api import LineApi
from bot.sender.rate_limiter import RateLimiter
from kit.db import Database
from kit.errors import InvalidInputError, NotFoundError
from kit.http import certificates
from kit.jobs import Worked, make_job_app, register
from kit.settings import Settings
from messages.announcements import Announcement, AnnouncementStatus, Segment
from messages.notifications import Outcome
from messages.topics import Topic
from tests.bot.broadcast.test_rules import preferences, segments
from tests.support import Line, line_emulator

MULTICAST = "/v2/bot/message/multicast"
# Far ahead, because the job queue compares with the real clock: a quiet night must still lie ahead.
NOON = datetime(2126, 11, 24, 3, 0, tzinfo=UTC)
EVENING = datetime(2126, 11, 24, 13, 0, tzinfo=UTC)
DISASTER = Segment(topics=(Topic.disaster,))


@pytest.fixture(scope="module")
def emulator() -> Iterator[Line]:
    with line_emulator() as line:
        yield line


class Office:
    """The bot's bulk sending, with a clock of its own."""

    def __init__(
        self, line: Line, database: Database, jobs: procrastinate.App, settings: Settings
    ) -> None:
        self.line, self.database, self.jobs = line, database, jobs
        self.now = NOON
        reachable = settings.model_copy(
            update={"line_api_base": line.url, "line_timeout_seconds": 1.0}
        )
        self.http = httpx2.AsyncClient(
            base_url=line.url, timeout=1.0, verify=certificates(), trust_env=False
        )
        api = LineApi(reachable, self.http)
        rate_limiter = RateLimiter(reachable, reachable.line_multicasts_per_second)
        self.sender = BulkSender(database, self.clock, reachable, api, rate_limiter)
        register(jobs, SEND_CHUNK, {settings.city: Worked(self.sender.send)})
        self.announcer = Announcer(database, self.clock, program(settings))
        self.book = PreferenceService(database, self.clock)

    def clock(self) -> datetime:
        return self.now

    async def citizen(self, chosen: Preferences | None = None, user: str | None = None) -> str:
        """Return the LINE user id of a new friend."""
        user = user or self.line.add_user()
        async with self.database.transaction() as session:
            [citizen] = (await citizen_rows.ensure_citizens(session, {user}, self.now)).values()
        if chosen is not None:
            await self.book.put(citizen, chosen)
        return user

    async def unfollow(self, user: str) -> None:
        sql = "UPDATE bot_citizen SET is_friend = false WHERE line_user_id = :user"
        await self.query(sql, user=user)

    async def announce(self, key: str = "k", **changes: Any) -> AnnouncementStatus:
        body: dict[str, Any] = {
            "key": key,
            "segment": DISASTER,
            "messages": [{"type": "text", "text": f"お知らせ {key}"}],
            "expires_at": self.now + timedelta(hours=20),
        }
        result = await self.announcer.announce(Announcement.model_validate({**body, **changes}))
        assert result.outcome is Outcome.queued
        return result.status

    async def work(self, rounds: int = 1) -> None:
        """Run every job that waits, however long it would have to wait; so many times over."""
        for _ in range(rounds):
            await self.query("UPDATE procrastinate_jobs SET scheduled_at = NULL")
            await self.jobs.run_worker_async(
                queues=["bulk"], wait=False, install_signal_handlers=False, listen_notify=False
            )

    async def query(self, sql: str, **values: Any) -> list[Any]:
        async with self.database.transaction() as session:
            result = await session.execute(text(sql), values)
            return list(result.all()) if result.returns_rows else []  # type: ignore[attr-defined]

    async def counts(self, key: str = "k") -> dict[str, int]:
        status = await self.announcer.status(key)
        return {state: number for state, number in status.recipients.items() if number}

    def heard(self, user: str) -> list[str]:
        return [m["message"]["text"] for m in self.line.from_bot(user)]

    def attempts(self) -> list[Any]:
        entries = self.line.get("journal", limit=5000)["entries"]
        return [e for e in entries if e["kind"] == "api" and e["path"] == MULTICAST]


@pytest.fixture
async def office(emulator: Line, database: Database, settings: Settings) -> AsyncIterator[Office]:
    emulator.reset()
    emulator.post("settings", redelivery=False, monthly_quota=None)
    jobs = make_job_app(settings)
    async with jobs.open_async():
        office = Office(emulator, database, jobs, settings)
        yield office
        await office.http.aclose()


async def test_only_those_who_chose_the_topic_and_follow_the_account_are_told(
    office: Office,
) -> None:
    default = await office.citizen()
    keen = await office.citizen(Preferences(topics=(Topic.disaster, Topic.snow)))
    other = await office.citizen(Preferences(topics=(Topic.childcare,)))
    gone = await office.citizen(Preferences(topics=(Topic.snow,)))
    await office.unfollow(gone)
    status = await office.announce(segment=Segment(topics=(Topic.snow,)))
    assert status.audience == 1
    await office.work()
    assert await office.counts() == {"accepted": 1}
    assert [len(office.heard(user)) for user in (default, keen, other, gone)] == [0, 1, 0, 0]


async def test_preferences_are_still_there_after_an_unfollow(office: Office) -> None:
    user = await office.citizen(Preferences(topics=(Topic.snow,)))
    await office.unfollow(user)
    await office.query("UPDATE bot_citizen SET is_friend = true")
    assert (await office.announce(segment=Segment(topics=(Topic.snow,)))).audience == 1


async def test_the_same_key_is_never_sent_twice(office: Office) -> None:
    user = await office.citizen()
    await office.announce()
    again = Announcement(
        key="k",
        segment=DISASTER,
        messages=({"type": "text", "text": "ほかの文"},),  # type: ignore[arg-type]
        expires_at=office.now + timedelta(hours=1),
    )
    assert (await office.announcer.announce(again)).outcome is Outcome.already_queued
    await office.work()
    assert (await office.announcer.announce(again)).outcome is Outcome.already_queued
    await office.work()
    assert office.heard(user) == ["お知らせ k"]


async def test_1101_people_are_told_once_each_in_spite_of_every_fault(office: Office) -> None:
    users = [await office.citizen() for _ in range(1101)]
    await office.announce()
    rows = await office.query("SELECT recipients, retry_key FROM bot_announcement_chunk")
    assert sorted(row.recipients for row in rows) == [101, 500, 500]
    assert len({row.retry_key for row in rows}) == 3
    for fault in ("error_rate", "connection_reset", "rate_limit", "timeout_after_accept"):
        office.line.fault(path=MULTICAST, **{fault: 1.0})
        await office.work()
        assert await office.counts() == {"sending": 1101}
        office.line.clear_faults()
    await office.work()
    assert await office.counts() == {"accepted": 1101}
    assert {len(office.heard(user)) for user in users} == {1}
    last = [attempt for attempt in office.attempts() if attempt["status"] == 409]
    assert len(last) >= 3
    assert not any("another body" in attempt["reason"] for attempt in last)


async def test_the_names_of_the_recipients_go_when_a_chunk_is_done(office: Office) -> None:
    await office.citizen()
    await office.announce()
    await office.work()
    assert await office.query("SELECT body FROM bot_announcement_chunk") == [(None,)]


async def test_a_finished_chunk_is_not_sent_again(office: Office) -> None:
    user = await office.citizen()
    await office.announce()
    await office.work()
    [(chunk_id,)] = await office.query("SELECT id FROM bot_announcement_chunk")
    await office.sender.send(chunk_id)
    assert len(office.heard(user)) == 1


async def test_quiet_hours_are_waited_for_citizen_by_citizen(office: Office) -> None:
    office.now = EVENING  # 22:00 in Japan
    sleeper = await office.citizen()
    early = await office.citizen(Preferences(quiet=QuietHours(start=20, end=5)))
    owl = await office.citizen(Preferences(quiet=None))
    await office.announce()
    await office.work()
    assert [len(office.heard(u)) for u in (sleeper, early, owl)] == [0, 0, 1]
    jobs = await office.query(
        "SELECT scheduled_at FROM procrastinate_jobs WHERE status = 'todo' ORDER BY 1"
    )
    local = [job[0].astimezone(UTC).strftime("%d %H:%M") for job in jobs]
    assert local == ["24 20:00", "24 22:00"]
    office.now = datetime(2126, 11, 24, 20, 0, tzinfo=UTC)
    await office.work()
    assert [len(office.heard(u)) for u in (sleeper, early, owl)] == [0, 1, 1]
    office.now = datetime(2126, 11, 24, 22, 0, tzinfo=UTC)
    await office.work()
    assert await office.counts() == {"accepted": 3}


async def test_a_delay_by_line_does_not_run_into_the_night(office: Office) -> None:
    user = await office.citizen()
    await office.announce()
    office.line.fault(path=MULTICAST, error_rate=1.0)
    await office.work()
    office.line.clear_faults()
    office.now = EVENING
    await office.work()
    assert (office.heard(user), await office.counts()) == ([], {"sending": 1})
    office.now = datetime(2126, 11, 24, 22, 0, tzinfo=UTC)
    await office.work()
    assert await office.counts() == {"accepted": 1}


async def test_danger_to_life_wakes_people_whatever_topics_they_chose(office: Office) -> None:
    office.now = EVENING
    user = await office.citizen(Preferences(areas=("湊",), topics=()))
    elsewhere = await office.citizen(Preferences(areas=("城西",)))
    await office.announce(urgent=True, segment=Segment(areas=("湊",), topics=(Topic.disaster,)))
    await office.work()
    assert [len(office.heard(u)) for u in (user, elsewhere)] == [1, 0]


async def test_what_would_wait_beyond_its_end_is_dropped(office: Office) -> None:
    office.now = EVENING
    user = await office.citizen()
    await office.announce(expires_at=EVENING + timedelta(hours=3))
    await office.work()
    assert (office.heard(user), await office.counts()) == ([], {"dropped": 1})
    assert await office.query("SELECT failure FROM bot_announcement_chunk") == [(EXPIRED,)]


async def test_an_expired_announcement_is_refused_and_leaves_no_trace(office: Office) -> None:
    with pytest.raises(InvalidInputError):
        await office.announce(expires_at=office.now)
    with pytest.raises(NotFoundError):
        await office.announcer.status("k")


async def test_a_text_that_needs_two_calls_is_refused(office: Office) -> None:
    long = [{"type": "text", "text": "あ" * 5000 + "い"}] * 3
    with pytest.raises(InvalidInputError, match="five LINE messages"):
        await office.announce(messages=long)


async def test_the_kill_switch_stops_what_waits_and_what_is_tried_again(office: Office) -> None:
    office.now = EVENING
    sleeper = await office.citizen()
    owl = await office.citizen(Preferences(quiet=None))
    await office.announce()
    office.line.fault(path=MULTICAST, error_rate=1.0)
    await office.work()
    office.line.clear_faults()
    assert await office.counts() == {"pending": 1, "sending": 1}
    stopped = await office.announcer.stop("k")
    assert stopped.stopped == STOPPED_BY_STAFF
    assert stopped.recipients["dropped"] == 1
    office.now = EVENING + timedelta(hours=12)
    await office.work()
    assert await office.counts() == {"dropped": 2}
    assert office.heard(sleeper) + office.heard(owl) == []
    assert (await office.announcer.stop("k")).stopped == STOPPED_BY_STAFF


async def test_the_monthly_limit_stops_the_whole_announcement_without_a_retry(
    office: Office,
) -> None:
    users = [await office.citizen() for _ in range(2)]
    await office.citizen(Preferences(quiet=None))
    office.line.post("settings", monthly_quota=0)
    await office.announce()
    await office.work(rounds=3)
    counts = await office.counts()
    assert counts["failed"] + counts["dropped"] == 3
    assert (await office.announcer.status("k")).stopped == MONTHLY_LIMIT
    assert len(office.attempts()) == 1
    assert [office.heard(user) for user in users] == [[], []]


async def test_no_attempt_is_made_once_line_has_forgotten_the_retry_key(office: Office) -> None:
    user = await office.citizen(Preferences(quiet=None))
    await office.announce(expires_at=NOON + timedelta(days=3))
    office.line.fault(path=MULTICAST, timeout_after_accept=1.0)
    await office.work()
    office.line.clear_faults()
    office.now = NOON + timedelta(hours=23)
    await office.work()
    assert len(office.heard(user)) == 1
    assert await office.counts() == {"failed": 1}
    assert await office.query("SELECT failure FROM bot_announcement_chunk") == [(UNCERTAIN,)]


async def test_one_wrong_recipient_costs_the_others_nothing(office: Office) -> None:
    users = [await office.citizen() for _ in range(6)]
    await office.citizen(user="not one of LINE's ids")
    await office.announce()
    await office.work(rounds=4)
    assert await office.counts() == {"accepted": 6, "failed": 1}
    assert [office.heard(user) for user in users] == [["お知らせ k"]] * 6
    [[refused]] = await office.query(
        "SELECT failure FROM bot_announcement_chunk WHERE state = 'failed'"
    )
    assert refused.startswith("400")


async def test_what_line_refuses_for_good_fails_with_its_reason(office: Office) -> None:
    await office.citizen(user="not-a-line-user-id")
    await office.announce()
    await office.work(rounds=2)
    assert await office.counts() == {"failed": 1}
    [(failure,)] = await office.query("SELECT failure FROM bot_announcement_chunk")
    assert failure.startswith("400")
    assert len(office.attempts()) == 1


@hypothesis_settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
async def test_the_stored_audience_is_that_of_the_rule(office: Office, data: Any) -> None:
    chosen = data.draw(st.lists(st.none() | preferences, max_size=6))
    segment = data.draw(segments.filter(lambda segment: segment.topics))
    urgent = data.draw(st.booleans())
    await office.query("DELETE FROM bot_citizen")
    for number, wish in enumerate(chosen):
        await office.citizen(wish, user=f"U{number:032x}")
    gone = data.draw(st.sets(st.integers(0, 5)))
    for number in gone:
        await office.unfollow(f"U{number:032x}")
    expected = [
        number
        for number, wish in enumerate(chosen)
        if number not in gone and wants(wish or Preferences(), segment, urgent=urgent)
    ]
    key = uuid.uuid4().hex
    status = await office.announce(key, segment=segment, urgent=urgent)
    assert status.audience == len(expected)
    rows = await office.query(
        "SELECT body, quiet_start FROM bot_announcement_chunk JOIN bot_announcement a"
        " ON a.id = announcement_id WHERE key = :key",
        key=key,
    )
    told = [user for body, _ in rows for user in json.loads(body)["to"]]
    assert sorted(told) == [f"U{number:032x}" for number in expected]
    assert not urgent or all(quiet is None for _, quiet in rows)
