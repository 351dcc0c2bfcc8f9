"""Finding conversations by words that were written in them, by the citizen or by staff.

Words count from when somebody asked for a person until the talk's end, and what it was about: what
a citizen tells the bot at other times is nobody's to be searched.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.errors import QueryCanceled
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import InvalidInputError
from kit.text import fold

FOUND = 50
LONGEST = 100

# Both halves use the indexes of pairs of characters; what those find is looked at once more.
_SEARCH = text(
    """
    SELECT h.id AS handoff_id, h.desk, h.state, e.received_at AS at, NULL AS staff_name,
      e.raw -> 'message' ->> 'text' AS words
    FROM bot_line_event e
    JOIN bot_handoff h ON h.citizen_id = e.citizen_id AND h.desk = ANY(:desks)
      AND (e.id = h.about_event_id
        OR e.received_at BETWEEN h.asked_at AND coalesce(h.ended_at, 'infinity'))
    WHERE e.raw -> 'message' ->> 'text' IS NOT NULL
      AND bot_bigrams(e.raw -> 'message' ->> 'text') @> CAST(:pairs AS text[])
      AND bot_folded(e.raw -> 'message' ->> 'text') LIKE ALL(:patterns)
    UNION ALL
    SELECT h.id, h.desk, h.state, o.created_at, o.staff_name, m.words
    FROM bot_outbound o
    JOIN bot_handoff h ON h.citizen_id = o.citizen_id AND h.desk = ANY(:desks)
      AND o.created_at BETWEEN h.asked_at AND coalesce(h.ended_at, 'infinity')
    CROSS JOIN LATERAL (
      SELECT string_agg(part ->> 'text', ' ') AS words
      FROM jsonb_array_elements(o.messages_json::jsonb) AS part
    ) AS m
    WHERE o.staff_name IS NOT NULL
      AND bot_bigrams(bot_said(o.messages_json)) @> CAST(:pairs AS text[])
      AND bot_folded(m.words) LIKE ALL(:patterns)
    ORDER BY at DESC
    LIMIT :most
    """
)


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
        "pairs": sorted(pairs),
        "patterns": [f"%{_literally(word)}%" for word in words],
        "most": FOUND,
    }
    await session.execute(_PATIENCE)
    try:
        return [Hit(**row) for row in (await session.execute(_SEARCH, values)).mappings()]
    except DBAPIError as error:
        if isinstance(error.orig, QueryCanceled):
            raise TooCommonError from error
        raise


def _literally(word: str) -> str:
    """Return a word in which LIKE finds no sign of its own."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
