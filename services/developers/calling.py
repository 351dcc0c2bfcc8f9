"""One call of a skill over the network, shielded: bounded time, size and trust."""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import httpx2

from kit.clock import Clock
from kit.http import certificates
from kit.logging import get_logger
from messages.neutral import Message
from services.developers import signing
from services.developers.addresses import AddressRefusedError, Resolve, resolve, target_of
from services.developers.answers import BadAnswerError, read_answer
from services.developers.rules import CALL_SECONDS, MOST_BYTES, Outcome
from services.developers.skill_manifest import SkillManifest

log = get_logger(__name__)


@dataclass(frozen=True)
class Called:
    """How a call ended. `why` is for its developer and repeats nothing of the answer."""

    outcome: Outcome
    messages: tuple[Message, ...] = ()
    status: int | None = None
    milliseconds: int = 0
    size: int = 0
    why: str = ""


class _FailedError(Exception):
    def __init__(self, outcome: Outcome, why: str, status: int | None = None, size: int = 0):
        super().__init__(why)
        self.called = Called(outcome, status=status, why=why, size=size)


@dataclass(frozen=True)
class Call:
    """What a skill is told: the declared slots, and somebody whom nobody else knows by that name.

    `tampered` signs with another secret, to see that the skill refuses it.
    """

    citizen: str
    slots: Mapping[str, str]
    sandbox: bool
    tampered: bool = False
    grant: Mapping[str, Any] | None = None
    """By which the skill may look at what the citizen lets it see (`looking.LookTokens`)."""


class Caller:
    """Calls skills. It follows no redirect, keeps no cookie and reads no proxy settings."""

    def __init__(
        self,
        clock: Clock,
        *,
        loopback: bool,
        resolve: Resolve = resolve,
        new_nonce: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        """`loopback`: whether skills on this machine may be called."""
        self._clock = clock
        self._loopback = loopback
        self._resolve = resolve
        self._new_nonce = new_nonce
        self._http = httpx2.AsyncClient(
            verify=certificates(),
            timeout=CALL_SECONDS,
            trust_env=False,
            follow_redirects=False,
            limits=httpx2.Limits(max_connections=50, max_keepalive_connections=0),
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def call(self, manifest: SkillManifest, secret: str, call: Call) -> Called:
        """Call a skill; whatever goes wrong comes back as an outcome, within `CALL_SECONDS`."""
        done = await self._shielded(self._exchange(manifest, secret, call))
        log.info(
            "outside_skill", skill=manifest.id, outcome=done.outcome.value, ms=done.milliseconds
        )
        return done

    async def notify(
        self, url: str, secret: str, body: bytes, headers: Mapping[str, str]
    ) -> Called:
        """Send a signed notification; every status from 200 to 299 is well."""
        return await self._shielded(self._notify(url, secret, body, headers))

    async def _shielded(self, work: Coroutine[Any, Any, Called]) -> Called:
        began = time.monotonic()
        try:
            async with asyncio.timeout(CALL_SECONDS):
                done = await work
        except TimeoutError:
            why = f"no whole answer within {CALL_SECONDS} seconds"
            done = Called(Outcome.timeout, why=why)
        except AddressRefusedError as error:
            done = Called(Outcome.refused_address, why=error.message)
        except (httpx2.HTTPError, OSError) as error:
            done = Called(Outcome.unreachable, why=type(error).__name__)
        except _FailedError as error:
            done = error.called
        return replace(done, milliseconds=round((time.monotonic() - began) * 1000))

    async def _exchange(self, manifest: SkillManifest, secret: str, call: Call) -> Called:
        nonce, body = self._new_nonce(), _body(manifest, call)
        key = secrets.token_hex(16) if call.tampered else secret
        async with self._stream(manifest.url, key, nonce, body) as response:
            status = response.status_code
            answer = await _read(response)
        given = response.headers.get(signing.SIGNATURE, "")
        said_at = response.headers.get(signing.TIMESTAMP, "")
        if not signing.is_signed(secret, said_at, nonce, answer, given, self._clock()):
            why = "the answer is not signed for this request, or too old"
            raise _FailedError(Outcome.bad_signature, why, status, len(answer))
        return _understood(answer, manifest, status)

    async def _notify(
        self, url: str, secret: str, body: bytes, headers: Mapping[str, str]
    ) -> Called:
        async with self._stream(url, secret, self._new_nonce(), body, headers) as response:
            status = response.status_code
        if response.is_redirect:
            raise _FailedError(Outcome.redirect, "a redirect is not followed", status)
        if not response.is_success:
            raise _FailedError(Outcome.bad_status, f"status {status}", status)
        return Called(Outcome.ok, status=status)

    @asynccontextmanager
    async def _stream(
        self,
        url: str,
        key: str,
        nonce: str,
        body: bytes,
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> AsyncIterator[httpx2.Response]:
        """Post to the address that was checked; the answer is read by whoever needs it."""
        target = await target_of(url, loopback=self._loopback, resolve=self._resolve)
        headers = {
            **more,
            **signing.signed_headers(key, nonce, body, self._clock()),
            "Host": target.host,
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": "citizen-concierge/1",
        }
        request = self._http.stream(
            "POST",
            target.url,
            content=body,
            headers=headers,
            extensions={"sni_hostname": target.name},
        )
        async with request as response:
            yield response


def _understood(answer: bytes, manifest: SkillManifest, status: int) -> Called:
    try:
        messages = read_answer(answer, manifest)
    except BadAnswerError as error:
        raise _FailedError(Outcome.bad_answer, str(error), status, len(answer)) from None
    except ValueError:
        why = "the answer is no JSON"
        raise _FailedError(Outcome.not_json, why, status, len(answer)) from None
    return Called(Outcome.ok, messages, status, size=len(answer))


async def _read(response: httpx2.Response) -> bytes:
    status = response.status_code
    if response.is_redirect:
        raise _FailedError(Outcome.redirect, "a redirect is not followed", status)
    if status != 200:
        raise _FailedError(Outcome.bad_status, f"status {status} in place of 200", status)
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MOST_BYTES:
            why = f"more than {MOST_BYTES} bytes"
            raise _FailedError(Outcome.too_large, why, status, len(body))
    if not response.headers.get("content-type", "").startswith("application/json"):
        raise _FailedError(Outcome.not_json, "the content is no application/json", status)
    return bytes(body)


def _body(manifest: SkillManifest, call: Call) -> bytes:
    told = {name: text for name, text in call.slots.items() if name in manifest.slots}
    content: dict[str, Any] = {
        "version": "1",
        "skill": manifest.id,
        "citizen": call.citizen,
        "slots": told,
        "sandbox": call.sandbox,
        "deadline_ms": round(CALL_SECONDS * 1000),
    }
    if call.grant is not None:
        content["grant"] = call.grant
    return json.dumps(content, ensure_ascii=False).encode()
