"""PostgreSQL through SQLAlchemy. One request or job is one transaction, committed at the edge."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime

from sqlalchemy import DateTime, MetaData, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import DeclarativeBase

from kit.errors import UnavailableError
from kit.settings import Settings


class Base(DeclarativeBase):
    """Base of every table. Constraint names are fixed so that migrations can refer to them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: DateTime(timezone=True)}  # noqa: RUF012


CITY = "city"
"""Where a session says for which `City` it was opened (`session.info`)."""


KEYS = "master_keys"
"""Where a session holds the keys that wrap all others (`session.info`)."""


class Database:
    """One city's connections in one process: every transaction is opened for that city."""

    def __init__(self, settings: Settings) -> None:
        """Prepare the pool; nothing connects before the first transaction."""
        self.city = settings.home
        self.engine: AsyncEngine = create_async_engine(
            settings.sqlalchemy_url,
            pool_size=settings.database_pool_size,
            max_overflow=settings.database_pool_size,
            pool_timeout=5,
            # An error must not bring what a citizen wrote into the log.
            hide_parameters=True,
            # The city's own tables; what all cities share (jobs) is found in `public`.
            connect_args={
                "connect_timeout": 5,
                "options": f"-csearch_path={self.city.schema},public",
            },
        )
        info = {CITY: self.city, KEYS: settings.master_keys}
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False, info=info)
        self._single = async_sessionmaker(
            self.engine.execution_options(isolation_level="AUTOCOMMIT"),
            expire_on_commit=False,
            info=info,
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Yield a session; commit when the block ends, roll back when it raises.

        Raises UnavailableError when the database cannot be reached.
        """
        with _outages_named():
            async with self._sessions() as session, session.begin():
                yield session

    @asynccontextmanager
    async def statement(self) -> AsyncIterator[AsyncSession]:
        """Yield a session for one statement, which is a transaction of its own.

        It saves the two round trips of BEGIN and COMMIT. Raises as `transaction` does.
        """
        with _outages_named():
            async with self._single() as session:
                yield session

    async def ping(self) -> None:
        """Raise UnavailableError unless the database answers."""
        async with self.statement() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


@contextmanager
def _outages_named() -> Iterator[None]:
    """Turn what an absent or vanished database raises into UnavailableError."""
    try:
        yield
    except (OperationalError, PoolTimeoutError) as error:
        raise UnavailableError("The database does not answer.") from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise UnavailableError("The database went away.") from error
        raise
