"""What became of announcements: those that run by themselves, and the report of one afterwards.

Nothing here names a person: people are counted.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.broadcast import repository
from bot.broadcast.models import AnnouncementChunk, Draft, StoredAnnouncement
from bot.broadcast.rules import seconds_until
from messages.announcements import AnnouncementStatus

_LISTED = 20
_DESK = "desk:"

Row = Sequence[object]


@dataclass(frozen=True)
class Automatic:
    """An announcement that no member of staff wrote, and where it stands."""

    row: StoredAnnouncement
    status: AnnouncementStatus

    @property
    def open(self) -> int:
        """How many wait or are being sent to."""
        return self.status.recipients["pending"] + self.status.recipients["sending"]

    @property
    def words(self) -> str:
        """How its text begins."""
        first = json.loads(self.row.messages_json)[0]
        return str(first.get("text") or first.get("altText") or "")


async def automatic(session: AsyncSession) -> list[Automatic]:
    """Return the newest announcements that the desk did not write."""
    query = (
        select(StoredAnnouncement)
        .where(~StoredAnnouncement.key.startswith(_DESK))
        .order_by(StoredAnnouncement.id.desc())
        .limit(_LISTED)
    )
    rows = (await session.scalars(query)).all()
    return [Automatic(row, await repository.status(session, row)) for row in rows]


async def report(session: AsyncSession, row: StoredAnnouncement, zone: ZoneInfo) -> Iterator[Row]:
    """Return the report of one announcement: what it was, what came of it, each call to LINE."""
    status = await repository.status(session, row)
    draft = await session.scalar(select(Draft).where(Draft.key == row.key))
    query = (
        select(AnnouncementChunk)
        .where(AnnouncementChunk.announcement_id == row.id)
        .order_by(AnnouncementChunk.id)
    )
    chunks = (await session.scalars(query)).all()
    ended = sorted(
        (chunk.finished_at, chunk.recipients)
        for chunk in chunks
        if chunk.state == "accepted" and chunk.finished_at is not None
    )
    shares = seconds_until([(row.created_at, at, n) for at, n in ended], row.audience)
    return _lines(row, draft, status, shares, chunks, zone)


def _lines(
    row: StoredAnnouncement,
    draft: Draft | None,
    status: AnnouncementStatus,
    shares: dict[int, float],
    chunks: Sequence[AnnouncementChunk],
    zone: ZoneInfo,
) -> Iterator[Row]:
    yield "項目", "内容"
    yield "番号", row.key
    yield "始めた時刻", _time(row.created_at, zone)
    yield "緊急", "はい" if row.urgent else "いいえ"
    yield "対象の地区", "、".join(row.segment["areas"]) or "市内全域"
    if draft is not None:
        yield "作成", draft.author
        yield "承認", draft.approver
        yield "承認なしの理由", draft.emergency_reason
        yield "文（日本語）", draft.texts["ja"]
    yield "対象の人数", status.audience
    for state, words in _STATES.items():
        yield words, status.recipients[state]
    for share, seconds in shares.items():
        yield f"{share}％が受け付けられるまで（秒）", f"{seconds:.1f}"
    yield "途中で止めた理由", row.stop_reason
    yield ()
    yield _CALLS
    for number, chunk in enumerate(chunks, 1):
        yield (
            number,
            chunk.recipients,
            _STATES.get(chunk.state, "分けて送り直し"),
            chunk.attempts,
            _time(chunk.first_attempt_at, zone),
            _time(chunk.finished_at, zone),
            chunk.line_request_id,
            chunk.failure,
        )


_STATES = {
    "accepted": "LINEが受付",
    "failed": "届けられず",
    "dropped": "取りやめ",
    "pending": "これから",
    "sending": "送信中",
}
_CALLS = ("呼び出し", "人数", "結果", "試した回数", "最初", "終わり", "LINEの受付番号", "理由")


def _time(at: datetime | None, zone: ZoneInfo) -> str:
    return "" if at is None else at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
