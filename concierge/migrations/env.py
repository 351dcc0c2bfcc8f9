"""Alembic's entry: the tables of every module, in the schema of one city."""

from alembic import context
from sqlalchemy import create_engine, text

from concierge.modules import load_modules
from kit.city import City
from kit.db import Base

# Loading the modules fills the metadata.
TABLES = frozenset(table for module in load_modules() for table in module.tables())


def _is_ours(name: str | None, kind: str, parents: object) -> bool:
    return kind != "table" or name in TABLES


def run() -> None:
    """Bring one city's schema to the newest version."""
    city: City = context.config.attributes["city"]
    engine = create_engine(context.config.attributes["sqlalchemy_url"])
    with engine.connect() as connection:
        connection.execute(text(f"SET search_path TO {city.schema}, public"))
        connection.commit()
        connection.dialect.default_schema_name = city.schema
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_name=_is_ours,
            version_table_schema=city.schema,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
