"""Finding conversations by words that were written in them, by the citizen or by staff.

Words count from when somebody asked for a person until the talk's end, and what it was about: what
a citizen tells the bot at other times is nobody's to be searched. They stand in a table of their
own, filled by the minute and before each search: nothing that answers LINE waits for an index.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg.errors import QueryCanceled
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import InvalidInputError
from kit.text import fold

FOUND = 50
LONGEST = 100

_FOUND = """
    SELECT h.id AS handoff_id, h.desk, h.state, w.at, w.staff_name, w.words
    FROM {words} w
    JOIN bot_handoff h ON h.citizen_id = w.citizen_id AND h.desk = ANY(:desks)
      AND (w.event_id = h.about_event_id
        OR w.at BETWEEN h.asked_at AND coalesce(h.ended_at, 'infinity'))
    WHERE w.folded LIKE ALL(:patterns) {more}
    ORDER BY w.at DESC
    LIMIT :most
"""
# A word that stands everywhere is found soonest among the newest; the index finds what is rare.
NEWEST = 20_000
_AMONG_NEWEST = text(
    "WITH newest AS MATERIALIZED ("  # noqa: S608  both parts stand here
    "SELECT * FROM bot_search_words ORDER BY at DESC LIMIT :newest)"
    + _FOUND.format(words="newest", more="")
)
_SEARCH = text(
    _FOUND.format(words="bot_search_words", more="AND w.pairs @> CAST(:pairs AS text[])")
)

# Talks that go on, or ended within a day: what was written in others stands in the table already.
_CITIZENS = text(
    """
    INSERT INTO bot_search_words (event_id, citizen_id, at, words, folded, pairs)
    SELECT e.id, e.citizen_id, e.received_at, s.words, bot_folded(s.words), bot_bigrams(s.words)
    FROM bot_handoff h
    JOIN bot_line_event e ON e.citizen_id = h.citizen_id AND (e.id = h.about_event_id
      OR e.received_at BETWEEN h.asked_at AND coalesce(h.ended_at, 'infinity'))
    CROSS JOIN LATERAL (SELECT e.raw -> 'message' ->> 'text' AS words) AS s
    WHERE coalesce(h.ended_at, 'infinity') > :since AND length(bot_folded(s.words)) > 1
      AND NOT EXISTS (SELECT 1 FROM bot_search_words w WHERE w.event_id = e.id)
    ON CONFLICT DO NOTHING
    """
)
_STAFF = text(
    """
    INSERT INTO bot_search_words (outbound_id, citizen_id, at, staff_name, words, folded, pairs)
    SELECT o.id, o.citizen_id, o.created_at, o.staff_name, s.words, bot_folded(s.words),
      bot_bigrams(s.words)
    FROM bot_handoff h
    JOIN bot_outbound o ON o.citizen_id = h.citizen_id AND o.staff_name IS NOT NULL
      AND o.created_at BETWEEN h.asked_at AND coalesce(h.ended_at, 'infinity')
    CROSS JOIN LATERAL (
      SELECT string_agg(part ->> 'text', ' ') AS words
      FROM jsonb_array_elements(o.messages_json::jsonb) AS part
    ) AS s
    WHERE coalesce(h.ended_at, 'infinity') > :since AND length(bot_folded(s.words)) > 1
      AND NOT EXISTS (SELECT 1 FROM bot_search_words w WHERE w.outbound_id = o.id)
    ON CONFLICT DO NOTHING
    """
)
_RECENT = timedelta(days=1)

# Nobody waits longer, and nobody holds up the database with words that stand everywhere.
_PATIENCE = text("SET LOCAL statement_timeout = '2s'")


class TooShortError(InvalidInputError):
    """さがす言葉を、2文字以上、100文字以内で入力してください。"""

    code = "search_too_short"


class TooCommonError(InvalidInputError):
    """よく使われる言葉のため、見つかるものが多すぎます。ほかの言葉を足してください。"""

    code = "search_too_common"


@dataclass(frozen=True)
class Hit:
    """One message that holds the words; `staff_name` is None where the citizen wrote it."""

    handoff_id: int
    desk: str
    state: str
    at: datetime
    staff_name: str | None
    words: str


async def take_in(session: AsyncSession, now: datetime) -> None:
    """Make what was written lately ready to be searched; what is known already stays."""
    for query in (_CITIZENS, _STAFF):
        await session.execute(query, {"since": now - _RECENT})


async def search(session: AsyncSession, desks: Sequence[str], asked: str) -> list[Hit]:
    """Return the newest messages of these desks' conversations that hold every word.

    Raises TooShortError and TooCommonError.
    """
    words = fold(asked).split()
    if not words or min(map(len, words)) < 2 or len(asked) > LONGEST:
        raise TooShortError
    pairs = {word[place : place + 2] for word in words for place in range(len(word) - 1)}
    values = {
        "desks": list(desks),
        "patterns": [f"%{_literally(word)}%" for word in words],
        "most": FOUND,
    }
    await session.execute(_PATIENCE)
    try:
        newest = await session.execute(_AMONG_NEWEST, values | {"newest": NEWEST})
        hits = [Hit(**row) for row in newest.mappings()]
        if len(hits) < FOUND:
            rows = await session.execute(_SEARCH, values | {"pairs": sorted(pairs)})
            hits = [Hit(**row) for row in rows.mappings()]
        return hits
    except DBAPIError as error:
        if isinstance(error.orig, QueryCanceled):
            raise TooCommonError from error
        raise


def _literally(word: str) -> str:
    """Return a word in which LIKE finds no sign of its own."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
