"""Fetching a citizen's file from LINE as soon as it is announced, and keeping it by our own rules.

LINE keeps content for "a certain period" only, answers 202 while it prepares a video or audio, and
410 once the message is unsent (LINE Developers, "Get content"). The bytes are opaque to us.
"""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import timedelta

import httpx2
from prometheus_client import Counter

from bot.line.tokens import ChannelTokens
from bot.media import repository
from bot.media.models import Media
from bot.media.states import MEDIA_STATES
from kit.clock import Clock
from kit.db import Database
from kit.errors import UnavailableError
from kit.lifecycle import check_step
from kit.logging import get_logger
from kit.settings import Settings
from kit.vault import Vault

log = get_logger(__name__)

# LINE prepares a long video within minutes. What it has not given after a day it will not give.
GIVE_UP_AFTER = timedelta(days=1)
# A server that sends one byte at a time must not hold a worker.
LONGEST_FETCH_SECONDS = 120.0
_CONTENT_TYPE_CHARACTERS = 200

_fetched = Counter("line_media_total", "Files that citizens sent, by how they ended", ["outcome"])


@dataclass(frozen=True)
class Fetched:
    """How fetching ended; `content` only with the state `stored`."""

    state: str
    reason: str | None = None
    content: bytes = b""
    sha256: str | None = None
    content_type: str | None = None


class MediaFetcher:
    """Carries out the job `bot.fetch_media`."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        tokens: ChannelTokens,
        http: httpx2.AsyncClient,
    ) -> None:
        """`http` carries the base address of LINE's data API and follows no redirects."""
        self._database = database
        self._clock = clock
        self._most_bytes = settings.media_max_bytes
        self._retention = timedelta(days=settings.media_retention_days)
        self._vault = Vault(settings.master_keys, clock)
        self._tokens = tokens
        self._http = http

    async def fetch(self, media_id: int) -> None:
        """Fetch one file, unless that has been done or the citizen took it back.

        Raises UnavailableError when it should be tried again later.
        """
        async with self._database.statement() as session:
            media = await repository.load_media(session, media_id)
        if media is None or media.state != "waiting":
            return
        if self._clock() - media.created_at > GIVE_UP_AFTER:
            await self._finish(media_id, Fetched("failed", "LINE did not give it within a day"))
            return
        try:
            async with asyncio.timeout(LONGEST_FETCH_SECONDS):
                fetched = await self._fetch(media)
        except (httpx2.HTTPError, TimeoutError) as error:
            raise UnavailableError("LINE does not give the file yet.") from error
        await self._finish(media_id, fetched)

    async def _fetch(self, media: Media) -> Fetched:
        path = f"/v2/bot/message/{media.message_id}/content"
        headers = {"Authorization": f"Bearer {await self._tokens.fresh(media.channel)}"}
        async with self._http.stream("GET", path, headers=headers) as response:
            status = response.status_code
            if status == 200:
                return await self._read(response)
        if status == 202 and await self._is_being_prepared(path, headers):
            raise UnavailableError("LINE is still preparing the file.")
        if status == 202:
            return Fetched("failed", "LINE could not prepare it")
        if status == 401:
            self._tokens.forget(media.channel)
        if status in (401, 429) or status >= 500:
            raise UnavailableError("LINE does not give the file yet.", status=status)
        if status in (404, 410):
            return Fetched("gone", f"LINE answered {status}")
        return Fetched("failed", f"LINE answered {status}")

    async def _read(self, response: httpx2.Response) -> Fetched:
        """Read the body, but never more of it than may be stored."""
        announced = response.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > self._most_bytes:
            return Fetched("too_large", f"{announced} bytes")
        content = bytearray()
        digest = hashlib.sha256()
        async for chunk in response.aiter_bytes():
            if len(content) + len(chunk) > self._most_bytes:
                return Fetched("too_large", f"more than {self._most_bytes} bytes")
            content += chunk
            digest.update(chunk)
        kind = response.headers.get("content-type", "")[:_CONTENT_TYPE_CHARACTERS]
        return Fetched("stored", None, bytes(content), digest.hexdigest(), kind)

    async def _is_being_prepared(self, path: str, headers: dict[str, str]) -> bool:
        """Ask how far LINE is; whatever is not a clear failure counts as being prepared."""
        response = await self._http.get(f"{path}/transcoding", headers=headers)
        try:
            return bool(response.json()["status"] != "failed")
        except (ValueError, KeyError, TypeError):
            return True

    async def _finish(self, media_id: int, fetched: Fetched) -> None:
        """Write the outcome down, unless the citizen took the message back meanwhile."""
        now = self._clock()
        async with self._database.transaction() as session:
            media = await repository.load_media(session, media_id, lock=True)
            if media is None or media.state != "waiting":
                log.info("media_dropped", media_id=media_id)
                return
            media.state = check_step(MEDIA_STATES, media.state, fetched.state)
            media.reason = fetched.reason
            media.finished_at = now
            if fetched.state == "stored":
                media.sha256, media.size = fetched.sha256, len(fetched.content)
                media.content_type = fetched.content_type
                media.expires_at = now + self._retention
                await repository.insert_content(session, self._vault, media, fetched.content)
        _fetched.labels(fetched.state).inc()
        log.info("media_finished", media_id=media_id, state=fetched.state, reason=fetched.reason)
