"""The internal paths of preferences and announcements, through their own clients."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from bot.citizens import repository as citizen_rows
from bot.preferences.contract import Preferences, PreferencesClient
from concierge.app import build_web
from kit.db import Database
from kit.errors import InvalidInputError, NotFoundError, UnavailableError
from kit.http import internal_client
from kit.settings import Settings
from messages.announcements import AnnounceClient, Announcement, Segment
from messages.hazards import Hazard
from messages.languages import Language
from messages.neutral import Text
from messages.notifications import Outcome
from messages.topics import Topic

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
ANNOUNCEMENT = Announcement(
    key="snow:2026-11-24",
    segment=Segment(topics=(Topic.disaster,)),
    messages=(Text(text="大雪に注意してください。"),),
    expires_at=NOW + timedelta(hours=6),
)
WITHOUT_REDIS = {"redis_url": "redis://127.0.0.1:9/0"}


@pytest.fixture
async def http(
    settings: Settings, request: pytest.FixtureRequest
) -> AsyncIterator[httpx2.AsyncClient]:
    settings = settings.model_copy(update=getattr(request, "param", {}))
    app = build_web(settings, lambda: NOW)
    token = settings.internal_token.get_secret_value()
    async with (
        app.router.lifespan_context(app),
        internal_client("http://internal", token, app=app) as client,
    ):
        yield client


@pytest.fixture
async def citizen(database: Database) -> str:
    async with database.transaction() as session:
        user = "U" + "a" * 32
        return (await citizen_rows.ensure_citizens(session, {user}, NOW))[user]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "preferences/x"),
        ("PUT", "preferences/x"),
        ("POST", "preferences/x/link"),
        ("POST", "announcements"),
        ("GET", "announcements/x"),
        ("DELETE", "announcements/x"),
    ],
)
async def test_nobody_from_outside_may_call(
    http: httpx2.AsyncClient, method: str, path: str
) -> None:
    answer = await http.request(method, f"/line/{path}", headers={"Authorization": "Bearer x"})
    assert answer.status_code == 401


async def test_a_choice_is_kept_and_read_back(http: httpx2.AsyncClient, citizen: str) -> None:
    client = PreferencesClient(http)
    assert await client.get(citizen) == Preferences()
    chosen = Preferences(
        areas=("湊",),
        topics=(Topic.waste,),
        hazards=(Hazard.flood,),
        language=Language.vi,
        quiet=None,
    )
    await client.put(citizen, chosen)
    assert await client.get(citizen) == chosen
    await client.put(citizen, Preferences())
    assert await client.get(citizen) == Preferences()


async def test_an_unknown_citizen_has_no_preferences(http: httpx2.AsyncClient) -> None:
    client = PreferencesClient(http)
    for work in (client.get("ctz_x"), client.put("ctz_x", Preferences()), client.link("ctz_x")):
        with pytest.raises(NotFoundError):
            await work


@pytest.mark.parametrize(
    "change",
    [
        {"topics": ["nothing"]},
        {"quiet": {"start": 7, "end": 7}},
        {"quiet": {"start": 24, "end": 7}},
        {"areas": ["湊"] * 101},
        {"areas": [""]},
        {"more": 1},
    ],
)
async def test_a_choice_that_means_nothing_is_refused(
    http: httpx2.AsyncClient, citizen: str, change: dict[str, object]
) -> None:
    answer = await http.put(f"/line/preferences/{citizen}", json=change)
    assert answer.status_code == 422


async def test_an_announcement_is_taken_once_counted_and_stopped(
    http: httpx2.AsyncClient, citizen: str
) -> None:
    client = AnnounceClient(http)
    first = await client.announce(ANNOUNCEMENT)
    assert (first.outcome, first.status.audience) == (Outcome.queued, 1)
    again = await client.announce(ANNOUNCEMENT)
    assert (again.outcome, again.status) == (Outcome.already_queued, first.status)
    assert (await client.status(ANNOUNCEMENT.key)).recipients["pending"] == 1
    stopped = await client.stop(ANNOUNCEMENT.key)
    assert stopped.recipients == {
        "pending": 0,
        "sending": 0,
        "accepted": 0,
        "failed": 0,
        "dropped": 1,
    }
    assert stopped.stopped
    assert await client.status(ANNOUNCEMENT.key) == stopped


async def test_an_expired_announcement_is_refused(http: httpx2.AsyncClient) -> None:
    late = ANNOUNCEMENT.model_copy(update={"expires_at": NOW})
    with pytest.raises(InvalidInputError):
        await AnnounceClient(http).announce(late)


async def test_an_unknown_announcement_is_not_found(http: httpx2.AsyncClient) -> None:
    client = AnnounceClient(http)
    for work in (client.status("nothing"), client.stop("nothing")):
        with pytest.raises(NotFoundError):
            await work


@pytest.mark.parametrize("http", [WITHOUT_REDIS], indirect=True)
async def test_without_redis_there_is_no_link_and_a_kind_page(
    http: httpx2.AsyncClient, citizen: str
) -> None:
    with pytest.raises(UnavailableError):
        await PreferencesClient(http).link(citizen)
    page = await http.get("/my/settings", headers={"Cookie": "my_session=x"})
    assert page.status_code == 503
    assert "少し時間をおいて" in page.text
