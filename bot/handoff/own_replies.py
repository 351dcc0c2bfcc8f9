"""Canned replies that staff keep, for themselves or their desk; a city's own are in its files."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from auth.staff import StaffMember
from bot.handoff.models import CannedReply
from bot.handoff.replies import Reply
from bot.handoff.writing import LABELS, Found, findings
from kit.clock import Clock
from kit.db import Database
from kit.errors import InvalidInputError, NotFoundError

LONGEST_TITLE = 40
LONGEST_WORDS = 2000
MOST = 100
"""Replies of one person, and of one desk."""


class ReplyRefusedError(InvalidInputError):
    """この定型文は保存できません。"""

    status = 422
    code = "canned_reply_refused"

    def __init__(self, field: str, words: str) -> None:
        """`field` is what has to be corrected, `words` say how."""
        super().__init__(words)
        self.field = field


@dataclass(frozen=True)
class NewReply:
    """What a form holds; for the person alone without a desk."""

    title: str
    words: str
    desk: str | None


class OwnReplies:
    """Keeps them. Nobody sees another person's, nor another desk's."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Both are made once per process."""
        self._database = database
        self._clock = clock

    async def for_desk(self, member: StaffMember, desk: str) -> list[Reply]:
        """Return what somebody may insert into a conversation of a desk of theirs."""
        rows = await self.all_of(member, (desk,))
        return [
            Reply(
                id=f"own-{row.id}",
                title=f"{'課' if row.desk else '自分'}：{row.title}"[:LONGEST_TITLE],
                text=row.words,
                desk=row.desk,
            )
            for row in rows
        ]

    async def all_of(self, member: StaffMember, desks: Sequence[str]) -> Sequence[CannedReply]:
        """Return a person's own replies and those of desks, by their titles."""
        query = select(CannedReply).where(_seen_by(member, desks)).order_by(CannedReply.title)
        async with self._database.statement() as session:
            return (await session.scalars(query)).all()

    async def add(self, member: StaffMember, new: NewReply) -> None:
        """Keep a reply. Raises ReplyRefusedError, and NotFoundError for a desk not theirs."""
        if new.desk is not None and not member.sees(new.desk):
            raise NotFoundError
        _check(new)
        async with self._database.transaction() as session:
            if await self._number(session, member, new.desk) >= MOST:
                raise ReplyRefusedError(
                    "title", f"定型文は{MOST}件までです。使わないものを消してください。"
                )
            session.add(
                CannedReply(
                    owner_id=None if new.desk else member.id,
                    desk=new.desk,
                    title=new.title,
                    words=new.words,
                    made_at=self._clock(),
                    made_by=member.name,
                )
            )

    async def remove(self, member: StaffMember, reply_id: int) -> None:
        """Delete one's own reply, or one of a desk of theirs. Raises NotFoundError."""
        of_theirs = (CannedReply.id == reply_id, _seen_by(member, member.desks))
        query = delete(CannedReply).where(*of_theirs).returning(CannedReply.id)
        async with self._database.transaction() as session:
            if await session.scalar(query) is None:
                raise NotFoundError

    async def _number(self, session: AsyncSession, member: StaffMember, desk: str | None) -> int:
        mine = CannedReply.desk == desk if desk else CannedReply.owner_id == member.id
        return await session.scalar(select(func.count()).select_from(CannedReply).where(mine)) or 0


def _seen_by(member: StaffMember, desks: Sequence[str]) -> ColumnElement[bool]:
    return or_(CannedReply.owner_id == member.id, CannedReply.desk.in_(desks))


def _check(new: NewReply) -> None:
    if not new.title:
        raise ReplyRefusedError("title", "題名を入力してください。")
    if len(new.title) > LONGEST_TITLE - 3:
        raise ReplyRefusedError("title", f"題名は、{LONGEST_TITLE - 3}文字以内にしてください。")
    if not new.words:
        raise ReplyRefusedError("words", "本文を入力してください。")
    if len(new.words) > LONGEST_WORDS:
        raise ReplyRefusedError("words", f"本文は、{LONGEST_WORDS}文字以内にしてください。")
    personal = [LABELS[kind] for kind in findings(new.words) if kind is not Found.placeholder]
    if personal:
        raise ReplyRefusedError(
            "words", f"{'、'.join(personal)}は書けません。〔　〕で空けてください。"
        )
