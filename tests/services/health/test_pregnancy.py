"""A pregnant person's own record: the desk enters it, she alone reads it, and it ends quietly."""

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from auth.permissions import Role
from kit.clock import system_clock
from kit.settings import Settings
from services.health import reminding, repository
from services.health.contract import Handbook, Source, Vaccination
from services.health.fhir.exchange import FhirExchange
from services.health.repository import New
from services.health.rules import RSV
from services.health.service import HealthService, Records
from services.residents.contract import ResidentsClient
from tests.identity.support import Clock
from tests.services.health.test_desk import at_work
from tests.services.health.test_reminders import Mother
from tests.services.health.visitor import Visitor, visiting

AOI = {"name": "長谷川 葵", "birthdate": date(2001, 3, 3), "sex": "female"}
AOI_AT = "福島県会津若松市湯川町99番8号"
HERS = {"number": "D0000010", "birthdate": "2001-03-03", "reason": "妊婦健診の記録のため"}
HINA = {"name": "五十嵐 陽菜", "birthdate": date(2009, 3, 2), "sex": "female"}
OSAMU = {"name": "五十嵐 修", "birthdate": date(1972, 5, 19), "sex": "male"}
HOUSE = "福島県会津若松市城北町99番7号"
HINAS = {"number": "D0000011", "birthdate": "2009-03-02", "reason": "妊娠の届け出のため"}
PAGE = "/my/health/pregnancy"


@pytest.fixture
async def aoi(settings: Settings) -> AsyncIterator[Mother]:
    async with visiting(settings, Clock()) as visitor:
        visitor.clock.now = system_clock().replace(year=2026, month=12, day=1, hour=1)
        await visitor.becomes(AOI, AOI_AT)
        await visitor.agrees()
        await visitor.log_in("card_at")
        yield Mother(visitor, settings)


async def send(visitor: Visitor, **fields: str) -> str:
    """Send the form of the page; return the page that follows."""
    typed = {"form_token": await visitor.form_token(), "key": "k" * 20} | fields
    sent = await visitor.http.post(PAGE, data=typed)
    if sent.status_code == 303:
        return (await visitor.get(sent.headers["location"])).text
    return sent.text


async def test_she_sees_her_weeks_the_next_check_up_and_the_vaccine(aoi: Mother) -> None:
    index = (await aoi.visitor.get("/my/health/")).text
    assert "28週3日" in index
    page = (await aoi.visitor.get(PAGE)).text
    for words in (
        "妊娠28週3日",
        "出産予定日は2027年2月20日",
        "次の妊婦健診は、ふつう2026年12月3日ごろ",
        "いま受けられる時期です",
        "2026年11月28日～2027年1月29日",
        "58.6",
        "116/70",
        "塩分",
    ):
        assert words in page, words
    assert "health:record:read" in await aoi.visitor.looks()


async def test_reminders_say_nothing_of_a_pregnancy_and_stop_when_she_closes_it(
    aoi: Mother,
) -> None:
    assert "お知らせをやめる" in await send(aoi.visitor, do="remind")
    [given] = await aoi.morning()
    said = str(given)
    assert "母子健康手帳のページに、あなたへのお知らせがあります。" in said
    assert not [word for word in ("妊娠", "妊婦", "出産", "RS", "pregnan") if word in said]
    assert await aoi.morning() == []

    await aoi.forget_what_was_told()
    aoi.visitor.clock.forward(days=1)
    await aoi.visitor.log_in("card_at")
    closed = await send(aoi.visitor, do="close", date="2026-12-01", how="loss")
    assert "お知らせは送りません" in closed
    # What was recorded stays to be read by whoever unfolds it.
    at_once = re.sub(r"<details>.*?</details>", "", closed, flags=re.DOTALL)
    assert not re.search(r"[0-9]+週|RSウイルス|次の妊婦健診|予定日は|おめでとう", at_once)
    assert await aoi.morning() == []
    index = (await aoi.visitor.get("/my/health/")).text
    assert not re.search(r"[0-9]+週", index)
    assert f'href="{PAGE}"' in index
    # It was a mistake, and she takes it back.
    entry = re.search(r'name="corrects" value="(hen_[0-9a-f]+)"', closed)
    assert entry is not None
    assert "妊娠28週" in await send(aoi.visitor, do="reopen", corrects=entry[1])
    assert len(await aoi.morning()) == 1


async def test_an_end_that_cannot_be_is_refused_and_nothing_is_closed(aoi: Mother) -> None:
    for change in (
        {"date": "2026-12-02"},
        {"date": "2026-05-15"},
        {"date": ""},
        {"how": ""},
        {"how": "x"},
    ):
        typed = {"do": "close", "date": "2026-12-01", "how": "loss"} | change
        assert "まだ閉じていません" in await send(aoi.visitor, **typed), change
    assert "妊娠28週3日" in (await aoi.visitor.get(PAGE)).text


async def test_reminders_stop_when_the_register_has_the_child_or_she_has_moved_or_died(
    aoi: Mother, monkeypatch: pytest.MonkeyPatch
) -> None:
    await send(aoi.visitor, do="remind")
    me = await aoi.visitor.app.state.container.get(ResidentsClient).ids_of(["D0000010", "D0000014"])
    moved = "UPDATE residents_resident SET ended_on = :day WHERE id = :who"
    await aoi.run(moved, day=date(2026, 12, 1), who=me["D0000010"])
    assert await aoi.morning() == []
    await aoi.run(moved, day=None, who=me["D0000010"])
    # A child of hers, born too long ago for this pregnancy, and then one that ends it.
    born = (
        "INSERT INTO residents_authority (holder_id, subject_id, kind, starts_on) "
        "VALUES (:holder, :child, 'parent', '2026-02-08')"
    )
    await aoi.run(born, holder=me["D0000010"], child=me["D0000014"])
    assert len(await aoi.morning()) == 1
    await aoi.forget_what_was_told()
    aoi.visitor.clock.forward(days=1)
    monkeypatch.setattr(reminding, "CHILDS_EARLIEST", timedelta(days=-200))
    assert await aoi.morning() == []


async def test_the_desk_enters_notification_check_up_and_end_and_she_reads_why(
    aoi: Mother,
) -> None:
    nurse = await at_work(aoi.visitor, Role.operator)
    page = (await nurse.send("/pregnancy", **HERS)).text
    assert "28週3日" in page
    assert await aoi.visitor.looks() == ["health:desk:read"]
    told = {"date": "2026-11-30", "weight": "59.1", "systolic": "118", "diastolic": "72"}
    done = await nurse.send("/pregnancy/check", **HERS, **told, key="k" * 20)
    assert "記録しました。" in done.text
    moved = await nurse.send("/pregnancy/notified", **HERS, due="2027-02-18", key="l" * 20)
    assert "28週5日" in moved.text
    assert "59.1" in (await aoi.visitor.get(PAGE)).text
    ended = await nurse.send(
        "/pregnancy/ended", **HERS, date="2026-11-30", how="loss", key="m" * 20
    )
    assert "終わっています" in ended.text
    assert "お知らせは送りません" in (await aoi.visitor.get(PAGE)).text
    log = (await aoi.visitor.get("/identity/account/access")).text
    assert "妊婦健診の記録のため" in log


async def test_what_cannot_be_is_refused_at_the_desk(aoi: Mother) -> None:
    nurse = await at_work(aoi.visitor, Role.operator)
    wrong: tuple[tuple[str, dict[str, str]], ...] = (
        ("notified", {"due": "2028-12-01"}),
        ("notified", {"due": ""}),
        ("check", {"date": "2026-12-02"}),
        ("check", {"date": "2026-11-30", "weight": "5910"}),
        ("ended", {"date": "2026-12-02", "how": "birth"}),
        ("ended", {"date": "2026-11-30", "how": "?"}),
    )
    for what, typed in wrong:
        answer = await nurse.send(f"/pregnancy/{what}", **HERS, **typed, key="k" * 20)
        assert answer.status_code == 422, (what, typed)
    assert "health:desk:write" not in await aoi.visitor.looks()
    # A man has no such record.
    kenta = {"number": "D0000004", "birthdate": "1994-11-02", "reason": "確認のため"}
    assert (await nurse.send("/pregnancy", **kenta)).status_code == 422


async def test_a_minors_pregnancy_is_hers_and_her_father_neither_reads_nor_hears_of_it(
    aoi: Mother, settings: Settings
) -> None:
    app, clock = aoi.visitor.app, aoi.visitor.clock
    father, hina = (Visitor(app, aoi.visitor.http, clock) for _ in range(2))
    await father.becomes(OSAMU, HOUSE)
    await hina.becomes(HINA, HOUSE)
    nurse = await at_work(father, Role.operator)
    await nurse.send("/pregnancy/notified", **HINAS, due="2027-04-10", key="k" * 20)
    assert await father.looks() == []
    assert set(await hina.looks()) == {"health:desk:read", "health:desk:write"}
    health = app.state.container.get(HealthService)
    hers = (await app.state.container.get(ResidentsClient).ids_of(["D0000011"]))["D0000011"]

    def kinds(handbook: Handbook) -> set[str]:
        return {entry.body.kind for entry in handbook.entries}

    assert "pregnancy" in kinds(await health.handbook(hina.citizen, hers))
    assert "pregnancy" not in kinds(await health.handbook(father.citizen, hers))
    dose = New(
        hers, Vaccination(vaccine=RSV, date="2026-11-30"), Source.clinic, "file:v", "a dose of hers"
    )
    records = app.state.container.get(Records)
    async with records.database.transaction() as session:
        keys = await records.vault.keys_for_writing(session, hers)
        await repository.add(session, keys, await records.indexes(), dose, clock())
    exchange = app.state.container.get(FhirExchange)
    assert len(await exchange.everything(hers, is_self=True)) == 1
    assert await exchange.everything(hers, is_self=False) == []
    for wanted in ((), ("vaccination",)):
        assert "vaccination" not in kinds(await health.handbook(father.citizen, hers, wanted))
        assert "vaccination" in kinds(await health.handbook(hina.citizen, hers, wanted))
    await hina.agrees()
    await hina.log_in("card_at")
    assert "妊娠21週" in (await hina.get(PAGE)).text


async def test_it_is_in_the_emergency_page_and_in_what_she_takes_along(aoi: Mother) -> None:
    nurse = await at_work(aoi.visitor, Role.operator)
    page = (await nurse.send("/emergency", **(HERS | {"reason": "救急搬送のため"}))).text
    assert "出産予定日 2027年2月20日" in page
    me = await aoi.visitor.app.state.container.get(ResidentsClient).ids_of(["D0000010"])
    pdf = await aoi.visitor.get(f"/my/health/export/pdf?child={me['D0000010']}")
    assert pdf.headers["content-type"] == "application/pdf"
