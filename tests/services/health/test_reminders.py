"""VAX-14: reminders for the right child at the right time, and none when there is nothing to do."""

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from auth.citizens import CitizenClient
from identity.account import consents
from kit.clock import system_clock
from kit.db import Database
from kit.http import InternalClient, internal_client
from kit.settings import Settings
from messages.languages import Language
from messages.neutral import OpenLink, Text
from messages.notifications import Notification, NotifyClient
from services.health.forecast import next_lines
from services.health.jobs import REMIND
from services.health.parsing import parse_child
from services.health.personal_data import HealthPersonalData
from services.health.reminders import stages
from services.health.reminding import Reminding
from services.health.scopes import CONSENT
from services.health.service import HealthService, Records
from services.residents.contract import ResidentsClient
from tests.identity.support import Clock
from tests.services.health.fhir.test_exchange import DOSE, Clinic
from tests.services.health.records import doses
from tests.services.health.visitor import Visitor, visiting
from tests.services.waste.test_reminders import FakeBot


def told(on: str, *given: str, vaccine: str = "BCG") -> set[str]:
    child = parse_child({"birth_date": "2026-01-15", "sex": "female", "given": doses(*given)})
    found = stages(next_lines(child, date.fromisoformat(on)), date.fromisoformat(on))
    return {one for one in found if one.startswith(vaccine)}


@pytest.mark.parametrize(
    ("on", "stage"),
    [
        # BCG: five to eight months are 2026-06-14 to 2026-09-14, and it ends on 2027-01-14.
        ("2026-05-30", ""),
        ("2026-05-31", "coming"),
        ("2026-09-14", "coming"),
        ("2026-09-15", "coming overdue"),
        ("2026-12-14", "coming overdue"),
        ("2026-12-15", "coming overdue ending"),
        ("2027-01-15", ""),
    ],
)
def test_a_dose_is_told_of_from_two_weeks_before_to_its_last_day(on: str, stage: str) -> None:
    assert told(on) == {f"BCG 1 {word}" for word in stage.split()}


def test_nothing_is_told_of_a_course_that_is_complete_or_not_meant_for_the_child() -> None:
    assert told("2026-09-15", "BCG 2026-06-20") == set()
    assert told("2026-04-01", "Rota1v 2026-03-16", vaccine="Rota5v") == set()


def test_reminders_go_out_in_the_morning_and_at_no_other_time() -> None:
    assert REMIND.cron == "0 1 * * *"


class Mother:
    """A mother with the page, the worker of the day, and a bot that keeps what it is given."""

    def __init__(self, visitor: Visitor, settings: Settings) -> None:
        self.visitor, self.bot = visitor, FakeBot()
        container = visitor.app.state.container
        self.database = container.get(Database)
        self.job = Reminding(
            container.get(Records),
            container.get(HealthService),
            container.get(ResidentsClient),
            CitizenClient(container.get(InternalClient)),
            NotifyClient(internal_client("http://bot", "token", app=self.bot.app())),
            settings,
        )

    async def asks(self, child: str, do: str) -> str:
        path = f"/my/health/vaccinations?child={child}"
        form = await self.visitor.form(path) | {"do": do}
        sent = await self.visitor.http.post("/my/health/vaccinations", data=form)
        return (await self.visitor.get(sent.headers["location"])).text

    async def morning(self) -> list[Notification]:
        """Let the worker run; return what it gave to the bot."""
        before = set(self.bot.delivered)
        await self.job.remind()
        return [given for key, given in self.bot.delivered.items() if key not in before]

    async def forget_what_was_told(self) -> None:
        await self.run("DELETE FROM health_reminded")

    async def run(self, sql: str, **values: object) -> None:
        async with self.database.transaction() as session:
            await session.execute(text(sql), values)


@pytest.fixture
async def mother(settings: Settings) -> AsyncIterator[Mother]:
    async with visiting(settings, Clock()) as visitor:
        visitor.clock.now = system_clock().replace(year=2026, month=12, day=1, hour=1)
        await visitor.becomes()
        await visitor.agrees()
        await visitor.log_in("card_at")
        yield Mother(visitor, settings)


async def test_a_guardian_who_wants_it_is_told_once_without_a_name_or_a_vaccine(
    mother: Mother,
) -> None:
    _, yui = await mother.visitor.children()
    assert await mother.morning() == []
    assert "お知らせをやめる" in await mother.asks(yui, "remind")
    [given] = await mother.morning()
    assert given.citizen_id == mother.visitor.citizen
    assert given.expires_at - mother.visitor.clock() <= timedelta(hours=10)  # before nine at night
    for language in ("ja", *given.in_languages):
        messages = given.messages if language == "ja" else given.in_languages[Language(language)]
        [said] = messages
        assert isinstance(said, Text)
        assert not [word for word in ("結衣", "水ぼうそう", "水痘", yui) if word in str(said)]
        [link] = said.choices
        assert isinstance(link, OpenLink)
        assert link.url.endswith("/my/health/vaccinations")
    assert "health:reminder:write" in await mother.visitor.looks()
    # The same day, and the day after: it has been told.
    mother.visitor.clock.forward(days=1)
    assert await mother.morning() == []
    data = mother.visitor.app.state.container.get(HealthPersonalData)
    [row] = (await data.export(mother.visitor.citizen))["reminders"]
    assert row["person_id"] == yui
    await mother.forget_what_was_told()
    await data.erase(mother.visitor.citizen)
    assert await mother.morning() == []


async def test_nobody_is_told_after_moving_away_or_death_or_without_consent(
    mother: Mother, settings: Settings
) -> None:
    _, yui = await mother.visitor.children()
    await mother.asks(yui, "remind")
    moved = "UPDATE residents_resident SET ended_on = :day WHERE id = :child"
    await mother.run(moved, day=date(2026, 12, 1), child=yui)
    assert await mother.morning() == []
    await mother.run(moved, day=None, child=yui)
    async with mother.visitor.identity.database.transaction() as session:
        await consents.withdraw(session, mother.visitor.citizen, CONSENT, mother.visitor.clock())
    assert await mother.morning() == []
    await mother.visitor.agrees()
    assert len(await mother.morning()) == 1

    # Completed: the varicella course of 結衣 is the only thing that was due.
    await mother.forget_what_was_told()
    mother.visitor.clock.forward(days=1)
    clinic = Clinic(mother.visitor, settings)
    clinic.yui = yui.replace("_", "-")
    assert (await clinic.post("/", clinic.bundle(DOSE))).status_code == 200
    assert await mother.morning() == []


async def test_who_stops_is_told_no_more(mother: Mother) -> None:
    _, yui = await mother.visitor.children()
    await mother.asks(yui, "remind")
    assert "LINEで知らせてもらう" in await mother.asks(yui, "stop")
    assert await mother.morning() == []
