"""Asking for what is new, against a server that counts: nothing is lost, nothing fetched twice."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kit.db import Database
from kit.settings import Settings
from services.disaster.feeds import Feeds, read_feed
from services.disaster.intake import Intake
from tests.emulators.serving import served
from tests.services.disaster.builder import JMA, at
from tests.services.disaster.test_pushes import landslide


class Agency:
    """A feed and its telegrams, with an ETag, and telegrams that may be away."""

    def __init__(self) -> None:
        self.url = ""
        self.names: list[str] = []
        self.asked: list[str] = []
        self.away: set[str] = set()

    @property
    def etag(self) -> str:
        return f'W/"{len(self.names)}"'

    async def feed(self, request: Request) -> Response:
        self.asked.append("feed")
        if request.headers.get("if-none-match") == self.etag:
            return Response(status_code=304)
        entries = "".join(
            f"<entry><id>{self.url}/data/{name}</id><updated>2026-07-28T08:0{n}:00Z</updated>"
            f'<link href="{self.url}/data/{name}"/></entry>'
            for n, name in enumerate(self.names)
        )
        body = f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'
        return Response(body, headers={"ETag": self.etag}, media_type="application/xml")

    async def telegram(self, request: Request) -> Response:
        name = request.path_params["name"]
        self.asked.append(name)
        if name in self.away:
            return Response(status_code=503)
        return Response(landslide(float(name), "09"), media_type="application/xml")


@pytest.fixture
def agency() -> Iterator[Agency]:
    agency = Agency()
    routes = [Route("/feed", agency.feed), Route("/data/{name}", agency.telegram)]
    with served(lambda _url: Starlette(routes=routes)) as url:
        agency.url = url
        yield agency


def feeds(database: Database, settings: Settings, http: Any, **known: Any) -> Feeds:
    settings = settings.model_copy(update=known)
    return Feeds(database, lambda: at(0), settings, Intake(database, lambda: at(0)), http)


async def names(database: Database) -> list[str]:
    from sqlalchemy import text

    async with database.transaction() as session:
        rows = await session.execute(text("SELECT name FROM disaster_message ORDER BY id"))
        return [str(row[0]).rpartition("/")[2] for row in rows]


async def test_a_feed_is_asked_conditionally_and_no_telegram_is_fetched_twice(
    agency: Agency, database: Database, settings: Settings
) -> None:
    async with httpx2.AsyncClient(trust_env=False) as http:
        source = feeds(database, settings, http, disaster_feeds=(f"{agency.url}/feed",))
        agency.names = ["1", "2"]
        await source.poll()
        await source.poll()
        agency.names.append("3")
        await source.poll()
    assert agency.asked == ["feed", "1", "2", "feed", "feed", "3"]
    assert await names(database) == ["1", "2", "3"]


async def test_a_telegram_that_is_away_is_not_lost_behind_the_feeds_etag(
    agency: Agency, database: Database, settings: Settings
) -> None:
    async with httpx2.AsyncClient(trust_env=False) as http:
        source = feeds(database, settings, http, disaster_feeds=(f"{agency.url}/feed",))
        agency.names, agency.away = ["1", "2"], {"2"}
        await source.poll()
        async with database.transaction() as session:
            from services.disaster.models import DisasterFeed

            noted = await session.get_one(DisasterFeed, f"{agency.url}/feed")
            assert (noted.etag, noted.heard_at) == (None, None)
            assert "503" in noted.trouble
        agency.away = set()
        await source.poll()
    assert await names(database) == ["1", "2"]


async def test_files_of_a_folder_are_taken_once_and_left_there(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "b.xml").write_bytes(landslide(0, "09"))
    (tmp_path / "a.xml").write_bytes(b"no telegram")
    async with httpx2.AsyncClient(trust_env=False) as http:
        source = feeds(database, settings, http, disaster_drop=tmp_path)
        await source.poll()
        await source.poll()
    assert await names(database) == ["b.xml"]
    assert (tmp_path / "b.xml").exists()


def test_the_agencys_real_feeds_are_read_in_the_order_of_time() -> None:
    for file in sorted((JMA / "feeds").glob("*.xml")):
        entries = read_feed(file.read_bytes(), "https://www.data.jma.go.jp/feed.xml")
        assert entries, file
        assert [one.updated for one in entries] == sorted(one.updated for one in entries)
        assert all(one.address.startswith("https://") for one in entries)
