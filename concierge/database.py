"""Bringing a database up to date: our tables, the job tables, and a schema for Rasa."""

import procrastinate
import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

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
    """Apply what is missing; safe to run again and by several processes at once."""
    with psycopg.connect(settings.database_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(7202811)")
        connection.execute(
            sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(RASA_SCHEMA))
        )
        if connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone() == (None,):
            connector = procrastinate.SyncPsycopgConnector(conninfo=settings.database_url)
            with procrastinate.App(connector=connector).open() as jobs:
                jobs.schema_manager.apply_schema()
        command.upgrade(alembic_config(settings.sqlalchemy_url), "head")


def alembic_config(sqlalchemy_url: str) -> Config:
    """Return Alembic's configuration for one database, without an ini file."""
    config = Config()
    config.attributes["sqlalchemy_url"] = sqlalchemy_url
    config.set_main_option("script_location", str(ROOT / "concierge" / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def rasa_tracker_url(database_url: str) -> str:
    """Return the URL by which Rasa (psycopg2) keeps its tables in a schema of its own."""
    separator = "&" if "?" in database_url else "?"
    return f"{database_url}{separator}options=-csearch_path%3D{RASA_SCHEMA}"
