"""Nothing personal passes the last gate of the log."""

import io
import logging

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kit.db import Database
from kit.logging import configure_logging, get_logger


@pytest.fixture
def lines() -> io.StringIO:
    configure_logging("INFO", "json")
    stream = io.StringIO()
    logging.getLogger().handlers[0].setStream(stream)  # type: ignore[attr-defined]
    return stream


def test_forbidden_keys_and_patterns_are_redacted(lines: io.StringIO) -> None:
    user = "U" + "0123456789abcdef" * 2
    get_logger("t").info("event", text="secret words", note=f"user {user}", number="123456789018")
    written = lines.getvalue()
    assert "secret words" not in written
    assert user not in written
    assert "123456789018" not in written
    assert '"event": "event"' in written


def test_a_traceback_passes_the_same_gate(lines: io.StringIO) -> None:
    try:
        raise ValueError("Bearer abc.def.ghi and 1234-5678-9018")
    except ValueError:
        get_logger("t").exception("failed")
        logging.getLogger("foreign").exception("foreign failed")
    written = lines.getvalue()
    assert "ValueError" in written
    assert "abc.def.ghi" not in written
    assert "5678" not in written


async def test_a_database_error_does_not_quote_what_was_written(database: Database) -> None:
    with pytest.raises(DBAPIError) as caught:
        async with database.transaction() as session:
            await session.execute(text("SELECT CAST(:words AS integer)"), {"words": "ひみつの言葉"})
    assert "[SQL parameters hidden" in str(caught.value)
