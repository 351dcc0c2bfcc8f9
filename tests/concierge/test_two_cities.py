"""Two cities in one installation: nothing of the one reaches the other."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import text

from auth.levels import Level, Standing
from auth.permissions import Role
from concierge.app import build_web
from concierge.database import migrate
from identity.audit.log import AuditEntry, first_fault, record
from identity.container import IdentityContainer
from identity.login.one_time_links import LoginRequest
from kit.container import Container
from kit.http import CITY_HEADER
from kit.settings import Settings
from services.faq import importer as faq
from services.waste import importer as waste
from tests.concierge.two_cities import (
    CITY_NAMES,
    FURTHER,
    HOSTS,
    MARK,
    NEW,
    OLD,
    Outside,
    Pair,
    city_name,
    make_folders,
    two_cities,
)
from tests.conftest import Servers
from tests.databases import Databases
from tests.emulators.serving import served
from tests.support import add_staff, log_in_staff

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
BOTH = (OLD, NEW)


def other(city: str) -> str:
    return NEW if city == OLD else OLD


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_folders(tmp_path_factory.mktemp("cities"))


@pytest.fixture(scope="module")
def two(servers: Servers, databases: Databases, folder: Path) -> Iterator[Settings]:
    """An installation of two cities, with a schema each; its database is dropped afterwards."""
    leased = databases.lease()
    single = Settings(
        environment="test",
        database_url=servers.postgres_url.replace(f"/{servers.template}?", f"/{leased.name}?"),
        redis_url=servers.redis_url,
        password_hash_kib=8,
        password_hash_passes=1,
    )
    settings = two_cities(single, folder)
    migrate(settings)
    yield settings
    databases.give_back(leased)


@pytest.fixture
async def pair(two: Settings, folder: Path) -> AsyncIterator[Pair]:
    outside = Outside()
    async with AsyncExitStack() as stack:
        url = stack.enter_context(served(lambda _url: outside.app()))
        wire = {"line_api_base": url, "line_data_base": url, "rasa_url": url}
        settings = two_cities(two, folder, **wire)
        apps = {one.city: build_web(one, lambda: NOW) for one in settings.cities}
        for app in apps.values():
            await stack.enter_async_context(app.router.lifespan_context(app))
        pair = Pair(settings, apps, outside)
        yield pair
        for city in BOTH:
            await _empty(pair, city)


async def _empty(pair: Pair, city: str) -> None:
    async with pair.database(city).transaction() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        for table in ("bot_citizen", "bot_line_event", "bot_outbound", "public.procrastinate_jobs"):
            await session.execute(text(f"DELETE FROM {table}"))  # noqa: S608


def test_the_cities_of_an_installation_are_told_apart_by_what_is_theirs(
    two: Settings, folder: Path
) -> None:
    assert [one.home.schema for one in two.cities] == [f"city_{city}" for city in BOTH]
    assert [city_name(folder, one.city) for one in two.cities] == list(CITY_NAMES.values())


@pytest.mark.parametrize("name", ["line_channel_secret", "line_channel_id", "public_base_url"])
def test_cities_that_would_share_a_channel_or_an_address_are_refused(
    two: Settings, name: str
) -> None:
    own = two.model_dump()
    without = {key: value for key, value in FURTHER.items() if key != name}
    with pytest.raises(ValidationError, match=name):
        Settings.model_validate(own | {"more_cities": (without,)})
    with pytest.raises(ValidationError, match=name.upper()):
        Settings.model_validate(own | {"more_cities": (FURTHER | {name: own[name]},)})


@pytest.mark.parametrize("city", BOTH)
async def test_a_webhook_is_taken_with_the_own_secret_and_kept_in_the_own_schema(
    pair: Pair, city: str
) -> None:
    assert await pair.webhook(city, "こんにちは", secret_of=other(city)) == 401
    assert await pair.webhook(city, "こんにちは", secret_of=city) == 200
    named = {CITY_HEADER: other(city)}
    assert await pair.webhook(city, "こんにちは", secret_of=city, **named) == 401
    for table in ("bot_citizen", "bot_line_event"):
        assert await pair.rows(city, table) == [(1,)]
        assert await pair.rows(other(city), table) == [(0,)]


async def test_one_worker_answers_each_by_the_own_channel_and_says_to_rasa_whose_it_is(
    pair: Pair,
) -> None:
    for city in BOTH:
        assert await pair.webhook(city, f"{city}です", secret_of=city) == 200
    assert await _cities_of_jobs(pair) == set(BOTH)
    await pair.work()
    assert {turn["text"]: turn["metadata"]["city"] for turn in pair.outside.turns} == {
        f"{city}です": city for city in BOTH
    }
    assert len({turn["sender"] for turn in pair.outside.turns}) == 2
    said = {
        token: [message["text"] for message in body["messages"]]
        for token, body in pair.outside.sent
    }
    assert said == {_token(pair, city): [city] for city in BOTH}
    for city in BOTH:
        assert await pair.rows(city, "bot_outbound", "state") == [("accepted",)]


def _token(pair: Pair, city: str) -> str:
    settings = pair.settings[city]
    return f"{settings.line_channel_id}/{settings.line_channel_secret.get_secret_value()}"


async def _cities_of_jobs(pair: Pair) -> set[str]:
    async with pair.database(OLD).statement() as session:
        found = await session.scalars(text("SELECT args ->> 'city' FROM procrastinate_jobs"))
        return {str(city) for city in found}


async def test_an_internal_caller_s_token_opens_the_own_city_only(pair: Pair) -> None:
    for city in BOTH:
        async with pair.insider(city) as http:
            assert (await http.get("/services/waste/subscriptions/ctz_1")).status_code == 200
        async with pair.insider(city, token_of=other(city)) as http:
            assert (await http.get("/services/waste/subscriptions/ctz_1")).status_code == 401


async def test_waste_days_and_faq_are_the_own_city_s_also_when_both_were_asked_before(
    pair: Pair, folder: Path
) -> None:
    for city in BOTH:
        database = pair.database(city)
        for load in (waste.import_city, faq.import_city):
            (await load(database, folder / city, lambda: NOW)).raise_if_bad()
    before = {city: await _answers(pair, city) for city in BOTH}
    assert [MARK in before[city][1] for city in BOTH] == [False, True]
    assert before[OLD][0] != before[NEW][0]
    # Caches are warm now; new data of one city changes nothing of the other.
    days = folder / NEW / "waste" / "area_days.csv"
    days.write_text(days.read_text("utf-8").replace("火 金", "月 金"), "utf-8")
    (await waste.import_city(pair.database(NEW), folder / NEW, lambda: NOW)).raise_if_bad()
    after = {city: await _answers(pair, city) for city in BOTH}
    assert after[OLD] == before[OLD]
    assert after[NEW][0] not in (before[NEW][0], before[OLD][0])


async def _answers(pair: Pair, city: str) -> tuple[Any, str]:
    """What a city says of one district's days, and where its city hall is."""
    async with pair.insider(city) as http:
        asked = {"area": "鶴城", "first": "2026-11-24", "last": "2026-12-08"}
        days = (await http.get("/services/waste/schedule", params=asked)).raise_for_status()
        found = await http.post("/services/faq/search", json={"text": "市役所の住所は", "top": 20})
        return days.json(), found.raise_for_status().text


@pytest.mark.parametrize("city", BOTH)
async def test_actions_speak_for_the_city_that_the_turn_came_from(pair: Pair, city: str) -> None:
    tracker: dict[str, Any] = {
        "sender_id": "ctz_1",
        "slots": {},
        "latest_message": {"text": "/greet", "intent": {"name": "greet"}, "entities": []},
        "events": [],
        "paused": False,
        "active_loop": {},
        "latest_action_name": "action_listen",
    }
    call = {"next_action": "action_talk", "sender_id": "ctz_1", "tracker": tracker, "domain": {}}
    async with pair.insider(city) as http:
        said = (await http.post("/actions/webhook", json=call)).raise_for_status().text
    assert CITY_NAMES[city] in said
    assert CITY_NAMES[other(city)] not in said


@pytest.mark.parametrize("city", BOTH)
async def test_a_link_to_the_settings_page_opens_it_in_the_own_city_only(
    pair: Pair, city: str
) -> None:
    assert await pair.webhook(city, "設定", secret_of=city) == 200
    [(citizen,)] = await pair.rows(city, "bot_citizen", "id")
    async with pair.insider(city) as http:
        made = await http.post(f"/line/preferences/{citizen}/link")
    url = str(made.raise_for_status().json()["url"])
    assert url.startswith(f"http://{HOSTS[city]}/")
    path = url.removeprefix(f"http://{HOSTS[city]}")
    async with pair.visitor(other(city)) as stranger, pair.visitor(city) as own:
        clean, _, token = path.partition("?t=")
        assert (await stranger.get(path)).is_client_error
        await stranger.post(f"{clean}/open", data={"t": token})
        assert not stranger.cookies
        await own.post(f"{clean}/open", data={"t": token})
        assert own.cookies
        for name, value in own.cookies.items():
            stranger.cookies.set(name, value)
        assert (await own.get(clean)).status_code == 200
        assert (await stranger.get(clean)).is_client_error


@pytest.mark.parametrize("city", BOTH)
async def test_a_member_of_staff_is_inside_in_the_own_city_only(pair: Pair, city: str) -> None:
    login = await add_staff(pair.apps[city], Role.supervisor)
    async with pair.visitor(city) as own, pair.visitor(other(city)) as stranger:
        assert (await log_in_staff(stranger, login)).status_code == 401
        assert (await log_in_staff(own, login)).status_code == 303
        assert (await own.get("/console/")).status_code == 200
        for name, value in own.cookies.items():
            stranger.cookies.set(name, value)
        assert (await stranger.get("/console/")).status_code in (302, 303, 401)
    async with pair.database(city).transaction() as session:
        await session.execute(text("DELETE FROM identity_staff"))


@pytest.mark.parametrize("city", BOTH)
async def test_a_one_time_link_is_worth_nothing_in_the_other_city(pair: Pair, city: str) -> None:
    identity = pair.container(city).get(IdentityContainer)
    async with identity.database.transaction() as session:
        token = await identity.one_time_links.issue(session, LoginRequest("ctz_1", "my-id"))
    async with pair.visitor(city) as own, pair.visitor(other(city)) as stranger:
        assert (await stranger.get(f"/identity/start?t={token}")).status_code == 404
        assert (await own.get(f"/identity/start?t={token}")).status_code == 200


@pytest.mark.parametrize("city", BOTH)
async def test_a_grant_opens_records_of_the_own_city_only(pair: Pair, city: str) -> None:
    grant = await _grant(pair.container(city))
    path, headers = "/services/residents/people/res_1/contact", {"Authorization": f"Bearer {grant}"}
    async with pair.visitor(city) as own, pair.visitor(other(city)) as stranger:
        assert (await own.get(path, headers=headers)).status_code in (403, 404)
        assert (await stranger.get(path, headers=headers)).status_code == 401


async def _grant(container: Container) -> str:
    minter = container.get(IdentityContainer).minter
    standing = Standing(Level.L3, NOW + timedelta(minutes=5))
    return await minter.mint("ctz_1", "services/residents", ["residents:contact:read"], standing)


async def test_the_chain_of_the_access_log_is_each_city_s_own(pair: Pair) -> None:
    for number in range(4):
        database = pair.database(BOTH[number % 2])
        async with database.transaction() as session:
            await record(session, AuditEntry(f"ctz_{number}", "export"), NOW)
    for city in BOTH:
        async with pair.database(city).transaction() as session:
            assert await first_fault(session, NOW) is None
        assert await pair.rows(city, "identity_access") == [(2,)]
