"""Alembic's entry: all tables of all packages, one line of migrations."""

from alembic import context
from sqlalchemy import create_engine

import bot.broadcast.models
import bot.citizens.models
import bot.groups.models
import bot.line.models
import bot.media.models
import bot.preferences.models
import bot.sender.models
import identity.models
import identity.staff.models
import kit.vault
import services.facilities.models
import services.faq.models
import services.residents.models
import services.waste.models
from kit.db import Base

# Importing the modules above fills the metadata; naming them keeps the imports honest.
TABLES = (
    bot.broadcast.models,
    bot.citizens.models,
    bot.groups.models,
    bot.line.models,
    bot.media.models,
    bot.preferences.models,
    bot.sender.models,
    identity.models,
    identity.staff.models,
    kit.vault,
    services.facilities.models,
    services.faq.models,
    services.residents.models,
    services.waste.models,
)


def _is_ours(name: str | None, kind: str, parents: object) -> bool:
    return kind != "table" or name in Base.metadata.tables


def run() -> None:
    """Bring the database that `concierge.database` names to the newest version."""
    engine = create_engine(context.config.attributes["sqlalchemy_url"])
    with engine.connect() as connection:
        context.configure(
            connection=connection, target_metadata=Base.metadata, include_name=_is_ours
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
