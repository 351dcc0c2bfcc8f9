"""What citizens let skills from outside see: asked, given on our page, looked at, taken back."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import select, text

from identity.container import IdentityContainer
from identity.contract import ACCESS_PAGE
from identity.login.browser import form_token as browser_token
from identity.models import Access
from kit.clock import system_clock
from kit.db import Database
from kit.http import InternalClient
from kit.settings import Settings
from services.developers import signing
from services.developers.contract import PAGE
from services.developers.look_tokens import LIFE, PATH
from services.developers.sharing import Shared, age_group
from services.developers.skill_manifest import SkillManifest
from services.facilities.importer import import_city as import_places
from services.residents.contract import Identification
from services.residents.importer import import_demonstration
from services.residents.register import Register
from services.residents.service import ResidentsService
from services.waste.contract import AreaChange, WasteClient
from services.waste.importer import import_city as import_waste
from tests.services.developers.skill import Skill, serving
from tests.services.developers.world import (
    API,
    MANIFEST,
    World,
    import_small_faq,
    outcomes,
    reading,
    said,
)
from tests.services.nursery.applying import MAI

WORDS = "シェアサイクルの空き"
ME = "ctz_1"
SEES = {"level": "L1", "scopes": ["district"]}
SECOND = {"id": "second-skill", "title": "別の機能", "triggers": ["別の機能の言葉"]}


class Moving:
    """The clock of the machine, which can be put forward."""

    ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class OneOfStaff(World):
    """A city in which the same member of staff decides everything."""

    browser_of_staff: httpx2.AsyncClient | None = None

    async def staff(self) -> httpx2.AsyncClient:
        self.browser_of_staff = self.browser_of_staff or await super().staff()
        return self.browser_of_staff


@dataclass(frozen=True)
class Try:
    """A request of a skill's server, right in everything unless a test says otherwise."""

    world: World
    skill: Skill
    token: str
    citizen: str
    scope: str = "district"
    name: str = "bicycle-stations"
    secret: str = ""
    nonce: str = "a-new-nonce"
    at: datetime | None = None

    async def send(self) -> httpx2.Response:
        told = {"skill": self.name, "citizen": self.citizen, "scope": self.scope}
        body = json.dumps(told).encode()
        headers = signing.signed_headers(
            self.secret or self.skill.secret, self.nonce, body, self.at or datetime.now(UTC)
        )
        bearer = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        return await self.world.http.post(PATH, content=body, headers={**headers, **bearer})

    async def status(self) -> int:
        return (await self.send()).status_code

    def but(self, **changes: Any) -> "Try":
        return replace(self, **changes)


class Citizen:
    """Somebody with a browser in which LINE was verified."""

    def __init__(self, world: World) -> None:
        self.world, self.http = world, world.browser()

    async def log_in(self, *proofs: str) -> "Citizen":
        identity = self.world.app.state.container.get(IdentityContainer)
        _, session = await identity.sessions.start(ME, "")
        instants = dict.fromkeys(("line_at", *proofs), identity.clock())
        cookie, _ = await identity.sessions.renew(session.proven(**instants))
        self.http.cookies.set("identity", cookie)
        return self

    async def page(self) -> str:
        answer = await self.http.get(PAGE)
        assert answer.status_code == 200, answer.headers
        return answer.text

    async def does(self, do: str, *scopes: str, skill: str = "bicycle-stations") -> str:
        token = browser_token(self.http.cookies["identity"])
        fields = {"form_token": token, "skill": skill, "do": do, "scope": list(scopes)}
        answer = await self.http.post(PAGE, data=fields)
        assert answer.status_code == 303
        return answer.headers["location"]

    async def log(self) -> list[str]:
        database = self.world.app.state.container.get(Database)
        async with database.transaction() as session:
            rows = select(Access.action).where(Access.citizen_id == ME).order_by(Access.id)
            return list(await session.scalars(rows))


@pytest.fixture
def clock() -> Moving:
    return Moving()


@pytest.fixture
async def world(
    settings: Settings, database: Database, clock: Moving, tmp_path: Path
) -> AsyncIterator[World]:
    await import_places(database, settings.city_dir, system_clock)
    await import_waste(database, settings.city_dir, system_clock)
    await import_small_faq(database, settings, tmp_path)
    with reading({}) as rasa:
        world = OneOfStaff(settings.model_copy(update={"rasa_url": rasa}), clock)
        waste = WasteClient(world.app.state.container.get(InternalClient))
        await waste.save_area(ME, AreaChange(area="城西", key="k"))
        yield world
        await world.close()


@pytest.fixture
def skill() -> Iterator[Skill]:
    with serving() as skill:
        yield skill


async def live(world: World, skill: Skill, **changes: Any) -> str:
    key = await world.live(await world.staff(), skill, **SEES | changes)
    skill.heard.clear()
    return key


async def called(world: World, skill: Skill) -> Try:
    """Return the look to which a call of the citizen's gives the skill a right."""
    assert "提供" in (await said(world, WORDS))[0]["text"]
    told = skill.heard[-1].content
    return Try(world, skill, told["grant"]["token"], told["citizen"])


async def agreed(world: World, skill: Skill) -> tuple[Citizen, Try]:
    await live(world, skill)
    mai = await Citizen(world).log_in()
    assert (await mai.does("give", "district")).endswith("done=given")
    return mai, await called(world, skill)


async def test_a_skill_is_not_called_before_the_citizen_has_agreed_on_our_page(
    world: World, skill: Skill
) -> None:
    await live(world, skill)
    [invitation] = await said(world, WORDS)
    assert "デモ自転車の会" in invitation["text"]
    assert "/identity/start?t=" in invitation["choices"][0]["url"]
    assert skill.heard == []
    mai = await Citizen(world).log_in()
    page = await mai.page()
    assert "登録している、ごみの収集の地区" in page
    assert "保存しません。" in page
    assert "見せていません" not in page
    assert (await mai.does("decline")).endswith("done=declined")
    assert "見せますか" not in await mai.page()
    await said(world, WORDS)
    assert skill.heard == []


async def test_after_the_yes_the_talk_goes_on_by_itself_and_the_skill_sees_that_one_thing(
    world: World, skill: Skill
) -> None:
    await live(world, skill)
    await said(world, WORDS)
    mai = await Citizen(world).log_in()
    await mai.does("give", "district")
    async with world.app.state.container.get(Database).transaction() as session:
        told = await session.scalar(text("SELECT args FROM procrastinate_jobs"))
    assert told["continuation"]["payload"] == '/outside_skill{"skill": "bicycle-stations"}'
    look = await called(world, skill)
    answer = await look.send()
    assert answer.json() == {"scope": "district", "value": "城西", "sandbox": False}
    names = (signing.TIMESTAMP, signing.SIGNATURE)
    timestamp, given = (answer.headers[name] for name in names)
    now = datetime.now(UTC)
    assert signing.is_signed(skill.secret, timestamp, look.nonce, answer.content, given, now)
    assert all("ctz_" not in f"{h.headers}{h.body!r}" for h in skill.heard)


async def test_the_access_log_says_who_looked_at_what_and_the_page_ends_it(
    world: World, skill: Skill
) -> None:
    mai, look = await agreed(world, skill)
    await look.send()
    await mai.does("withdraw")
    assert await mai.log() == [
        "outside.given",
        "developers:district:read",
        "outside.read.district",
        "outside.withdrawn",
    ]
    page = (await mai.http.get(ACCESS_PAGE)).text
    who = "外部の機能「シェアサイクルの空き」（提供：デモ自転車の会）"
    for words in (who, "登録している、ごみの収集の地区を見た", "あなたの同意にもとづいて"):
        assert words in page
    assert "そのほかの操作" not in page


WRONG: tuple[dict[str, Any], ...] = (
    {"token": "cgt_made-up"},
    {"citizen": "sub_somebodyelse"},
    {"secret": "cwh_wrong"},
    {"at": datetime.now(UTC) - timedelta(hours=1)},
    {"name": "no-such-skill"},
)


async def test_a_look_that_is_wrong_in_one_thing_is_refused_and_says_not_in_which(
    world: World, skill: Skill
) -> None:
    mai, look = await agreed(world, skill)
    for change in WRONG:
        answer = await look.but(**change).send()
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "look_refused")
        assert "城西" not in answer.text
    assert "outside.read.district" not in await mai.log()
    assert await look.status() == 200


async def test_the_token_of_another_skill_opens_nothing(world: World, skill: Skill) -> None:
    _, look = await agreed(world, skill)
    with serving() as other:
        await live(world, other, **SECOND)
        for name in ("second-skill", "bicycle-stations"):
            assert await look.but(name=name, secret=other.secret).status() == 401
    assert await look.status() == 200


async def test_a_wider_scope_is_refused_and_so_is_a_second_look(world: World, skill: Skill) -> None:
    mai, look = await agreed(world, skill)
    assert await look.but(scope="age_group").status() == 403
    assert await look.but(scope="everything").status() == 422
    assert "outside.read.age_group" not in await mai.log()
    assert await look.status() == 200
    assert await look.status() == 401
    assert await look.but(nonce="another").status() == 401
    assert timedelta(minutes=2) >= LIFE


async def test_from_the_withdrawal_on_a_token_that_is_out_opens_nothing(
    world: World, skill: Skill
) -> None:
    mai, look = await agreed(world, skill)
    await mai.does("withdraw")
    assert await look.status() == 403
    [invitation] = await said(world, WORDS)
    assert "決めてください" in invitation["text"]
    assert "outside.read.district" not in await mai.log()


async def test_a_skill_that_staff_stopped_looks_at_nothing_any_more(
    world: World, skill: Skill
) -> None:
    _, look = await agreed(world, skill)
    staff = await world.staff()
    assert await world.console(staff, "skills/bicycle-stations", state="disabled") == 303
    assert await look.status() == 403


async def test_a_manifest_that_asks_for_more_is_asked_about_anew(
    world: World, skill: Skill
) -> None:
    key = await live(world, skill)
    mai = await Citizen(world).log_in("card_at")
    assert (await mai.does("give", "district", "age_group")).endswith("done=changed")
    await mai.does("give", "district")
    api = world.browser(Authorization=f"Bearer {key}")
    wider = {**MANIFEST, "url": skill.url, "level": "L3", "scopes": ["district", "age_group"]}
    assert (await api.post(f"{API}/skills", json=wider)).status_code == 201
    assert (await api.post(f"{API}/skills/bicycle-stations/check")).json()["state"] == "checked"
    await api.post(f"{API}/skills/bicycle-stations/state", json={"state": "sandbox"})
    staff = await world.staff()
    for state in ("approved", "live"):
        assert await world.console(staff, "skills/bicycle-stations", state=state) == 303
    skill.heard.clear()
    assert "決めてください" in (await said(world, WORDS))[0]["text"]
    assert skill.heard == []


async def test_who_has_not_read_the_card_is_led_to_it_first_and_no_birthday_leaves(
    world: World, skill: Skill
) -> None:
    part = world.app.state.container.get
    await import_demonstration(part(Register), world.settings.city_dir)
    card = Identification(citizen_id=ME, **MAI)
    identified = await part(ResidentsService).identifications.identify(card)
    assert identified.outcome == "matched"
    await live(world, skill, level="L3", scopes=["age_group"])
    with_line = await Citizen(world).log_in()
    assert (await with_line.does("give", "age_group")).startswith("/identity/step-up/card")
    assert await with_line.log() == []
    with_card = await Citizen(world).log_in("card_at")
    await with_card.does("give", "age_group")
    look = (await called(world, skill)).but(scope="age_group")
    assert (await look.send()).json()["value"] == "18-64"
    assert "1998" not in str([heard.body for heard in skill.heard])


async def test_whose_proof_is_over_is_asked_for_it_again_before_the_skill_is_called(
    world: World, skill: Skill, clock: Moving
) -> None:
    await agreed(world, skill)
    skill.heard.clear()
    clock.ahead = timedelta(hours=2)
    [asked] = await said(world, WORDS)
    assert "このLINEの持ち主だけ" in asked["text"]
    assert skill.heard == []


async def test_in_the_sandbox_a_skill_sees_an_example_and_no_citizen(
    world: World, skill: Skill
) -> None:
    key = await world.live(await world.staff(), skill, **SEES)
    api = world.browser(Authorization=f"Bearer {key}")
    await api.post(f"{API}/skills/bicycle-stations/tries", json={"slots": {}})
    told = skill.heard[-1].content
    look = Try(world, skill, told["grant"]["token"], told["citizen"])
    assert (await look.send()).json() == {"scope": "district", "value": "城西", "sandbox": True}
    assert (await outcomes(world))[-1] == "ok"


async def test_a_skill_without_scopes_gets_no_token(world: World, skill: Skill) -> None:
    await world.live(await world.staff(), skill)
    await said(world, WORDS)
    assert all("grant" not in heard.content for heard in skill.heard)


@pytest.mark.parametrize(
    "wrong",
    [
        {"level": "L1"},
        {"scopes": ["district"]},
        {"level": "L1", "scopes": ["age_group"]},
        {"level": "L3-fresh", "scopes": ["district"]},
        {"level": "L1", "scopes": ["district", "district"]},
        {"level": "L1", "scopes": ["name"]},
    ],
)
def test_level_and_scopes_of_a_manifest_fit_each_other(wrong: dict[str, Any]) -> None:
    told = {**MANIFEST, "url": "https://skill.example.jp/answer"}
    assert SkillManifest.model_validate({**told, "level": "L2", "scopes": ["district"]}).scopes == (
        Shared.district,
    )
    with pytest.raises(ValueError, match=r"level|scopes"):
        SkillManifest.model_validate({**told, **wrong})


def test_an_age_group_ends_on_the_birthday() -> None:
    today = datetime(2026, 12, 1, tzinfo=UTC).date()
    born = {
        "0-17": today.replace(year=2008, day=2),
        "18-64": today.replace(year=2008),
        "65-": today.replace(year=1961),
    }
    assert {name: age_group(day, today) for name, day in born.items()} == {n: n for n in born}
