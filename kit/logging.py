"""Structured logs: a constant event name plus keys. Values that look like secrets are redacted."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from kit.masking import mask_numbers

# Keys whose values never belong in a log, whatever they hold.
REDACTED_KEYS = frozenset(
    {
        "address",
        "authorization",
        "birthdate",
        "body",
        "cookie",
        "display_name",
        "kana",
        "latitude",
        "line_user_id",
        "longitude",
        "mail",
        "nonce",
        "password",
        "phone",
        "pin",
        "reply_token",
        "secret",
        "subject",
        "text",
        "token",
    }
)
_LINE_USER_ID = re.compile(r"U[0-9a-f]{32}")
_BEARER = re.compile(r"""(?i)bearer\s+[^\s"',]+""")
# PostgreSQL quotes what was written: in the details of a broken rule, and where text is no value.
# A line may end as itself or, inside JSON, as the two characters that stand for it.
_DATABASE_QUOTE = re.compile(
    r"(DETAIL: |invalid input syntax for type [a-z ]+: |invalid input value for enum \w+: )"
    r"(?:(?!\\n)[^\n])*"
)


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace values under forbidden keys, and forbidden patterns in any other string."""
    for key, value in event.items():
        if key in REDACTED_KEYS:
            event[key] = "[redacted]"
        elif isinstance(value, str):
            event[key] = redact_text(value)
    return event


def redact_text(text: str) -> str:
    """Return `text` without LINE user ids, bearer tokens, My Numbers, card numbers, and without
    the values that PostgreSQL quotes in its errors."""
    text = _LINE_USER_ID.sub("U[redacted]", text)
    text = _DATABASE_QUOTE.sub(r"\1[redacted]", text)
    text = _BEARER.sub("Bearer [redacted]", text)
    return mask_numbers(text)[0]


class _RedactingFormatter(structlog.stdlib.ProcessorFormatter):
    """The last gate: tracebacks of foreign libraries pass through it as well."""

    def format(self, record: logging.LogRecord) -> str:
        return redact_text(super().format(record))


def configure_logging(level: str = "INFO", log_format: str = "console") -> None:
    """Send every log line of this process to standard error in one shape."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _RedactingFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
            foreign_pre_chain=shared,
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("httpx2", "httpcore2", "uvicorn.access", "procrastinate"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    for own in ("uvicorn", "uvicorn.error"):
        logging.getLogger(own).handlers.clear()
        logging.getLogger(own).propagate = True


def get_logger(name: str) -> Any:
    """Return a structlog logger; call it as `log.info("event_name", key=value)`."""
    return structlog.stdlib.get_logger(name)
