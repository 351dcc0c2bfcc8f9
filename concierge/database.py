"""Bringing a database up to date: our tables, the job tables, and a schema for Rasa."""

from typing import Any

import procrastinate
import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from kit.city import City
from kit.settings import ROOT, Settings

RASA_SCHEMA = "rasa"


def create_if_missing(url: str) -> None:
    """Create the database that `url` names (the embedded server starts with none of ours)."""
    name = str(conninfo_to_dict(url)["dbname"])
    with psycopg.connect(make_conninfo(url, dbname="postgres"), autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        if found.fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def migrate(settings: Settings) -> None:
    """Apply what is missing in every city's schema; safe to run again and by several at once."""
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(7202811)")
        _create_schema(connection, RASA_SCHEMA)
        if connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone() == (None,):
            connector = procrastinate.SyncPsycopgConnector(conninfo=settings.database_url)
            with procrastinate.App(connector=connector).open() as jobs:
                jobs.schema_manager.apply_schema()
        for city in settings.cities:
            _create_schema(connection, city.home.schema)
            _take_over(connection, city.home)
            command.upgrade(alembic_config(city), "head")


def _create_schema(connection: psycopg.Connection[Any], name: str) -> None:
    connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(name)))


def _take_over(connection: psycopg.Connection[Any], city: City) -> None:
    """Move the tables of an installation from before cities had schemas of their own."""
    if connection.execute("SELECT to_regclass('public.alembic_version')").fetchone() == (None,):
        return
    tables = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        " AND tablename NOT LIKE 'procrastinate%'"
    ).fetchall()
    with connection.transaction():
        for (table,) in tables:
            move = sql.SQL("ALTER TABLE public.{} SET SCHEMA {}")
            connection.execute(move.format(sql.Identifier(table), sql.Identifier(city.schema)))
        # Jobs from before name no city; it is this one's.
        connection.execute(
            "UPDATE procrastinate_jobs SET args = args || jsonb_build_object('city', %s::text)"
            " WHERE NOT args ? 'city' AND NOT args ? 'timestamp'",
            (city.name,),
        )


def alembic_config(settings: Settings) -> Config:
    """Return Alembic's configuration for one city, without an ini file."""
    config = Config()
    config.attributes["sqlalchemy_url"] = settings.sqlalchemy_url
    config.attributes["city"] = settings.home
    config.attributes["master_keys"] = settings.master_keys
    config.set_main_option("script_location", str(ROOT / "concierge" / "migrations"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(year)d%%(month).2d%%(day).2d_%%(slug)s")
    return config


def rasa_tracker_url(database_url: str) -> str:
    """Return the URL by which Rasa (psycopg2) keeps its tables in a schema of its own."""
    separator = "&" if "?" in database_url else "?"
    return f"{database_url}{separator}options=-csearch_path%3D{RASA_SCHEMA}"
