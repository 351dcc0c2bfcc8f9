"""Databases that tests lease: made once a worker, emptied after each test instead of made anew."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

# A database with more rows is dropped: dead ones would slow down every later test.
MANY_ROWS = 50_000

_OURS = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
_TABLES = f"""
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND {_OURS} ORDER BY 1, 2
"""  # noqa: S608
# What a test may have changed about the tables themselves: their columns, constraints, triggers.
_SHAPE = f"""
    SELECT md5(string_agg(line, ';' ORDER BY line)) FROM (
      SELECT concat_ws(' ', 'c', c.oid, n.nspname, c.relname, c.relkind) AS line
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_OURS}
      UNION ALL SELECT concat_ws(' ', 'a', attrelid, attnum, attname, atttypid, attnotnull)
      FROM pg_attribute WHERE attrelid >= 16384 AND attnum > 0
      UNION ALL SELECT concat_ws(' ', 't', oid, tgenabled) FROM pg_trigger
      UNION ALL SELECT concat_ws(' ', 'k', oid, convalidated) FROM pg_constraint WHERE oid >= 16384
      UNION ALL SELECT concat_ws(' ', 'p', oid, xmin) FROM pg_proc WHERE oid >= 16384
      UNION ALL SELECT concat_ws(' ', 's', setdatabase, setconfig) FROM pg_db_role_setting
    ) AS lines
"""  # noqa: S608
_OTHERS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_SEQUENCES = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE last_value IS NOT NULL
"""


class NotEmptyError(AssertionError):
    """A test would have begun with what another left behind."""


@dataclass
class Leased:
    """One database, and what is known of it from when it was made."""

    name: str
    connection: psycopg.Connection[Any]
    tables: list[tuple[str, str]]
    content: dict[tuple[str, str], str]
    """The few tables that migrations fill, and a digest of their rows."""
    shape: str
    deleted: int = 0
    """How many rows were deleted so far."""

    def filled(self) -> list[tuple[str, str]]:
        """Return the tables that have rows and had none in the beginning."""
        return self.connection.execute(self._any_rows).fetchall()

    @cached_property
    def _any_rows(self) -> bytes:
        asked = [
            sql.SQL("SELECT {}, {} WHERE EXISTS (SELECT FROM {})").format(*t, sql.Identifier(*t))
            for t in self.tables
            if t not in self.content
        ]
        return sql.SQL(" UNION ALL ").join(asked).as_bytes(self.connection)

    def is_as_made(self) -> bool:
        """Tell whether the tables are those that were made, with what migrations put in."""
        return self.connection.execute(_SHAPE).fetchone() == (self.shape,) and all(
            _digest(self.connection, table) == known for table, known in self.content.items()
        )

    def empty(self) -> None:
        """Delete every row that a test wrote, whatever triggers and constraints say."""
        with self.connection.transaction():
            self.connection.execute("SET LOCAL session_replication_role = replica")
            for table in self.filled():
                delete = sql.SQL("DELETE FROM {}").format(sql.Identifier(*table))
                self.deleted += self.connection.execute(delete).rowcount
            self.connection.execute(_SEQUENCES)


class Databases:
    """The databases of one worker of the suite. Mostly there is one, lent to test after test."""

    def __init__(self, url: str, template: str, prefix: str = "test") -> None:
        """Make copies of `template` on the server of `url` as they are needed."""
        self._url, self._template, self._prefix = url, template, prefix
        self._admin = psycopg.connect(make_conninfo(url, dbname="postgres"), autocommit=True)
        self._free: list[Leased] = []
        self._there: list[Leased] = []
        self.made = 0

    def lease(self) -> Leased:
        """Return an empty, migrated database. Raises NotEmptyError if it is not."""
        leased = self._free.pop() if self._free else self._make()
        left = leased.filled()
        if left:
            raise NotEmptyError(f"a leased database is not empty; there are rows in {left}")
        return leased

    def give_back(self, leased: Leased) -> None:
        """Empty a database for the next test; one whose tables were changed is dropped."""
        leased.connection.execute(_OTHERS)
        if leased.is_as_made():
            leased.empty()
            if leased.deleted < MANY_ROWS:
                self._free.append(leased)
                return
        self._drop(leased)

    def close(self) -> None:
        """Drop everything."""
        while self._there:
            self._drop(self._there[-1])
        self._admin.close()

    def _make(self) -> Leased:
        self.made += 1
        name = f"{self._prefix}_{self.made}"
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
        self._admin.execute(copy.format(sql.Identifier(name), sql.Identifier(self._template)))
        connection = psycopg.connect(make_conninfo(self._url, dbname=name), autocommit=True)
        tables: list[tuple[str, str]] = connection.execute(_TABLES).fetchall()
        content = {t: d for t in tables if (d := _digest(connection, t))}
        [shape] = connection.execute(_SHAPE).fetchone() or [""]
        leased = Leased(name, connection, tables, content, shape)
        self._there.append(leased)
        return leased

    def _drop(self, leased: Leased) -> None:
        leased.connection.close()
        self._there.remove(leased)
        drop = sql.SQL("DROP DATABASE {} WITH (FORCE)")
        self._admin.execute(drop.format(sql.Identifier(leased.name)))


def _digest(connection: psycopg.Connection[Any], table: tuple[str, str]) -> str:
    rows = sql.SQL("SELECT coalesce(md5(string_agg(t::text, ' ' ORDER BY t::text)), '') FROM {} t")
    found = connection.execute(rows.format(sql.Identifier(*table))).fetchone()
    return str(found[0]) if found else ""
