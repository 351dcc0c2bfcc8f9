"""The commands for keys and for the register, run as an operator runs them."""

import os
import subprocess
import sys
from base64 import b64encode
from datetime import date
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import text

from concierge.app import build_web
from concierge.city import load_city
from identity.keys import GRANTS, KeyRing
from kit.clock import system_clock
from kit.crypto import new_key
from kit.db import Database
from kit.settings import ROOT, Settings
from kit.vault import Vault
from services.residents.contract import Identification, ResidentsClient
from services.residents.service import ResidentsService

RESIDENTS = ROOT / "city/aizuwakamatsu/residents/residents.csv"
AUTHORITIES = RESIDENTS.with_name("authorities.csv")
MISAKI = Identification(
    citizen_id="ctz_1",
    name="佐藤 美咲",
    address="福島県会津若松市中央一丁目99番1号",
    birthdate=date(1988, 4, 12),
    sex="female",
)


def concierge(settings: Settings, *arguments: str, **env: str) -> tuple[int, str]:
    """Run a command; return its exit status and everything that it printed."""
    usual = {
        "ENVIRONMENT": "test",
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "MASTER_KEY": settings.master_key.get_secret_value(),
    }
    done = subprocess.run(
        [sys.executable, "-m", "concierge", *arguments],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200", **usual, **env},
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


def load(settings: Settings) -> None:
    files = (str(RESIDENTS), "--authorities", str(AUTHORITIES))
    status, said = concierge(settings, "residents", "import", *files)
    assert (status, "added 15, changed 0, ended 1, unchanged 0" in said) == (0, True), said


async def people(settings: Settings, database: Database) -> list[str]:
    """Identify Misaki and return whom she may act for."""
    service = ResidentsService(database, system_clock, settings)
    answer = await service.identifications.identify(MISAKI)
    assert answer.outcome == "matched"
    return [person.name for person in await service.people("ctz_1")]


async def test_crypt_04_another_master_key_is_taken_into_use_and_the_old_one_thrown_away(
    settings: Settings, database: Database
) -> None:
    load(settings)
    before = await people(settings, database)
    kid = (await KeyRing(database, settings.master_keys, system_clock).current(GRANTS))["kid"]
    rows = await count(database)
    old, new = settings.master_key.get_secret_value(), b64encode(new_key()).decode()
    both = {"MASTER_KEY": new, "MASTER_KEY_PREVIOUS": old}
    status, said = concierge(settings, "identity", "rewrap", **both)
    assert (status, "17 keys of people and 1 keys of identity" in said) == (0, True), said
    status, said = concierge(settings, "identity", "rewrap", **both)
    assert (status, "0 keys of people and 0 keys of identity" in said) == (0, True), said
    alone = settings.model_copy(update={"master_key": type(settings.master_key)(new)})
    assert await people(alone, database) == before
    assert before == ["佐藤　美咲", "佐藤　蓮", "佐藤　結衣"]
    ring = KeyRing(database, alone.master_keys, system_clock)
    assert (await ring.current(GRANTS))["kid"] == kid
    assert await count(database) == rows


async def count(database: Database) -> list[int]:
    tables = ("kit_person_key", "identity_signing_key", "residents_resident", "residents_link")
    async with database.transaction() as session:
        return [
            (await session.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one()  # noqa: S608
            for table in tables
        ]


async def test_without_the_old_master_key_nothing_is_rewrapped_and_nothing_lost(
    settings: Settings, database: Database
) -> None:
    load(settings)
    new = b64encode(new_key()).decode()
    status, said = concierge(settings, "identity", "rewrap", MASTER_KEY=new)
    assert (status, "master key of this data is not configured" in said) == (1, True), said
    assert len(await people(settings, database)) == 3


async def test_grants_are_signed_by_a_new_key_and_the_old_one_is_still_published(
    settings: Settings, database: Database
) -> None:
    before = (await KeyRing(database, settings.master_keys, system_clock).current(GRANTS))["kid"]
    status, said = concierge(settings, "identity", "rotate")
    ring = KeyRing(database, settings.master_keys, system_clock)
    after = (await ring.current(GRANTS))["kid"]
    assert (status, after in said, after != before) == (0, True, True), said
    published = [key["kid"] for key in (await ring.published(GRANTS))["keys"]]
    assert published == [after, before]
    status, said = concierge(settings, "identity", "rotate", "grnats")
    assert (status, "Invalid value" in said) == (2, True)


async def test_a_bad_file_is_refused_with_line_column_and_reason(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    file = tmp_path / "feed.csv"
    rows = RESIDENTS.read_text("utf-8").replace("1994-11-02", "1234 5678 9018")
    file.write_bytes(rows.encode("cp932"))
    status, said = concierge(settings, "residents", "import", str(file))
    assert status == 1
    assert "refused, nothing has changed" in said
    assert "feed.csv:5 [生年月日]" in said
    assert "9018" not in said
    assert (await count(database))[2] == 0


@pytest.mark.parametrize(("environment", "expected"), [("test", 16), ("production", 0)])
async def test_a_citys_invented_residents_come_in_outside_production_only(
    settings: Settings, database: Database, environment: str, expected: int
) -> None:
    chosen = settings.model_copy(update={"environment": environment})
    reports = await load_city(chosen, "residents")
    assert [report.ok for report in reports] == [True] * len(reports)
    assert (await count(database))[2] == expected


async def test_the_assembled_application_has_the_register_behind_its_doors(
    settings: Settings, database: Database
) -> None:
    await load_city(settings, "residents")
    app = build_web(settings)
    transport = httpx2.ASGITransport(app=app)
    bearer = {"Authorization": f"Bearer {settings.internal_token.get_secret_value()}"}
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
        assert (await http.get("/services/residents/cases")).status_code == 401
        assert (await http.get("/services/residents/people", headers=bearer)).status_code == 401
        http.headers.update(bearer)
        assert (await ResidentsClient(http).identify(MISAKI)).outcome == "matched"


async def test_crypt_03_values_under_an_older_key_of_a_person_stay_readable(
    settings: Settings, database: Database
) -> None:
    load(settings)
    await people(settings, database)
    async with database.transaction() as session:
        ids = (await session.scalars(text("SELECT id FROM residents_resident"))).all()
        vault = Vault(settings.master_keys, system_clock)
        for resident_id in ids:
            await vault.renew(session, resident_id)
    assert len(await people(settings, database)) == 3
    status, said = concierge(settings, "residents", "import", str(RESIDENTS))
    assert (status, "unchanged 16" in said) == (0, True), said
