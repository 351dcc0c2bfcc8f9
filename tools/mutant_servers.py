"""The servers of `make mutants`: started once, and clean before every mutant."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

import psycopg
from psycopg.conninfo import make_conninfo

import tests.conftest as ours
import tests.identity.conftest as theirs
from concierge.app import build_web
from kit.settings import Settings
from tests.databases import Databases, Leased


class Kept:
    """One database that is lent to fork after fork; a spoilt one is made anew."""

    def __init__(self, url: str, template: str) -> None:
        self._databases = Databases(url, template, f"mutant_{os.getpid()}")
        self._url = url
        self.leased = self._databases.lease()

    def check(self) -> None:
        """Make another one unless this is as it was made."""
        try:
            if self.leased.is_as_made() and not self.leased.filled():
                return
        except psycopg.Error:
            pass
        self.leased = self._databases.lease()

    def lent(self) -> Leased:
        """Return it with a connection of the fork's own."""
        known = self.leased
        connection = psycopg.connect(make_conninfo(self._url, dbname=known.name), autocommit=True)
        return Leased(known.name, connection, known.tables, known.content, known.shape)


@contextmanager
def shared_servers() -> Iterator[Callable[[], None]]:
    """Start what all forks share; what is returned clears up behind one."""
    with ours.server_folder() as folder, theirs.line_emulator() as line:
        running = ours._run_servers(folder)
        servers = next(running)
        kept = Kept(servers.postgres_url, servers.template)

        class Forks(Databases):
            """The databases of a fork: first the one that is kept, which it leaves there."""

            def __init__(self, url: str, template: str) -> None:
                super().__init__(url, template, f"mutant_{os.getpid()}")

            def _make(self) -> Leased:
                if self.made:
                    return super()._make()
                self.made, first = 1, kept.lent()
                self._there.append(first)
                return first

            def close(self) -> None:
                self._there = [one for one in self._there if one.name != kept.leased.name]
                super().close()

        def clean() -> None:
            ours._redis(servers.redis_url).flushall()
            kept.check()

        ours._run_servers = lambda _folder: iter([servers])
        ours.Databases = Forks  # type: ignore[misc]
        theirs.line_emulator = lambda: nullcontext(line)
        _warm(servers.postgres_url, servers.redis_url)
        yield clean
        running.close()


def _warm(postgres_url: str, redis_url: str) -> None:
    """Do what every fork would do anew: compile the routes, which all applications share."""
    known = {"database_url": postgres_url, "redis_url": redis_url}
    app = build_web(Settings(environment="test", **known))
    for route in app.routes:
        route.matches({"type": "http", "method": "GET", "path": "/-/-", "headers": []})
