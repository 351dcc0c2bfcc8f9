"""A broadcast looked at on one's own LINE first: a test message, never counted as a broadcast.

Which LINE is somebody's own they show by writing a code of the console into the city's talk.
"""

import re
import secrets
import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from auth.store import Store
from bot.broadcast.models import Tester
from bot.sender.notifications import Notifier
from kit.clock import Clock
from kit.db import Database
from kit.errors import ConflictError, NotFoundError
from kit.ids import new_retry_key
from kit.logging import get_logger
from kit.settings import Settings
from messages.languages import Language
from messages.neutral import Message, Text
from messages.notifications import Notification, Outcome

log = get_logger(__name__)

CODE_LIFE = timedelta(minutes=10)
MARK = "【試験】配信の前の確認です。届いたのは、あなただけです。"
PAIRED = Text(text="このLINEを、配信の試し送りの宛先にしました。配信の画面に戻ってください。")
UNKNOWN = Text(
    text="コードが違うか、期限（10分）が過ぎています。配信の画面で、コードを出し直してください。"
)
_WORD = "試し送り"
# No letters that are read as others (0 O, 1 I L).
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_WRITTEN = re.compile(rf"{_WORD}\s*([0-9A-Z]{{4}}-[0-9A-Z]{{4}})")
# LINE takes five messages a call.
_AT_ONCE = 5


class NoTesterError(ConflictError):
    """試し送りの宛先がありません。「宛先のLINEをつなぐ」から、ご自分のLINEをつないでください。"""


def read_code(text: str | None) -> str | None:
    """Return the code of a message that pairs a talk with an account of staff, None for others."""
    found = _WRITTEN.fullmatch(unicodedata.normalize("NFKC", text or "").strip().upper())
    return found[1] if found else None


class Trials:
    """Whose LINE is whose, and the sending to oneself."""

    def __init__(
        self, database: Database, clock: Clock, settings: Settings, notifier: Notifier
    ) -> None:
        """Codes are in Redis and live ten minutes."""
        self._database = database
        self._clock = clock
        self._notifier = notifier
        self._codes = Store(settings, "broadcast-trial")

    async def offer(self, staff_id: str) -> str:
        """Return what somebody has to write into the city's talk from their own LINE."""
        code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(2))
        await self._codes.put(code, {"staff": staff_id}, CODE_LIFE)
        return f"{_WORD} {code}"

    async def pair(self, citizen_id: str, code: str) -> Message:
        """Make a talk the test account of whoever was shown the code, which is used up."""
        known = await self._codes.take(code)
        if known is None:
            return UNKNOWN
        values: dict[str, Any] = {"citizen_id": citizen_id, "paired_at": self._clock()}
        new = insert(Tester).values(staff_id=known["staff"], **values)
        async with self._database.transaction() as session:
            await session.execute(
                new.on_conflict_do_update(index_elements=["staff_id"], set_=values)
            )
        log.info("broadcast_tester_paired", staff=known["staff"])
        return PAIRED

    async def is_paired(self, staff_id: str) -> bool:
        """Whether somebody has a test account."""
        return await self._account(staff_id) is not None

    async def unpair(self, staff_id: str) -> None:
        """Forget somebody's test account."""
        async with self._database.transaction() as session:
            await session.execute(delete(Tester).where(Tester.staff_id == staff_id))

    async def send(self, staff_id: str, texts: Mapping[Language, str]) -> None:
        """Send what was written to its author, all languages of it, marked as a test.

        Raises NoTesterError without an account that can be reached.
        """
        citizen_id = await self._account(staff_id)
        if citizen_id is None:
            raise NoTesterError
        marked = [Text(text=f"{MARK}\n（{lang.label}）\n\n{text}") for lang, text in texts.items()]
        key = f"trial:{new_retry_key()}"
        for start in range(0, len(marked), _AT_ONCE):
            new = Notification(
                key=f"{key}:{start}",
                citizen_id=citizen_id,
                messages=tuple(marked[start : start + _AT_ONCE]),
                expires_at=self._clock() + CODE_LIFE,
            )
            try:
                if await self._notifier.notify(new) is Outcome.not_a_friend:
                    raise NoTesterError
            except NotFoundError:
                raise NoTesterError from None
        log.info("broadcast_tried", staff=staff_id, languages=len(marked))

    async def _account(self, staff_id: str) -> str | None:
        async with self._database.transaction() as session:
            row = await session.get(Tester, staff_id)
            return None if row is None else row.citizen_id

    async def close(self) -> None:
        """Close every connection."""
        await self._codes.close()
