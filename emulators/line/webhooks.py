"""Sending webhooks: signed, within two seconds, in order per person, again when refused."""

import asyncio
import base64
import hashlib
import hmac
import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import httpx2

from emulators.json_text import to_bytes
from emulators.line import events as line_events
from emulators.line.errors import Json
from emulators.line.faults import Faults
from emulators.line.journal import Journal, Stats
from emulators.line.options import Channel, Options
from emulators.line.reply_tokens import ReplyTokens
from kit.http import certificates

USER_AGENT = "LineBotWebhook/2.0"
# The spelling may change without notice, so it does: bots must not depend on it.
_SIGNATURE_SPELLINGS = ("x-line-signature", "X-Line-Signature", "X-LINE-Signature")
_LONGEST_PAUSE_SECONDS = 10.0
# Long enough for events of several people to meet, short enough for nobody to notice.
_GATHER_SECONDS = 0.05
_EVERYBODY = "*"
_UNKNOWN = {"unknownProperty": {"sent": "by the emulator"}}


@dataclass(frozen=True)
class Outcome:
    """How one attempt ended; `reason` is one of LINE's own words (OK, REQUEST_TIMEOUT, …)."""

    reason: str
    status: int = 0
    detail: str = ""
    milliseconds: float = 0.0


def sign(secret: str, raw: bytes) -> str:
    """Return the value of `x-line-signature` for exactly these bytes."""
    return base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()


def encode(destination: str, events: list[Json]) -> bytes:
    """Return the body of one webhook call."""
    body = {"destination": destination, "events": events}
    return to_bytes(body)


def surprising(event: Json) -> Json:
    """Return the event as a later version of LINE may send it: new properties, another order."""
    found = {
        name: {**value, **_UNKNOWN} if isinstance(value, dict) else value
        for name, value in reversed(event.items())
    }
    return {**_UNKNOWN, **found}


class Webhooks:
    """The queue of events on their way to the bot."""

    def __init__(
        self,
        channel: Channel,
        options: Options,
        faults: Faults,
        journal: Journal,
        replies: ReplyTokens,
        now: Callable[[], datetime],
    ) -> None:
        self.stats = Stats()
        self._channel = channel
        self._options = options
        self._faults = faults
        self._journal = journal
        self._replies = replies
        self._now = now
        self._lanes: dict[str, deque[Json]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._http: httpx2.AsyncClient | None = None

    @property
    def pending(self) -> int:
        """How many events wait for their first or a further delivery."""
        return sum(len(lane) for lane in self._lanes.values())

    def put(self, event: Json) -> None:
        """Queue one event; returns at once. With webhooks switched off it is dropped."""
        if not self._options.webhook_active:
            return
        self.stats.webhooks["events"] += 1
        lane_name = self._lane_of(event)
        lane = self._lanes.get(lane_name)
        if lane is not None:
            lane.append(event)
            return
        self._lanes[lane_name] = deque([event])
        task = asyncio.create_task(self._drain(lane_name))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _lane_of(self, event: Json) -> str:
        if self._options.batch_size > 1 or self._options.shuffle:
            return _EVERYBODY
        if not self._options.ordered:
            return str(event["webhookEventId"])
        return (*line_events.chats_of(event), "")[0]

    async def idle(self, seconds: float) -> int:
        """Wait until nothing is under way, or the time is over; returns what is pending then."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        return self.pending

    async def send(
        self,
        raw: bytes,
        users: tuple[str, ...],
        *,
        signature: str | None = None,
        url: str = "",
    ) -> Outcome:
        """Make one attempt with these bytes, note it in the journal, and say how it ended."""
        url = url or self._options.webhook_url
        if not url:
            return Outcome("COULD_NOT_CONNECT", detail="no webhook URL is set")
        signature = sign(self._channel.secret, raw) if signature is None else signature
        spelling = random.choice(_SIGNATURE_SPELLINGS)  # noqa: S311  no secret hangs on it
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": USER_AGENT,
            spelling: signature,
        }
        started = time.perf_counter()
        outcome = await self._attempt(url, raw, headers, started)
        self._journal.add(
            "webhook",
            self._now().isoformat(),
            users,
            path=url,
            status=outcome.status,
            reason=outcome.reason,
            detail=outcome.detail,
            duration_ms=round(outcome.milliseconds, 1),
            signature=signature,
            request=raw,
        )
        return outcome

    async def clear(self) -> None:
        """Drop everything that is under way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._lanes.clear()
        self.stats = Stats()

    async def close(self) -> None:
        """Drop everything and close the connections."""
        await self.clear()
        if self._http is not None:
            await self._http.aclose()

    async def _drain(self, lane_name: str) -> None:
        lane = self._lanes[lane_name]
        while lane:
            if lane_name == _EVERYBODY:
                await asyncio.sleep(_GATHER_SECONDS)
                if self._options.shuffle:
                    random.shuffle(lane)
            # Events stay in the lane while they are under way: `pending` counts them.
            size = min(len(lane), max(1, self._options.batch_size))
            await self._deliver([lane[index] for index in range(size)])
            for _ in range(size):
                lane.popleft()
        del self._lanes[lane_name]

    async def _deliver(self, batch: list[Json]) -> None:
        pause = self._options.redelivery_interval_seconds
        tries = 1 + (self._options.redelivery_attempts if self._options.redelivery else 0)
        for number in range(tries):
            if number:
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
                again = {"deliveryContext": {"isRedelivery": True}}
                batch = [event | again for event in batch]
                self.stats.webhooks["redelivered"] += len(batch)
            if await self._send_batch(batch):
                return
        self.stats.webhooks["given_up"] += len(batch)

    async def _send_batch(self, batch: list[Json]) -> bool:
        lost, repeats = self._faults.on_webhook()
        for event in batch:
            self._replies.delivered(event.get("replyToken", ""), self._now())
        raw = self._encoded(batch)
        users = tuple(dict.fromkeys(c for e in batch for c in line_events.chats_of(e)))
        self.stats.webhooks["sent"] += 1
        if lost:
            self.stats.faults["webhook_lost"] += 1
            self.stats.webhooks["failed"] += 1
            return False
        outcome = await self.send(raw, users)
        for _ in range(repeats):
            self.stats.faults["webhook_repeat"] += 1
            await self.send(raw, users)
        if outcome.reason == "OK":
            self.stats.acknowledged(outcome.milliseconds)
            return True
        self.stats.webhooks["failed"] += 1
        return False

    def _encoded(self, batch: list[Json]) -> bytes:
        if self._options.unknown_properties:
            batch = [surprising(event) for event in batch]
        return encode(self._channel.bot_user_id, batch)

    async def _attempt(
        self, url: str, raw: bytes, headers: dict[str, str], started: float
    ) -> Outcome:
        limit = self._options.webhook_timeout_seconds
        status, reason, detail = 0, "OK", ""
        try:
            async with asyncio.timeout(limit):
                response = await self._client().post(url, content=raw, headers=headers)
            status = response.status_code
            if not response.is_success:
                reason, detail = "ERROR_STATUS_CODE", str(status)
        except (TimeoutError, httpx2.TimeoutException):
            reason, detail = "REQUEST_TIMEOUT", f"no answer within {limit:g} s"
        except httpx2.ConnectError as error:
            reason, detail = "COULD_NOT_CONNECT", str(error) or "Connection failed"
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            reason, detail = "UNCLASSIFIED", str(error) or type(error).__name__
        return Outcome(reason, status, detail, (time.perf_counter() - started) * 1000)

    def _client(self) -> httpx2.AsyncClient:
        if self._http is None:
            # The pool looks at every idle connection on every call, so it keeps few.
            limits = httpx2.Limits(max_connections=100, max_keepalive_connections=8)
            self._http = httpx2.AsyncClient(
                limits=limits,
                timeout=None,
                verify=certificates(),
                trust_env=False,
                follow_redirects=False,
            )
        return self._http
