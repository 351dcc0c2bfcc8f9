"""The composition of containers: each process has its own database role and what it uses."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import yaml
from psycopg import sql
from psycopg.conninfo import make_conninfo

from concierge.app import build_action_server, build_web
from concierge.database import migrate
from kit.settings import ROOT, Settings
from tests.conftest import Servers
from tests.kit.test_web import ask

DATABASE = "composed"
COMPOSED = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES = COMPOSED["services"]
TABLES = """
    SELECT c.oid, n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
"""
MAY = "SELECT bool_and(has_table_privilege(%s::name, %s::oid, x)) FROM unnest(%s::text[]) x"


def given(service: str) -> dict[str, str]:
    found: dict[str, str] = SERVICES[service].get("environment", {})
    return found


def role_of(service: str) -> str | None:
    urls = [given(service)[n] for n in ("DATABASE_URL", "RASA_TRACKER_URL") if n in given(service)]
    return urlsplit(urls[0]).username if urls else None


@pytest.fixture(scope="module")
def composed(servers: Servers) -> Iterator[Settings]:
    """A database made as `docker compose up` makes it; the settings are its owner's."""
    server = make_conninfo(servers.postgres_url, dbname="postgres")
    url = servers.postgres_url.replace(f"/{servers.template}?", f"/{DATABASE}?")
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        with psycopg.connect(url, autocommit=True) as owner:
            owner.execute((ROOT / "deploy" / "roles.sql").read_bytes())
        settings = Settings(environment="test", database_url=url, redis_url=servers.redis_url)
        migrate(settings)
        yield settings
        with psycopg.connect(url, autocommit=True) as owner:
            for role in ("web", "worker", "rasa"):
                owner.execute(f"DROP OWNED BY concierge_{role} CASCADE")
                owner.execute(f"DROP ROLE concierge_{role}")
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(DATABASE)))


def as_role(settings: Settings, role: str) -> str:
    return make_conninfo(settings.database_url, user=role)


def test_no_two_processes_share_a_role_and_none_but_the_set_up_is_the_owner() -> None:
    roles = {service: role for service in SERVICES if (role := role_of(service)) is not None}
    assert set(roles) == {"set-up", "web", "worker", "rasa"}
    assert len(set(roles.values())) == len(roles)
    assert [service for service, role in roles.items() if role == "concierge"] == ["set-up"]


def test_what_needs_no_database_and_no_key_of_ours_has_none() -> None:
    for service in ("actions", "my-id", "digital-auth", "line-emulator", "menus"):
        assert not {"DATABASE_URL", "REDIS_URL", "MASTER_KEY"} & set(given(service)), service
    assert "LINE_CHANNEL_SECRET" not in given("actions")
    for stand_in in ("my-id", "digital-auth", "line-emulator"):
        assert "INTERNAL_TOKEN" not in given(stand_in), stand_in


def test_rasa_reaches_nothing_outside_and_writes_nowhere() -> None:
    rasa = SERVICES["rasa"]
    assert rasa["networks"] == ["inside"]
    assert COMPOSED["networks"]["inside"] == {"internal": True}
    assert rasa["read_only"] is True
    assert (rasa["tmpfs"], rasa["cap_drop"]) == (["/tmp"], ["ALL"])  # noqa: S108
    for beside in ("postgres", "redis", "actions"):
        assert SERVICES[beside]["networks"] == ["inside"], beside


def test_web_and_worker_change_rows_of_every_table_and_no_table(composed: Settings) -> None:
    rows = ["SELECT", "INSERT", "UPDATE", "DELETE"]
    with psycopg.connect(composed.database_url) as owner:
        tables = owner.execute(TABLES).fetchall()
        assert len(tables) > 50
        for role in ("concierge_web", "concierge_worker"):
            for oid, schema, table in tables:
                assert owner.execute(MAY, (role, oid, rows)).fetchone() == (True,), table
                assert owner.execute(MAY, (role, oid, ["TRUNCATE"])).fetchone() == (False,), schema
    for role in ("concierge_web", "concierge_worker"):
        with psycopg.connect(as_role(composed, role), autocommit=True) as connection:
            for word in (
                "CREATE TABLE x (a int)",
                "CREATE SCHEMA x",
                "CREATE TABLE rasa.x (a int)",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(word)


def test_rasa_makes_its_own_tables_and_reads_none_of_ours(composed: Settings) -> None:
    with psycopg.connect(composed.database_url) as owner:
        tables = owner.execute(TABLES).fetchall()
        for oid, schema, table in tables:
            for right in ("SELECT", "INSERT", "UPDATE", "DELETE"):
                allowed = owner.execute(MAY, ("concierge_rasa", oid, [right])).fetchone()
                assert allowed == (False,), f"{right} {schema}.{table}"
    with psycopg.connect(as_role(composed, "concierge_rasa"), autocommit=True) as connection:
        connection.execute("CREATE TABLE rasa.events (a int)")
        connection.execute("DROP TABLE rasa.events")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT 1 FROM procrastinate_jobs")


async def test_the_processes_serve_with_what_they_are_given(composed: Settings) -> None:
    url = composed.database_url.replace("//postgres@", "//concierge_web@")
    assert url != composed.database_url
    app = build_web(composed.model_copy(update={"database_url": url}))
    async with app.router.lifespan_context(app):
        for path in ("/readyz", "/open/v1/facilities", "/identity/jwks.json"):
            assert (await ask(app, path, b"", "GET"))[0] == 200, path
    known: dict[str, Any] = {name.lower(): value for name, value in given("actions").items()}
    actions = build_action_server(Settings(**known))
    bearer = {"authorization": f"Bearer {given('actions')['INTERNAL_TOKEN']}"}
    assert (await ask(actions, "/actions/health", b"", "GET", **bearer))[0] == 200
