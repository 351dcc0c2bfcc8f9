"""A whole application with a skill's server and a stand-in for Rasa's reading of sentences."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
from fastapi import FastAPI
from sqlalchemy import text

from auth.permissions import Role
from concierge.app import build_web
from kit.clock import Clock, system_clock
from kit.db import Database
from kit.settings import Settings
from services.faq.importer import import_city as import_faq
from tests.emulators.serving import served
from tests.services.developers.skill import Skill
from tests.support import add_staff, form_token, log_in_staff

SCOPES = ["skills:read", "skills:write", "sandbox:try", "calls:read"]
API = "/developers/api/v1"
SIGN_UP = {"name": "デモ自転車の会", "mail": "dev@example.jp", "purpose": "空きを知らせます"}


async def import_small_faq(database: Database, settings: Settings, folder: Path) -> None:
    """Import a part of the city's FAQ, which is indexed in no time."""
    (folder / "faq").mkdir()
    for name in ("moving.jsonl", "synonyms.csv"):
        shutil.copy(settings.city_dir / "faq" / name, folder / "faq")
    await import_faq(database, folder, system_clock)


@contextmanager
def reading(known: dict[str, str]) -> Iterator[str]:
    """Serve what Rasa answers: the intents of some sentences, and the fallback for all others."""
    app = FastAPI()

    @app.post("/webhooks/concierge/readings")
    async def read(said: dict[str, str]) -> dict[str, Any]:
        return {"intent": known.get(said["text"], "nlu_fallback"), "confidence": 0.9}

    with served(lambda _url: app) as url:
        yield url


class World:
    """The application, a member of staff at the console, and a developer with a key."""

    def __init__(self, settings: Settings, clock: Clock = system_clock) -> None:
        self.settings = settings
        self.app = build_web(settings, clock)
        self.http = self.browser()

    def browser(self, **headers: str) -> httpx2.AsyncClient:
        transport = httpx2.ASGITransport(app=self.app)
        return httpx2.AsyncClient(transport=transport, base_url="http://test", headers=headers)

    async def close(self) -> None:
        await self.http.aclose()
        await self.app.state.container.close()

    async def staff(self) -> httpx2.AsyncClient:
        """Return a supervisor's browser."""
        login = await add_staff(self.app, Role.supervisor)
        browser = self.browser()
        assert (await log_in_staff(browser, login)).status_code == 303
        return browser

    async def console(self, browser: httpx2.AsyncClient, path: str, **fields: str) -> int:
        page = await browser.get("/console/developers/")
        fields["form_token"] = form_token(page)
        answer = await browser.post(f"/console/developers/{path}", data=fields)
        return answer.status_code

    async def developer(
        self,
        staff: httpx2.AsyncClient,
        desk: str = "市民課",
        scopes: Sequence[str] = SCOPES,
    ) -> str:
        """Return the API key of an approved developer."""
        made = (await self.http.post(f"{API}/sign-ups", json=SIGN_UP)).json()
        path = f"people/{made['id']}"
        assert await self.console(staff, path, state="approved", desk=desk) == 303
        bearer = {"Authorization": f"Bearer {made['secret']}"}
        wanted = {"name": "鍵", "scopes": list(scopes)}
        key = (await self.http.post(f"{API}/keys", json=wanted, headers=bearer)).json()["key"]
        return str(key)

    async def registered(self, key: str, skill: Skill, **changes: Any) -> httpx2.AsyncClient:
        """Register a skill's manifest and give its server the secret; return the API's client."""
        api = self.browser(Authorization=f"Bearer {key}")
        told = {**MANIFEST, "url": skill.url, **changes}
        answer = await api.post(f"{API}/skills", json=told)
        assert answer.status_code == 201, answer.text
        skill.secret = answer.json()["secret"] or skill.secret
        return api

    async def live(self, staff: httpx2.AsyncClient, skill: Skill, **changes: Any) -> str:
        """Bring a skill before citizens; return the developer's key."""
        key = await self.developer(staff)
        api = await self.registered(key, skill, **changes)
        name = changes.get("id", MANIFEST["id"])
        checked = (await api.post(f"{API}/skills/{name}/check")).json()
        assert checked["state"] == "checked", checked["report"]
        moved = await api.post(f"{API}/skills/{name}/state", json={"state": "sandbox"})
        assert moved.status_code == 200
        for state in ("approved", "live"):
            assert await self.console(staff, f"skills/{name}", state=state) == 303
        return key


SECRET_WORDS = "だれにも見せたくない言葉"


async def said(world: World, words: str, citizen: str = "ctz_1") -> list[dict[str, Any]]:
    """Return what the citizen gets for words that Rasa did not understand."""
    heard = {"text": words, "intent": {"name": "nlu_fallback", "confidence": 0.2}, "entities": []}
    tracker = {
        "sender_id": citizen,
        "slots": {"secret": SECRET_WORDS},
        "latest_message": heard,
        "events": [{"event": "user", "text": words, "parse_data": heard, "metadata": {}}],
        "paused": False,
        "active_loop": {},
        "latest_action_name": "action_listen",
    }
    token = world.settings.internal_token.get_secret_value()
    answer = await world.http.post(
        "/actions/webhook",
        json={
            "next_action": "action_fallback",
            "sender_id": citizen,
            "tracker": tracker,
            "domain": {},
        },
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 200, answer.text
    return [response["custom"] for response in answer.json()["responses"]]


async def outcomes(world: World) -> list[str]:
    """Return how every call of a skill ended, the oldest first."""
    async with world.app.state.container.get(Database).transaction() as session:
        rows = await session.scalars(text("SELECT outcome FROM developers_call ORDER BY id"))
        return list(rows)


MANIFEST: dict[str, Any] = {
    "id": "bicycle-stations",
    "title": "シェアサイクルの空き",
    "description": "空きを知らせます。",
    "desk": "市民課",
    "url": "",
    "triggers": ["シェアサイクルの空き"],
    "slots": ["language", "station"],
    "languages": ["ja"],
    "contact": "dev@example.jp",
    "retention": "保存しません。",
    "demonstration": True,
}
