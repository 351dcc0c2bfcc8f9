"""`/console/health/`: nurses of the desk, with a reason that the parents read, for one child."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from auth.permissions import Role
from kit.errors import UnavailableError
from kit.settings import Settings
from messages.notifications import Notification, NotifyClient, Outcome
from tests.identity.support import Clock
from tests.services.health.visitor import Visitor, visiting
from tests.support import add_staff, form_token, log_in_staff

YUI = {"number": "D0000003", "birthdate": "2024-09-18", "reason": "1歳6か月児健診のため"}
CHECK = {
    "name": "2歳児歯科健康診査",
    "date": "2026-11-20",
    "place": "デモ保健センター",
    "result": "むし歯はありません。",
    "advice": "",
}


class Nurse:
    """A member of the desk at her console, and the mother whose log it is."""

    def __init__(self, mother: Visitor) -> None:
        self.mother, self.http = mother, mother.http

    async def send(self, path: str, **typed: str) -> httpx2.Response:
        token = form_token(await self.http.get("/console/health/"))
        return await self.http.post(f"/console/health{path}", data={"form_token": token} | typed)


async def at_work(mother: Visitor, *roles: Role, desk: str = "健康増進課") -> Nurse:
    login = await add_staff(mother.app, *roles, desks=(desk,))
    assert (await log_in_staff(mother.http, login)).status_code == 303
    return Nurse(mother)


@pytest.fixture
async def mother(settings: Settings) -> AsyncIterator[Visitor]:
    async with visiting(settings, Clock()) as visitor:
        await visitor.becomes()
        await visitor.agrees()
        await visitor.log_in("card_at")
        yield visitor


async def test_a_nurse_sees_what_is_due_and_the_mother_reads_why(mother: Visitor) -> None:
    nurse = await at_work(mother, Role.operator)
    page = (await nurse.send("/", **YUI)).text
    assert "水ぼうそう（水痘） 2回目" in page
    assert "1歳6か月児健康診査" in page
    assert "結衣" not in page
    assert await mother.looks() == ["health:desk:read"]
    log = (await mother.get("/identity/account/access")).text
    assert "健康増進課の職員" in log
    assert "1歳6か月児健診のため" in log


async def test_a_check_up_is_entered_once_and_stands_on_the_mothers_page(mother: Visitor) -> None:
    nurse = await at_work(mother, Role.operator)
    for _ in range(2):
        done = await nurse.send("/checks", **YUI, **CHECK, key="k" * 20)
        assert "記録しました。" in done.text
    yui = (await mother.children())[1]
    page = (await mother.get(f"/my/health/checks?child={yui}")).text
    assert page.count("2歳児歯科健康診査") == 1
    assert "むし歯はありません。" in page
    assert "health:desk:write" in await mother.looks()


@pytest.mark.parametrize(
    "change",
    [
        {"birthdate": "2019-06-03"},
        {"number": "D0000002"},
        {"number": "D9999999"},
        {"number": ""},
        {"number": "123456789018"},
        {"birthdate": "きのう"},
        {"reason": ""},
        {"reason": "あ" * 201},
        {"number": "D0000012", "birthdate": "1985-10-21"},
    ],
)
async def test_nothing_opens_unless_number_birth_date_and_reason_are_right(
    mother: Visitor, change: dict[str, str]
) -> None:
    nurse = await at_work(mother, Role.operator)
    answer = await nurse.send("/", **(YUI | change))
    assert answer.status_code == 422
    assert "健康診査" not in answer.text
    assert await mother.looks() == []


@pytest.mark.parametrize(
    "change", [{"date": "2030-01-01"}, {"date": "2020-01-01"}, {"name": ""}, {"date": ""}]
)
async def test_a_check_up_that_cannot_be_is_refused(
    mother: Visitor, change: dict[str, str]
) -> None:
    nurse = await at_work(mother, Role.operator)
    answer = await nurse.send("/checks", **YUI, **(CHECK | change), key="k" * 20)
    assert answer.status_code == 422
    assert "2歳児歯科健康診査</" not in answer.text
    assert "health:desk:write" not in await mother.looks()


async def test_another_desk_and_another_role_find_no_such_page(mother: Visitor) -> None:
    for roles, desk in (((Role.operator,), "税務課"), ((Role.broadcaster,), "健康増進課")):
        await at_work(mother, *roles, desk=desk)
        token = form_token(await mother.http.get("/console/"))
        for path in ("/", "/checks", "/emergency"):
            sent = await mother.http.post(
                f"/console/health{path}", data={"form_token": token} | YUI | CHECK
            )
            assert sent.status_code in (403, 404)
            assert "健康診査" not in sent.text
        mother.http.cookies.delete("staff")
    assert (await mother.http.get("/console/health/")).status_code == 303
    assert await mother.looks() == []


async def test_in_an_emergency_everything_opens_and_the_guardians_are_told(
    mother: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Notification] = []

    async def notify(_: NotifyClient, given: Notification) -> Outcome:
        told.append(given)
        return Outcome.queued

    monkeypatch.setattr(NotifyClient, "notify", notify)
    nurse = await at_work(mother, Role.operator)
    assert (await nurse.send("/emergency", **(YUI | {"reason": ""}))).status_code == 422
    assert told == []
    page = (await nurse.send("/emergency", **(YUI | {"reason": "救急搬送のため"}))).text
    for words in ("デモ薬A", "DEMO-113", "9.86kg", "保護者に知らせ"):
        assert words in page
    assert await mother.looks() == ["health:desk:emergency"]
    log = (await mother.get("/identity/account/access")).text
    assert "緊急のため、母子健康手帳のすべての記録を見た" in log
    assert "救急搬送のため" in log
    [given] = told
    assert given.citizen_id == mother.citizen
    assert not [word for word in ("結衣", "デモ薬", "D0000003") if word in str(given)]


async def test_an_emergency_does_not_wait_for_a_bot_that_is_away(
    mother: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def notify(_: NotifyClient, given: Notification) -> Outcome:
        raise UnavailableError

    monkeypatch.setattr(NotifyClient, "notify", notify)
    nurse = await at_work(mother, Role.operator)
    page = (await nurse.send("/emergency", **(YUI | {"reason": "救急搬送のため"}))).text
    assert "電話などでお伝えください" in page
    assert "デモ薬A" in page
