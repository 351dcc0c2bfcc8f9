"""The lease of databases itself: no test may begin with what another left behind."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.conftest import Servers
from tests.databases import Databases, Leased, NotEmptyError

WRITE = (
    "INSERT INTO bot_citizen (id, line_user_id, is_friend, created_at)"
    " VALUES ('c1', 'U1', true, now())"
)
DEFER = "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('jobs', 'x') RETURNING id"


@pytest.fixture
def lender(servers: Servers) -> Iterator[Databases]:
    """A lender of its own, so that what is done here cannot harm other tests."""
    lender = Databases(servers.postgres_url, servers.template, prefix="apart")
    yield lender
    lender.close()


def _stranger(servers: Servers, leased: Leased) -> "psycopg.Connection[tuple[object, ...]]":
    url = servers.postgres_url.replace(f"/{servers.template}?", f"/{leased.name}?")
    return psycopg.connect(url, autocommit=True, options="-csearch_path=city_aizuwakamatsu,public")


def test_what_a_test_wrote_is_gone_for_the_next_and_numbers_begin_anew(
    lender: Databases, servers: Servers
) -> None:
    first = lender.lease()
    with _stranger(servers, first) as connection:
        connection.execute(WRITE)
        [before] = connection.execute(DEFER).fetchone() or [None]
    lender.give_back(first)

    second = lender.lease()
    assert (second.name, second.filled(), lender.made) == (first.name, [], 1)
    with _stranger(servers, second) as connection:
        assert connection.execute(DEFER).fetchone() == (before,)
    lender.give_back(second)


def test_rows_that_come_after_the_emptying_stop_the_next_test(
    lender: Databases, servers: Servers
) -> None:
    leased = lender.lease()
    lender.give_back(leased)
    with _stranger(servers, leased) as straggler:
        straggler.execute(WRITE)
    with pytest.raises(NotEmptyError, match="bot_citizen"):
        lender.lease()


def test_a_transaction_left_open_holds_nobody_up(lender: Databases, servers: Servers) -> None:
    leased = lender.lease()
    connection = _stranger(servers, leased)
    connection.execute("BEGIN")
    connection.execute(WRITE)
    lender.give_back(leased)
    with pytest.raises(psycopg.OperationalError):
        connection.execute("COMMIT")
    lender.give_back(lender.lease())


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE procrastinate_jobs RENAME TO jobs_away",
        "ALTER TABLE identity_access DISABLE TRIGGER ALL",
        "ALTER TABLE bot_citizen ADD COLUMN more text",
        "ALTER TABLE bot_citizen DROP CONSTRAINT uq_bot_citizen_channel",
        "CREATE TABLE rasa.more (t text)",
        "UPDATE alembic_version SET version_num = 'x'",
    ],
)
def test_a_database_whose_tables_were_changed_is_not_lent_again(
    lender: Databases, servers: Servers, change: str
) -> None:
    leased = lender.lease()
    with _stranger(servers, leased) as connection:
        connection.execute(change)
    lender.give_back(leased)
    assert lender.lease().name != leased.name


def test_two_at_once_are_two_databases(lender: Databases) -> None:
    one, other = lender.lease(), lender.lease()
    assert one.name != other.name
    lender.give_back(one)
    lender.give_back(other)
