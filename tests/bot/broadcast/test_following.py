"""What follows an announcement: exactly to those who were told, after them, in their language."""

import json
from datetime import timedelta

from bot.broadcast.delivery import NOT_TOLD
from bot.broadcast.repository import REPLACED
from bot.preferences.contract import Preferences, QuietHours
from messages.announcements import Segment
from messages.languages import Language
from tests.bot.broadcast.test_announcements import EVENING, MULTICAST, Office, emulator, office

__all__ = ["emulator", "office"]


async def follow(office: Office, *keys: str, key: str = "end", replaces: bool = True) -> int:
    status = await office.announce(
        key, segment=Segment(), follows=keys, replaces=keys if replaces else ()
    )
    return status.audience


async def test_an_end_goes_to_those_who_were_told_and_to_nobody_else(office: Office) -> None:
    told = await office.citizen()
    early = await office.citizen(Preferences(areas=("湊",), topics=()))
    await office.announce(segment=Segment(areas=("城西",)), urgent=True)
    await office.work()
    late = await office.citizen()
    assert await follow(office, "k") == 1
    await office.work()
    assert [len(office.heard(user)) for user in (told, early, late)] == [2, 0, 0]


async def test_somebody_told_twice_hears_one_end(office: Office) -> None:
    user = await office.citizen()
    await office.announce("one")
    await office.announce("two")
    await office.work()
    assert await follow(office, "one", "two") == 1
    await office.work()
    assert len(office.heard(user)) == 3


async def test_what_waits_is_replaced_and_what_was_tried_is_brought_to_its_end(
    office: Office,
) -> None:
    office.now = EVENING
    sleeper = await office.citizen()
    owl = await office.citizen(Preferences(quiet=None))
    await office.announce()
    office.line.fault(path=MULTICAST, error_rate=1.0)
    await office.work()
    office.line.clear_faults()
    assert await office.counts() == {"pending": 1, "sending": 1}
    assert await follow(office, "k") == 1
    await office.work(rounds=3)
    office.now = EVENING + timedelta(hours=12)
    await office.work()
    assert await office.counts() == {"dropped": 1, "accepted": 1}
    assert office.heard(sleeper) == []
    assert office.heard(owl) == ["お知らせ k", "お知らせ end"]
    assert (REPLACED,) in await office.query("SELECT failure FROM bot_announcement_chunk")


async def test_an_end_without_a_beginning_is_not_told(office: Office) -> None:
    user = await office.citizen(Preferences(quiet=None))
    await office.announce(expires_at=office.now + timedelta(hours=1))
    office.line.fault(path=MULTICAST, error_rate=1.0)
    await office.work()
    office.line.clear_faults()
    assert await follow(office, "k") == 1
    office.now += timedelta(hours=2)
    await office.work(rounds=3)
    assert office.heard(user) == []
    assert (NOT_TOLD,) in await office.query("SELECT failure FROM bot_announcement_chunk")


async def test_an_end_waits_for_a_message_that_had_to_be_divided(office: Office) -> None:
    users = [await office.citizen(Preferences(quiet=None)) for _ in range(3)]
    await office.citizen(Preferences(quiet=None), user="not one of LINE's ids")
    await office.announce()
    office.line.fault(path=MULTICAST, connection_reset=1.0)
    await office.work()
    office.line.clear_faults()
    assert await follow(office, "k", replaces=False) == 4
    await office.work(rounds=6)
    assert [office.heard(user) for user in users] == [["お知らせ k", "お知らせ end"]] * 3


async def test_everybody_reads_their_own_language_and_quiet_hours_are_kept(office: Office) -> None:
    office.now = EVENING
    english = await office.citizen(Preferences(language=Language.en, quiet=None))
    chinese = await office.citizen(
        Preferences(language=Language.zh, quiet=QuietHours(start=21, end=7))
    )
    texts = {"en": [{"type": "text", "text": "Notice"}], "zh": [{"type": "text", "text": "通知"}]}
    await office.announce(in_languages=texts)
    await office.work()
    assert (office.heard(english), office.heard(chinese)) == (["Notice"], [])
    office.now = EVENING + timedelta(hours=10)
    await office.work()
    assert office.heard(chinese) == ["通知"]


async def test_who_was_told_is_forgotten_with_the_citizen(office: Office) -> None:
    from bot.broadcast import repository as rows

    await office.citizen()
    await office.announce()
    await office.work()
    [[citizens]] = await office.query("SELECT citizens FROM bot_announcement_chunk")
    async with office.database.transaction() as session:
        await rows.forget_recipient(session, citizens[0])
    assert await office.query("SELECT citizens FROM bot_announcement_chunk") == [([],)]
    assert await follow(office, "k") == 0


MANY = 66_000
"""More than a statement of PostgreSQL takes parameters (65,535)."""


async def test_an_end_reaches_however_many_were_told(office: Office) -> None:
    await office.query(
        "INSERT INTO bot_citizen (id, channel, line_user_id, is_friend, created_at)"
        " SELECT 'ctz_' || n, 'default', 'U' || md5(n::text), true, now()"
        " FROM generate_series(1, :many) AS n",
        many=MANY,
    )
    assert (await office.announce(urgent=True)).audience == MANY
    chunks = "SELECT recipients, cardinality(citizens), body FROM bot_announcement_chunk"
    rows = await office.query(chunks)
    assert sorted(row.recipients for row in rows) == [500] * 132
    assert all(row.cardinality == 500 for row in rows)
    told = {user for row in rows for user in json.loads(row.body)["to"]}
    assert len(told) == MANY, "everybody once"
    await office.query("UPDATE bot_announcement_chunk SET state = 'accepted', finished_at = now()")
    assert await follow(office, "k") == MANY
    some = tuple(f"ctz_{number}" for number in range(1, MANY))
    again = {"segment": Segment(), "follows": ("k",), "only": some}
    assert (await office.announce("some", **again)).audience == MANY - 1
