"""Asking for what is new: Atom feeds of the agency, and a folder that another system fills.

A feed is asked conditionally; its ETag is kept only after every entry of the answer is: otherwise a
crash would lose them for ever behind a 304. No telegram is fetched twice.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import httpx2

from kit.clock import Clock
from kit.db import Database
from kit.errors import ConciergeError
from kit.logging import get_logger
from kit.settings import Settings
from services.disaster import repository
from services.disaster.intake import Intake
from services.disaster.models import DisasterFeed
from services.disaster.xml import MAX_BYTES, UnreadableError, read_xml

log = get_logger(__name__)

_AT_ONCE = 5
_DROP = "drop"


@dataclass(frozen=True)
class FeedEntry:
    """One entry: the telegram's address, which is its key, and when it came."""

    address: str
    updated: str


def read_feed(body: bytes, address: str) -> list[FeedEntry]:
    """Return the entries, oldest first. Raises UnreadableError for anything but an Atom feed."""
    root = read_xml(body)
    if root.name != "feed":
        raise UnreadableError("it is not an Atom feed")
    found = []
    for entry in root.named("entry"):
        link = entry.child("link")
        target = (link.attributes.get("href", "") if link else "") or entry.text("id")
        if target:
            found.append(FeedEntry(urljoin(address, target), entry.text("updated")))
    # Entries give UTC with Z throughout, so that the texts sort as the instants do.
    return sorted(found, key=lambda one: one.updated)


class Feeds:
    """The sources that are asked."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        intake: Intake,
        http: httpx2.AsyncClient,
    ) -> None:
        """`http` reaches the outside."""
        self._database = database
        self._clock = clock
        self._addresses = settings.disaster_feeds
        self._folder = settings.disaster_drop
        self._intake = intake
        self._http = http

    async def poll(self) -> None:
        """Ask every feed and look into the folder; what fails is noted, and asked again next."""
        for address in self._addresses:
            try:
                await self._poll(address)
            except (httpx2.HTTPError, UnreadableError, ConciergeError) as error:
                await self._note_trouble(address, error)
        if self._folder is not None:
            await self._look_into(self._folder)

    async def _poll(self, address: str) -> None:
        async with self._database.transaction() as session:
            kept = await session.get(DisasterFeed, address)
        headers = {}
        if kept is not None and kept.etag:
            headers["If-None-Match"] = kept.etag
        if kept is not None and kept.last_modified:
            headers["If-Modified-Since"] = kept.last_modified
        status, answered, body = await self._fetch(address, headers)
        if status == 200:
            await self._take_new(read_feed(body, address))
        elif status != 304:
            raise UnreadableError(f"the feed answered {status}")
        async with self._database.transaction() as session:
            validators: dict[str, str | None] = {
                "etag": answered.get("etag"),
                "last_modified": answered.get("last-modified"),
            }
            kept_now = validators if status == 200 else None
            await repository.note_heard(session, address, self._clock(), kept=kept_now)

    async def _take_new(self, entries: Sequence[FeedEntry]) -> None:
        async with self._database.transaction() as session:
            known = await repository.known_names(session, [one.address for one in entries])
        new = [one for one in entries if one.address not in known]
        for start in range(0, len(new), _AT_ONCE):
            some = new[start : start + _AT_ONCE]
            bodies = await asyncio.gather(*(self._fetch(one.address, {}) for one in some))
            for one, (status, _, body) in zip(some, bodies, strict=True):
                if status == 200:
                    await self._intake.receive("jma", body, one.address, heard="jma")
                elif status != 404:
                    raise UnreadableError(f"a telegram was answered with {status}")

    async def _fetch(
        self, address: str, headers: dict[str, str]
    ) -> tuple[int, httpx2.Headers, bytes]:
        body = bytearray()
        async with self._http.stream("GET", address, headers=headers) as response:
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > MAX_BYTES:
                    raise UnreadableError("the answer is too large")
        return response.status_code, response.headers, bytes(body)

    async def _look_into(self, folder: Path) -> None:
        if not await asyncio.to_thread(folder.is_dir):
            await self._note_trouble(_DROP, UnreadableError("the folder is not there"))
            return
        files = await asyncio.to_thread(lambda: sorted(folder.glob("*.xml")))
        async with self._database.transaction() as session:
            known = await repository.known_names(session, [file.name for file in files])
        for file in files:
            if file.name in known:
                continue
            try:
                body = await asyncio.to_thread(_read, file)
                await self._intake.receive("jma", body, file.name, heard=_DROP)
            except (OSError, ConciergeError) as error:
                await self._note_trouble(_DROP, error)

    async def _note_trouble(self, name: str, error: Exception) -> None:
        trouble = f"{type(error).__name__}: {error}"[:300]
        log.warning("disaster_feed_failed", feed=name, trouble=trouble)
        async with self._database.transaction() as session:
            await repository.note_heard(session, name, self._clock(), trouble=trouble)


def _read(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(MAX_BYTES + 1)
