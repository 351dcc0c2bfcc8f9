"""The register behind its own API and the real gate, with a clock that a test may set."""

import csv
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from fastapi import FastAPI

from auth.gate import Gate
from auth.grants import Staff
from auth.jwks import RemoteKeys
from auth.levels import Level, Standing
from auth.store import Store
from identity.grants.minter import GrantMinter
from identity.grants.service import Granting
from identity.keys import GRANTS, KeyRing
from kit.db import Database
from kit.http import internal_client
from kit.settings import Settings
from services.residents.api import router
from services.residents.cases import Cases
from services.residents.columns import AUTHORITY_COLUMNS, RESIDENT_COLUMNS
from services.residents.contract import AUDIENCE, Identification, ResidentsClient
from services.residents.importer import RegisterReport, import_register
from services.residents.register import Register
from services.residents.service import ResidentsService
from tests.support import bare_app

NOON = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
OWN_DESK = Staff("stf_1", "市民課")
OTHER_DESK = Staff("stf_2", "税務課")


class World:
    """One city's register."""

    def __init__(self, database: Database, settings: Settings, folder: Path) -> None:
        self.now = NOON
        self.database, self.settings, self.folder = database, settings, folder
        self.store = Store(settings)
        self.keys = KeyRing(database, settings.master_keys, self.clock)
        self.minter = GrantMinter(self.keys, settings, self.clock)
        self.elsewhere = GrantMinter(
            self.keys, settings.model_copy(update={"city": "kitakata"}), self.clock
        )
        self.granting = Granting(database, self.minter, self.clock)
        self.register = Register(database, self.clock, settings)
        self.app = self._app()
        token = settings.internal_token.get_secret_value()
        self.http = internal_client("http://test", token, app=self.app)
        self.client = ResidentsClient(self.http)
        keys = RemoteKeys("/identity/jwks.json", self.http, self.clock)
        self.app.state.container.put(Gate, Gate(keys, self.store, settings, self.clock))

    def _app(self) -> FastAPI:
        app = bare_app(self.settings, "residents")
        app.include_router(router)
        service = ResidentsService(self.database, self.clock, self.settings)
        app.state.container.put(ResidentsService, service)
        app.state.container.put(Cases, Cases(self.register))

        @app.get("/identity/jwks.json")
        async def jwks() -> dict[str, Any]:
            return await self.keys.published(GRANTS)

        return app

    def clock(self) -> datetime:
        return self.now

    async def close(self) -> None:
        await self.http.aclose()
        await self.store.close()

    async def grant(
        self,
        citizen_id: str,
        *scopes: str,
        level: Level = Level.L3_FRESH,
        staff: Staff | None = None,
        audience: str = AUDIENCE,
        elsewhere: bool = False,
    ) -> str:
        minter = self.elsewhere if elsewhere else self.minter
        standing = Standing(level, self.now + timedelta(minutes=5))
        return await minter.mint(citizen_id, audience, scopes, standing, staff)

    async def call(self, method: str, path: str, grant: str, body: Any = None) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {grant}"}
        url = f"/services/residents/{path}"
        return await self.http.request(method, url, headers=headers, json=body)

    async def load(
        self,
        people: Iterable[Mapping[str, str]],
        authorities: Iterable[Mapping[str, str]] = (),
    ) -> RegisterReport:
        files = self.folder / "residents.csv", self.folder / "authorities.csv"
        for file, columns, rows in zip(
            files, (RESIDENT_COLUMNS, AUTHORITY_COLUMNS), (people, authorities), strict=True
        ):
            with file.open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, columns, restval="")
                writer.writeheader()
                writer.writerows(rows)
        return await import_register(self.register, *files)

    async def identify(self, citizen_id: str, **items: Any) -> str:
        who = Identification(citizen_id=citizen_id, **items)
        return (await self.client.identify(who)).outcome

    async def reached(self, citizen_id: str) -> list[str]:
        """Return the residents whom a citizen reaches."""
        grant = await self.grant(citizen_id, "residents:people:read")
        return [found.resident_id for found in (await self.client.people(grant)).people]

    async def me(self, citizen_id: str) -> str:
        """Return the resident whom a citizen stands for."""
        grant = await self.grant(citizen_id, "residents:people:read")
        return (await self.client.people(grant)).people[0].resident_id


def person(number: str, name: str, **change: str) -> dict[str, str]:
    """Return a row of the residents' file."""
    usual = {
        "宛名番号": number,
        "世帯番号": "S1",
        "氏名": name,
        "フリガナ": "テスト",
        "生年月日": "1985-05-05",
        "性別": "女",
        "住所": "福島県会津若松市中央一丁目99番1号",
    }
    return usual | change


def authority(holder: str, subject: str, kind: str = "親権", **change: str) -> dict[str, str]:
    """Return a row of the authorities' file."""
    columns = dict(zip(AUTHORITY_COLUMNS, (holder, subject, kind, "2010-01-01", ""), strict=True))
    return columns | change
