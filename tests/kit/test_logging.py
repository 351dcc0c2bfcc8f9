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


@pytest.mark.parametrize("log_format", ["json", "console"])
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT CAST(:words AS integer)",
        "INSERT INTO kit_person_key (person_id, version, master_key_id, wrapped, created_at) "
        "SELECT :words, 1, 'm', '', now() FROM generate_series(1, 2)",
    ],
)
async def test_a_database_error_does_not_quote_what_was_written(
    database: Database, lines: io.StringIO, statement: str, log_format: str
) -> None:
    if log_format == "console":
        configure_logging("INFO", log_format)
        logging.getLogger().handlers[0].setStream(lines)  # type: ignore[attr-defined]
    values = {"words": "ひみつの言葉"}
    with pytest.raises(DBAPIError) as caught:
        async with database.transaction() as session:
            await session.execute(text(statement), values)
    assert "[SQL parameters hidden" in str(caught.value)
    get_logger("t").error("request_crashed", exc_info=caught.value)
    written = lines.getvalue()
    assert "request_crashed" in written
    assert "[redacted]" in written
    assert "ひみつの言葉" not in written
