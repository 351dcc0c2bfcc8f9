"""Showing a handbook to a clinic: chosen parts, for a time, each look in the log, taken back."""

import re
from collections.abc import AsyncIterator

import httpx2
import pytest

from identity.account import consents
from kit.settings import Settings
from services.health.contract import Birth, Growth, Vaccination
from services.health.personal_data import HealthPersonalData
from services.health.scopes import CONSENT
from services.health.sharing import Sharing
from tests.identity.support import Clock
from tests.services.health.visitor import KENTA, KENTA_AT, Visitor, visiting
from tests.support import city_database

SHARED = "/services/health/shared"
CHOSEN = {"recipient": "デモ小児科クリニック", "part": ["vaccinations", "growth"], "hours": "1"}


class Mother(Visitor):
    """Who shows, and the clinic's browser, which has no login."""

    yui = ""

    async def share(self, **change: object) -> tuple[httpx2.Response, str]:
        form = await self.form(f"/my/health/sharing?child={self.yui}")
        made = await self.http.post("/my/health/sharing", data=form | CHOSEN | change)
        return made, code_in(made)

    async def look(self, code: str) -> httpx2.Response:
        return await self.http.post(SHARED, data={"t": code})


def code_in(page: httpx2.Response) -> str:
    """Return the code of a new sharing, empty where none was made."""
    found = re.search(rf"{SHARED}\?t=([\w-]+)", page.text)
    return found[1] if found else ""


@pytest.fixture
async def mother(settings: Settings) -> AsyncIterator[Mother]:
    async with visiting(settings, Clock()) as visitor:
        mother = Mother(visitor.app, visitor.http, visitor.clock)
        await mother.becomes()
        await mother.agrees()
        await mother.log_in("card_at")
        mother.yui = (await mother.children())[1]
        yield mother


async def test_a_clinic_sees_the_chosen_parts_and_its_look_is_in_the_mothers_log(
    mother: Mother,
) -> None:
    made, code = await mother.share()
    assert "デモ小児科クリニック" in made.text
    assert "共有のQRコード" in made.text
    door = await mother.get(f"{SHARED}?t={code}")
    assert "結衣" not in door.text
    assert "health:shared:read" not in await mother.looks()
    page = (await mother.look(code)).text
    assert "結衣" in page
    assert "2024年9月18日" in page
    assert "DEMO-113" in page
    assert "体重のグラフ" in page
    assert not [w for w in ("1歳6か月児健康診査", "デモ薬A", "日記", "アレルギー") if w in page]
    assert (await mother.looks()).count("health:shared:read") == 1
    mine = (await mother.get(f"/my/health/sharing?child={mother.yui}")).text
    assert "まだ開かれていません" not in mine
    assert mine.count("1番の共有をやめる") == 1
    log = (await mother.get("/identity/account/access")).text
    assert "共有された母子健康手帳の記録を見た" in log
    assert "共有した相手" in log
    assert "1番の共有のページを開いた" in log
    found = await mother.app.state.container.get(Sharing).look(code)
    assert {type(entry.body) for entry in found.entries} <= {Vaccination, Growth, Birth}


async def test_a_diary_is_never_shown_whatever_is_asked(mother: Mother) -> None:
    made, code = await mother.share(part=["vaccinations", "diary"])
    assert code == ""
    assert made.status_code == 422


async def test_it_ends_by_its_time_by_being_taken_back_and_with_the_consent(
    mother: Mother,
) -> None:
    _, first = await mother.share()
    form = await mother.form(f"/my/health/sharing?child={mother.yui}")
    taken = {"child": mother.yui, "number": "1", "do": "revoke"}
    back = await mother.http.post("/my/health/sharing", data=form | taken)
    assert back.headers["location"].endswith("done=revoked")
    assert (await mother.look(first)).status_code == 410
    _, second = await mother.share()
    assert (await mother.look(second)).status_code == 200
    async with mother.identity.database.transaction() as session:
        await consents.withdraw(session, mother.citizen, CONSENT, mother.clock())
    assert (await mother.look(second)).status_code == 410
    await mother.agrees()
    assert (await mother.look(second)).status_code == 200
    mother.clock.forward(hours=1)
    assert (await mother.look(second)).status_code == 410
    assert (await mother.get(f"{SHARED}?t={second}")).status_code == 410
    assert (await mother.looks()).count("health:shared:read") == 2


@pytest.mark.parametrize("code", ["", "x", "a" * 32, "あ" * 200])
async def test_a_guessed_code_opens_nothing(mother: Mother, code: str) -> None:
    await mother.share()
    answer = await mother.look(code)
    assert answer.status_code == 410
    assert "結衣" not in answer.text


async def test_another_citizen_neither_sees_nor_ends_it(mother: Mother) -> None:
    _, code = await mother.share()
    other = Visitor(mother.app, mother.http, mother.clock)
    await other.becomes(KENTA, KENTA_AT)
    await other.agrees()
    await other.log_in("card_at")
    for path in (f"/my/health/sharing?child={mother.yui}",):
        assert (await other.get(path)).headers["location"] == "/identity/ended/page_refused"
    form = {"form_token": await other.form_token(), "child": mother.yui, "number": "1"}
    sent = await other.http.post("/my/health/sharing", data=form | {"do": "revoke"})
    assert sent.headers["location"] == "/identity/ended/page_refused"
    assert (await mother.look(code)).status_code == 200


async def test_what_is_missing_is_said_and_nothing_is_shown(mother: Mother) -> None:
    made, code = await mother.share(recipient="", part=[])
    assert made.status_code == 422
    assert code == ""
    assert "見せる相手を、100文字までで" in made.text
    assert "1つ以上選んで" in made.text


async def test_the_database_holds_neither_the_code_nor_the_clinic(
    mother: Mother, settings: Settings
) -> None:
    _, code = await mother.share()
    with city_database(settings) as database:
        text = str(database.execute("SELECT health_share::text FROM health_share").fetchall())
    assert code not in text
    assert "デモ小児科" not in text
    assert re.search(r"health:|vaccinations", text)


async def test_who_leaves_ends_what_they_show(mother: Mother) -> None:
    _, code = await mother.share()
    data = mother.app.state.container.get(HealthPersonalData)
    assert len((await data.export(mother.citizen))["shown"]) == 1
    await data.erase(mother.citizen)
    assert (await mother.look(code)).status_code == 410
