"""The figures' SQL on talks whose outcome is known, and CSV that no spreadsheet runs."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from bot.citizens.repository import ensure_citizens
from bot.console.figures import shown
from bot.handoff import figures
from bot.handoff.models import Handoff
from kit.db import Database
from kit.spreadsheets import as_csv, safe_cell

NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SINCE, UNTIL = NOON - timedelta(days=1), NOON + timedelta(days=1)


_ROW: dict[str, Any] = {
    "state": "bot",
    "fence": 0,
    "kind": "talk",
    "urgent": False,
    "desk": "市民課",
    "trigger": "request",
    "asked_at": NOON,
    "queued_at": NOON,
}


async def add(database: Database, number: int, **values: Any) -> None:
    """Store a talk that was queued at noon; `reply_after` are seconds."""
    reply_after = values.pop("reply_after", None)
    row: dict[str, Any] = {
        **_ROW,
        "first_reply_at": NOON + timedelta(seconds=reply_after) if reply_after else None,
        "ended_at": NOON + timedelta(hours=1),
        "end_reason": "answered",
    }
    async with database.transaction() as session:
        user = f"U{number:032x}"
        ids = await ensure_citizens(session, {user}, NOON)
        session.add(Handoff(citizen_id=ids[user], **(row | values)))


@pytest.fixture
async def talks(database: Database) -> Database:
    for number, seconds in enumerate([10, 20, 30, 40, 100]):
        await add(database, number, reply_after=seconds, rating=3 if number < 2 else None)
    await add(database, 10, reply_after=7200, kind="message", rating=1, end_reason="guided")
    await add(database, 11, state="abandoned", end_reason="left", urgent=True)
    await add(database, 12, state="queued", ended_at=None, end_reason=None)
    # None of these counts: another desk, another time, never queued.
    await add(database, 20, desk="税務課", reply_after=1)
    await add(database, 21, queued_at=NOON - timedelta(days=2))
    await add(database, 22, state="abandoned", queued_at=None, end_reason="silent")
    return database


async def test_each_figure_counts_what_it_says(talks: Database) -> None:
    async with talks.transaction() as session:
        [row] = await figures.of_desks(session, ["市民課"], SINCE, UNTIL)
        ends = await figures.ends(session, ["市民課"], SINCE, UNTIL)
    assert (row.queued, row.messages, row.urgent) == (8, 1, 1)
    assert (row.replied, row.abandoned, row.closed) == (6, 1, 6)
    assert (row.rated, row.satisfied, row.dissatisfied) == (3, 2, 1)
    assert (row.talk_median, row.talk_p90) == (30, pytest.approx(76))
    assert (row.message_median, row.message_p90) == (7200, 7200)
    assert ends == [("answered", 5), ("guided", 1), ("left", 1)]
    assert shown("talk_median", row) == "30秒"
    assert shown("talk_p90", row) == "1分"
    assert shown("message_median", row) == "2.0時間"


async def test_reviews_and_themes_are_counted_for_the_desk_s_own_talks(database: Database) -> None:
    for number, (theme, quality) in enumerate(
        [
            ("税", "right"),
            ("税", "wrong"),
            ("ごみ", "right"),
            (None, None),
            (None, "none"),
            (None, None),
        ]
    ):
        await add(database, number, theme=theme, quality=quality)
    await add(database, 9, desk="税務課", theme="災害", quality="partly")
    async with database.transaction() as session:
        themes = await figures.themes(session, ["市民課"], SINCE, UNTIL)
        judged = await figures.qualities(session, ["市民課"], SINCE, UNTIL)
        earlier = await figures.themes(session, ["市民課"], SINCE - timedelta(days=9), SINCE)
    assert themes == [("税", 2), ("ごみ", 1), ("", 3)]
    assert judged == {"right": 2, "wrong": 1, "none": 1}
    assert earlier == []


async def test_who_is_back_within_72_hours_counts_where_that_time_has_passed(
    database: Database,
) -> None:
    hours = [1, 71, 73, 0]
    for number, after in enumerate(hours):
        await add(database, number, ended_at=NOON)
        again = NOON + timedelta(hours=after)
        if after:
            await add(database, number, desk="税務課", queued_at=again, ended_at=again)
    # Nobody knows yet of who ended an hour ago.
    until = NOON + timedelta(hours=80)
    await add(
        database, 9, queued_at=until - timedelta(hours=2), ended_at=until - timedelta(hours=1)
    )
    async with database.transaction() as session:
        [row] = await figures.of_desks(session, ["市民課"], SINCE, until)
        [early] = await figures.of_desks(session, ["市民課"], SINCE, NOON + timedelta(hours=71))
    assert (row.closed, row.settled, row.back) == (5, 4, 2)
    assert (early.settled, early.back) == (0, 0)


async def test_days_are_those_of_the_city_and_each_is_there(talks: Database) -> None:
    tokyo = ZoneInfo("Asia/Tokyo")
    # 16:00 UTC is one o'clock of the next day in Japan.
    await add(talks, 30, queued_at=NOON + timedelta(hours=13))
    since = datetime(2026, 11, 23, 12, tzinfo=tokyo)
    async with talks.transaction() as session:
        days = await figures.by_day(session, ["市民課"], since, since + timedelta(days=3))
    assert [(f"{day:%m-%d}", number) for day, number in days] == [
        ("11-23", 0),
        ("11-24", 8),
        ("11-25", 1),
        ("11-26", 0),
    ]


async def test_a_desk_s_figures_are_those_of_its_own_talks(talks: Database) -> None:
    async with talks.transaction() as session:
        both = await figures.of_desks(session, ["市民課", "税務課"], SINCE, UNTIL)
        none = await figures.of_desks(session, [], SINCE, UNTIL)
    assert [(row.desk, row.queued) for row in both] == [("市民課", 8), ("税務課", 1)]
    assert none == []


async def test_what_the_bot_answered_and_what_people_did(database: Database) -> None:
    event = (
        "INSERT INTO bot_line_event (webhook_event_id, kind, citizen_id, state, occurred_at,"
        " received_at, masked, raw) VALUES (:id, :kind, :who, :state, :at, :at, false, '{}')"
    )
    async with database.transaction() as session:
        users = await ensure_citizens(session, {"U1", "U2"}, NOON)
        rows = [
            ("message", "answered", "U1"),
            ("postback", "answered", "U1"),
            ("message", "handed", "U2"),
            ("message", "failed", "U2"),
            ("follow", "answered", "U2"),
            ("message", "received", "U2"),
        ]
        for number, (kind, state, user) in enumerate(rows):
            values = {"id": str(number), "kind": kind, "who": users[user], "state": state}
            await session.execute(text(event), values | {"at": NOON})
        session.add(Handoff(citizen_id=users["U1"], **_ROW))
        await session.flush()
        found = await figures.of_bot(session, SINCE, UNTIL)
        before = await figures.of_bot(session, SINCE - timedelta(days=9), SINCE)
        reach = await figures.reach(session, SINCE, UNTIL)
        await session.execute(text("UPDATE bot_citizen SET is_friend = line_user_id <> 'U2'"))
        left = await figures.reach(session, SINCE, UNTIL)
    assert found == figures.BotFigures(by_bot=2, to_people=1, citizens=2, asked=1)
    assert before == figures.BotFigures(0, 0, 0, 0)
    assert (reach, left) == (figures.Reach(2, 2), figures.Reach(1, 1))


@pytest.mark.parametrize("evil", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(evil: str) -> None:
    assert safe_cell(evil) == f"'{evil}"
    assert as_csv([["課"], [evil]]).startswith("\ufeff課\r\n")


def test_plain_cells_stay_as_they_are() -> None:
    assert as_csv([["市民課", 3, None, 29.6, "a,b"]]) == '\ufeff市民課,3,,30,"a,b"\r\n'
