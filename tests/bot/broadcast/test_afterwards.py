"""What the program announced by itself is seen, stopped and reported; nobody is named."""

from zoneinfo import ZoneInfo

from bot.broadcast import afterwards, repository
from kit.spreadsheets import as_csv
from tests.bot.broadcast.test_announcements import Office, emulator, office

__all__ = ["emulator", "office"]

TOKYO = ZoneInfo("Asia/Tokyo")


async def report(office: Office, key: str) -> str:
    async with office.database.transaction() as session:
        row = await repository.find_announcement(session, key)
        assert row is not None
        return as_csv(await afterwards.report(session, row, TOKYO))


async def test_the_report_counts_people_and_calls_and_names_nobody(office: Office) -> None:
    user = await office.citizen()
    await office.announce("disaster:1", urgent=True)
    await office.work()
    told = await report(office, "disaster:1")
    lines = told.splitlines()
    assert "対象の人数,1" in lines
    assert "LINEが受付,1" in lines
    assert any(line.startswith("100％が受け付けられるまで（秒）,") for line in lines)
    assert lines[-1].startswith("1,1,LINEが受付,1,2126-11-24 12:00:00,2126-11-24 12:00:00,")
    [(citizen,)] = await office.query("SELECT id FROM bot_citizen")
    assert user not in told
    assert citizen not in told


async def test_what_nobody_wrote_is_listed_and_stopped_by_name(office: Office) -> None:
    user = await office.citizen()
    await office.announce("desk:1")
    await office.announce("disaster:2", urgent=True)
    async with office.database.transaction() as session:
        [one] = await afterwards.automatic(session)
    assert (one.row.key, one.open, one.words) == ("disaster:2", 1, "お知らせ disaster:2")
    await office.announcer.stop("disaster:2", "試験 花子")
    await office.work()
    assert office.heard(user) == ["お知らせ desk:1"]
    assert "途中で止めた理由,stopped by staff: 試験 花子" in await report(office, "disaster:2")
