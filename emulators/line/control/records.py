"""The journal as a file, and scenarios: what was done, to be done again."""

import json
from typing import Any

import httpx2
from starlette.requests import Request
from starlette.routing import Route

from emulators.line.control.common import control_route, number, read_object
from emulators.line.errors import ControlError, Json
from emulators.line.har import as_har
from emulators.line.platform import Platform
from emulators.line.recorder import gist, substituted

_EVERYTHING = 5000
_LONGEST_WAIT_SECONDS = 60.0


def routes() -> list[Route]:
    """Return the routes."""
    return [
        control_route("GET", "/journal.har", har),
        control_route("GET", "/scenario", scenario),
        control_route("POST", "/scenario/replay", replay),
    ]


async def har(platform: Platform, request: Request) -> Json:
    """Return the traffic as a HAR file, of one person or group with `user`."""
    user = request.query_params.get("user")
    entries = platform.journal.after(0, user, _EVERYTHING)["entries"]
    return as_har(entries, str(request.base_url))


async def scenario(platform: Platform, _request: Request) -> Json:
    """Return what people did and what the bot answered since the last reset."""
    return platform.recorder.scenario()


async def replay(platform: Platform, request: Request) -> Json:
    """Do a scenario again: `{steps}`; `wait` seconds (10) for each answer of the bot.

    Returns `{done, names, differences}`: a difference is an answer that did not come or whose
    type or words are others. New people are made for the names, the old ones stay.
    """
    steps = (await read_object(request)).get("steps")
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        raise ControlError(400, "Send 'steps' as GET /emulator/scenario returns them.")
    wait = number(request, "wait", 10, _LONGEST_WAIT_SECONDS)
    transport = httpx2.ASGITransport(app=request.app)
    async with httpx2.AsyncClient(
        transport=transport, base_url="http://emulator", timeout=None
    ) as client:
        playing = _Playing(platform, client, wait)
        for index, step in enumerate(steps):
            await playing.play(index, step)
    return {
        "done": len(steps),
        "names": playing.names,
        "differences": playing.differences,
    }


class _Playing:
    """One replay under way."""

    def __init__(self, platform: Platform, client: httpx2.AsyncClient, wait: float) -> None:
        self._platform = platform
        self._client = client
        self._wait = wait
        self._seen: dict[str, int] = {}
        self.names: dict[str, str] = {}
        self.differences: list[Json] = []

    async def play(self, index: int, step: Json) -> None:
        """Do one step, or wait for one answer. Raises ControlError for a step without sense."""
        marks = {f"{{{name}}}": value for name, value in self.names.items()}
        try:
            if "do" in step:
                await self._do(substituted(step["do"], marks), step.get("gives", {}))
            else:
                await self._get(index, substituted(step["get"], marks))
        except (KeyError, TypeError, AttributeError) as error:
            raise ControlError(400, f"Step {index} is neither a 'do' nor a 'get'.") from error

    async def _do(self, wanted: Json, gives: Json) -> None:
        path = f"/emulator{wanted['path']}"
        answer = await self._client.request(wanted["method"], path, json=wanted["body"])
        body: dict[str, Any] = json.loads(answer.content)
        if answer.status_code != 200:
            words = body.get("error", {}).get("message", "")
            raise ControlError(409, f"{wanted['method']} {path} failed: {words}")
        self.names |= {name: body[kind] for kind, name in gives.items()}

    async def _get(self, index: int, wanted: Json) -> None:
        chat = self._platform.chat(wanted["chat"])
        if chat is None:
            raise ControlError(400, f"Step {index} waits in a chat that no step has made.")
        got = None
        while got is None and (
            chat.talk.last > self._seen.get(chat.chat_id, 0) or await self._news(chat.chat_id)
        ):
            seen = self._seen.get(chat.chat_id, 0)
            entry = chat.talk.after(seen)[0]
            self._seen[chat.chat_id] = entry["seq"]
            got = gist(entry["message"]) if entry["from"] == "bot" else None
        if got != wanted["message"]:
            self.differences.append({"step": index, "expected": wanted["message"], "got": got})

    async def _news(self, chat_id: str) -> bool:
        chat = self._platform.chat(chat_id)
        if chat is None:
            return False
        seen = self._seen.get(chat_id, 0)
        await chat.talk.wait(seen, self._wait)
        return chat.talk.last > seen
