"""The desk where staff say who a citizen is: through the whole web application, to the talk."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from auth.levels import Level, Standing
from auth.permissions import Role
from bot.citizens.models import Citizen
from bot.line.models import LineEvent
from concierge.app import build_web
from identity.audit.log import of_citizen
from identity.grants.minter import GrantMinter
from identity.keys import KeyRing
from kit.http import internal_client
from kit.ids import new_citizen_id
from kit.jobs import Worked, make_job_app, register
from messages.continuations import TELL_TALK, ContinueClient, TalkTeller
from services.residents.console import age_in_words
from services.residents.contract import AUDIENCE, Identification, ResidentsClient
from services.residents.models import Case
from tests.services.residents.world import World, person
from tests.support import add_staff, form_token, log_in_staff

NOW = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
PATH = "/console/residents/"
CARD: dict[str, Any] = {
    "name": "会津 花子",
    "address": "福島県会津若松市中央一丁目99番1号",
    "birthdate": date(1985, 5, 5),
    "sex": "female",
}
WHY = "本人確認の照合のため"
PERSONAL = ("花子", "春子", "中央", "1985", "ctz_")


class City:
    """The running application, its register, a citizen in the talk, and staff's browsers."""

    def __init__(self, app: FastAPI, world: World) -> None:
        self.app, self.world = app, world
        token = world.settings.internal_token.get_secret_value()
        self.internal = internal_client("http://rooms", token, app=app)
        self.residents = ResidentsClient(self.internal)
        self.minter = GrantMinter(
            KeyRing(world.database, world.settings.master_keys, world.clock),
            world.settings,
            world.clock,
        )

    async def citizen(self, name: str = "one") -> str:
        citizen_id = new_citizen_id()
        async with self.world.database.transaction() as session:
            session.add(Citizen(id=citizen_id, line_user_id=f"U-{name}", created_at=NOW))
        return citizen_id

    async def doubtful(self, citizen_id: str, **change: Any) -> str:
        """Have a citizen end up at the desk, and return the path of their case."""
        who = Identification(citizen_id=citizen_id, **CARD | change)
        assert (await self.residents.identify(who)).outcome == "pending"
        case = (await self.residents.open_cases()).cases[-1]
        return f"{PATH}cases/{case.case_id}"

    async def people(self, citizen_id: str) -> list[str]:
        standing = Standing(Level.L3, self.world.now + timedelta(minutes=5))
        scopes = ("residents:people:read",)
        grant = await self.minter.mint(citizen_id, AUDIENCE, scopes, standing)
        return [p.name for p in (await self.residents.people(grant)).people]

    async def staff(
        self, *roles: Role, desks: tuple[str, ...] = ("市民課",), login: str | None = None
    ) -> httpx2.AsyncClient:
        http = httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=self.app), base_url="http://test"
        )
        await log_in_staff(http, login or await add_staff(self.app, *roles, desks=desks))
        http.headers["X-Form-Token"] = form_token(await http.get("/console/account"))
        return http

    async def said(self, citizen_id: str) -> list[str]:
        """Run the jobs that tell, and return what the citizen's talk is told."""
        jobs = make_job_app(self.world.settings)
        teller = TalkTeller(ContinueClient(self.internal))
        register(jobs, TELL_TALK, {self.world.settings.city: Worked(teller.tell)})
        async with jobs.open_async():
            await jobs.run_worker_async(
                queues=["jobs"], wait=False, install_signal_handlers=False, listen_notify=False
            )
        query = select(LineEvent).where(LineEvent.citizen_id == citizen_id)
        async with self.world.database.transaction() as session:
            rows = (await session.scalars(query.order_by(LineEvent.id))).all()
        return [m["text"] for row in rows for m in row.raw["continuation"]["messages"]]

    async def looks(self, citizen_id: str) -> list[tuple[str, str, str]]:
        async with self.world.database.transaction() as session:
            rows = await of_citizen(session, citizen_id)
        return [(row.action, row.actor.partition(" ")[0], row.reason) for row in reversed(rows)]


@pytest.fixture
async def city(world: World) -> AsyncIterator[City]:
    app = build_web(world.settings, world.clock)
    async with app.router.lifespan_context(app):
        city = City(app, world)
        yield city
        await city.internal.aclose()


@pytest.fixture
async def officer(city: City) -> httpx2.AsyncClient:
    return await city.staff(Role.operator)


async def test_a_citizen_in_doubt_is_known_once_an_officer_has_said_who_they_are(
    city: City, officer: httpx2.AsyncClient
) -> None:
    await city.world.load([person("1", "会津　春子"), person("2", "別府　夏子", 性別="男")])
    citizen = await city.citizen()
    path = await city.doubtful(citizen)
    assert await city.people(citizen) == []
    seen = await officer.post(path, data={"reason": WHY})
    assert all(words in seen.text for words in ("会津 花子", "会津　春子", "1985年5月5日"))
    assert "夏子" not in seen.text, "who shares nothing is not shown"
    typed = {"reason": WHY, "number": "１", "why": "婚姻の届出で確認"}
    checked = await officer.post(f"{path}/number", data=typed)
    assert (checked.status_code, "会津　春子" in checked.text) == (200, True)
    assert await city.people(citizen) == [], "nothing is decided yet"
    decided = await officer.post(f"{path}/decide", data=typed)
    assert decided.headers["location"] == f"{PATH}?done=matched"
    assert await city.people(citizen) == ["会津　春子"]
    assert "記録しました" in (await officer.get(f"{PATH}?done=matched")).text
    (said,) = await city.said(citizen)
    assert said.startswith("ご本人の確認ができました")
    assert not any(words in said for words in PERSONAL)
    assert await city.looks(citizen) == [
        ("residents:case:read", "市民課", WHY),
        ("residents:case:read", "市民課", "婚姻の届出で確認"),
        ("residents:case:decide", "市民課", "婚姻の届出で確認"),
    ]


async def test_nobody_fits_and_the_citizen_is_led_to_the_desk(
    city: City, officer: httpx2.AsyncClient
) -> None:
    citizen = await city.citizen()
    path = await city.doubtful(citizen)
    answer = await officer.post(f"{path}/decide", data={"reason": WHY, "nobody": "転入の届出前"})
    assert answer.headers["location"] == f"{PATH}?done=declined"
    (said,) = await city.said(citizen)
    assert "窓口でお手続きください" in said
    who = Identification(citizen_id=citizen, **CARD)
    assert (await city.residents.identify(who)).outcome == "refused"
    assert await city.looks(citizen) == [("residents:case:decide", "市民課", "転入の届出前")]
    async with city.world.database.transaction() as session:
        case = (await session.scalars(select(Case))).one()
    assert (case.state, case.items, case.decided_at) == ("declined", None, NOW)
    assert (case.decided_by or "").startswith("stf_")


async def test_the_list_tells_when_and_why_the_oldest_first_and_nothing_of_anybody(
    city: City,
) -> None:
    await city.world.load([person("1", "会津　花子"), person("2", "會津　花子")])
    await city.doubtful(await city.citizen("one"))
    city.world.now += timedelta(hours=5)
    await city.doubtful(await city.citizen("two"), name="会津 秋子")
    await city.doubtful(await city.citizen("three"), sex=None)
    text = (await (await city.staff(Role.operator)).get(PATH)).text
    rows = re.findall(r"\d+番：(.+?)</a>\s*<p class=\"hint\">(.+?)</p>", text)
    assert rows == [
        ("候補が複数", "2026年11月29日 12:00 受付・5時間待っています"),
        ("該当なし", "2026年11月29日 17:00 受付・0分待っています"),
        ("カードの情報が足りない", "2026年11月29日 17:00 受付・0分待っています"),
    ]
    main = text.partition("<main")[2]
    assert not any(words in main for words in (*PERSONAL, "秋子"))


@pytest.mark.parametrize("reason", ["", "   ", "あ" * 201, "番号は1234-5678-9018"])
async def test_nothing_opens_without_a_reason_that_may_be_kept(
    city: City, officer: httpx2.AsyncClient, reason: str
) -> None:
    citizen = await city.citizen()
    path = await city.doubtful(citizen)
    asked = await officer.get(path)
    refused = await officer.post(path, data={"reason": reason})
    assert (asked.status_code, refused.status_code) == (200, 422)
    for page in (asked, refused):
        assert not any(words in page.text.partition("<main")[2] for words in PERSONAL)
    undecided = await officer.post(f"{path}/decide", data={"reason": WHY, "nobody": reason})
    assert (undecided.status_code, "理由を、200文字以内で" in undecided.text) == (422, True)
    assert [action for action, *_ in await city.looks(citizen)] == ["residents:case:read"]
    assert len((await city.residents.open_cases()).cases) == 1


@pytest.mark.parametrize(
    ("number", "change"),
    [
        ("9", {}),
        ("", {}),
        ("1" * 41, {}),
        ("1234-5678-9018", {}),
        ("1", {"birthdate": date(1985, 5, 6)}),
        ("1", {"sex": "male"}),
        ("2", {}),
    ],
)
async def test_a_number_that_cannot_be_the_cards_decides_nothing(
    city: City, officer: httpx2.AsyncClient, number: str, change: dict[str, Any]
) -> None:
    await city.world.load(
        [person("1", "会津　春子"), person("2", "会津　花子", 異動日="2026-11-01")]
    )
    citizen = await city.citizen()
    path = await city.doubtful(citizen, **change)
    typed = {"reason": WHY, "number": number, "why": "端末で確認"}
    refused = await officer.post(f"{path}/number", data=typed)
    assert (refused.status_code, "その番号では決められません" in refused.text) == (422, True)
    if number:
        refused = await officer.post(f"{path}/decide", data=typed)
        assert refused.status_code == 422
    assert "residents:case:decide" not in {action for action, *_ in await city.looks(citizen)}
    assert await city.people(citizen) == []


async def test_two_officers_at_once_decide_one_time_and_the_other_is_told_kindly(
    city: City, officer: httpx2.AsyncClient
) -> None:
    await city.world.load([person("1", "会津　春子")])
    citizen = await city.citizen()
    path = await city.doubtful(citizen)
    other = await city.staff(Role.supervisor)
    yes = {"reason": WHY, "number": "1", "why": "端末で確認"}
    answers = await asyncio.gather(
        officer.post(f"{path}/decide", data=yes),
        other.post(f"{path}/decide", data={"reason": WHY, "nobody": "見つからない"}),
    )
    places = sorted(answer.headers["location"].partition("done=")[2] for answer in answers)
    assert places in (["matched", "over"], ["declined", "over"])
    late = await other.post(path, data={"reason": WHY})
    told = (await other.get(late.headers["location"])).text
    assert "ほかの職員が先に判断したか" in told
    assert "あなたの判断は記録していません" in told
    assert len(await city.said(citizen)) == 1
    assert (await city.people(citizen) == ["会津　春子"]) is ("matched" in places)


async def test_a_decision_about_an_older_card_does_not_reach_the_newer(
    city: City, officer: httpx2.AsyncClient
) -> None:
    citizen = await city.citizen()
    old = await city.doubtful(citizen)
    await city.doubtful(citizen, name="会津 華子")
    answer = await officer.post(f"{old}/decide", data={"reason": WHY, "nobody": "見つからない"})
    assert answer.headers["location"] == f"{PATH}?done=over"
    assert len((await city.residents.open_cases()).cases) == 1


async def test_whoever_stood_for_the_resident_until_now_hears_that_it_is_over(
    city: City, officer: httpx2.AsyncClient
) -> None:
    await city.world.load([person("1", "会津　花子")])
    before, after = await city.citizen("before"), await city.citizen("after")
    who = Identification(citizen_id=before, **CARD)
    assert (await city.residents.identify(who)).outcome == "matched"
    path = await city.doubtful(after)
    assert "いま別のLINEと結びついています" in (await officer.post(path, data={"reason": WHY})).text
    yes = {"reason": WHY, "number": "1", "why": "窓口でご本人に確認"}
    assert (await officer.post(f"{path}/decide", data=yes)).status_code == 303
    assert (await city.people(before), await city.people(after)) == ([], ["会津　花子"])
    assert "このトークでは、ご覧いただけなくなります" in (await city.said(before))[0]


async def test_who_may_not_see_it_is_answered_as_if_nothing_were_there(
    city: City, officer: httpx2.AsyncClient
) -> None:
    citizen = await city.citizen()
    path = await city.doubtful(citizen)
    strangers = await city.staff(Role.supervisor, desks=("税務課",))
    missing = await strangers.get(f"{PATH}cases/999999")
    assert missing.status_code == 404
    for there in (PATH, path, f"{PATH}cases/999999", f"{PATH}cases/花子"):
        answer = await strangers.get(there)
        assert (answer.status_code, answer.text) == (404, missing.text)
    for there in (path, f"{path}/number", f"{path}/decide"):
        answer = await strangers.post(there, data={"reason": WHY, "nobody": "なし"})
        assert (answer.status_code, answer.text) == (404, missing.text)
    personal_data = await city.staff(Role.administrator)
    assert {(await personal_data.get(there)).status_code for there in (PATH, path)} == {403}
    officer.headers.pop("X-Form-Token")
    forged = await officer.post(f"{path}/decide", data={"reason": WHY, "nobody": "なし"})
    assert forged.status_code == 403
    assert await city.looks(citizen) == []


async def test_the_console_leads_there_only_whoever_may(
    city: City, officer: httpx2.AsyncClient
) -> None:
    link = 'href="/console/residents/"'
    assert link in (await officer.get("/console/")).text
    for other in (
        await city.staff(Role.supervisor, desks=("税務課",)),
        await city.staff(Role.administrator),
    ):
        assert link not in (await other.get("/console/")).text


def test_an_age_is_told_in_the_unit_that_fits() -> None:
    ages = [timedelta(seconds=-5), timedelta(minutes=119), timedelta(hours=2), timedelta(days=2)]
    assert [age_in_words(age) for age in ages] == ["0分", "119分", "2時間", "2日"]
