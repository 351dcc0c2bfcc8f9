"""What staff did to conversations: each action is declared with the exact keys of its details."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth.staff import StaffMember
from bot.handoff.models import HandoffAction

ACTIONS: dict[str, frozenset[str]] = {
    "opened": frozenset(),
    "file_opened": frozenset({"media_id"}),
    "taken": frozenset({"fence"}),
    "taken_over": frozenset({"fence", "from_id"}),
    "replied": frozenset({"outbound_key", "kinds", "sent_despite", "machine"}),
    "file_sent": frozenset({"outbound_key", "content_type"}),
    "started": frozenset({"outbound_key", "what", "title"}),
    "noted": frozenset({"note_id"}),
    "forwarded": frozenset({"from_desk", "to_desk"}),
    "closed": frozenset({"reason", "then"}),
    "labelled": frozenset({"theme", "quality", "follow_up"}),
    "exported": frozenset({"form"}),
    "taught": frozenset({"intent"}),
}
WORDS = {
    "opened": "開いた",
    "file_opened": "ファイルを開いた",
    "taken": "対応を始めた",
    "taken_over": "引き取った",
    "replied": "返信した",
    "file_sent": "画像・書類を送った",
    "started": "手続きのボタンを送った",
    "noted": "メモを書いた",
    "forwarded": "別の課へ引きついだ",
    "closed": "会話を終えた",
    "labelled": "分類した",
    "exported": "記録を書き出した",
    "taught": "学習データにした",
}
# A page that refreshes itself is one look.
ONE_LOOK = timedelta(minutes=10)


def record(
    session: AsyncSession,
    action: str,
    handoff_id: int,
    member: StaffMember,
    at: datetime,
    **details: object,
) -> None:
    """Add an action to the record, in the transaction of what was done.

    Raises TypeError for an undeclared action or other details than declared.
    """
    if ACTIONS.get(action) != details.keys():
        raise TypeError(f"{action} is not declared with {sorted(details)}")
    session.add(
        HandoffAction(
            handoff_id=handoff_id,
            at=at,
            staff_id=member.id,
            staff_name=member.name,
            action=action,
            details=details,
        )
    )


async def record_look(
    session: AsyncSession, handoff_id: int, member: StaffMember, at: datetime
) -> None:
    """Note that somebody read a conversation."""
    recent = select(HandoffAction.id).where(
        HandoffAction.handoff_id == handoff_id,
        HandoffAction.staff_id == member.id,
        HandoffAction.action == "opened",
        HandoffAction.at > at - ONE_LOOK,
    )
    if await session.scalar(recent.limit(1)) is None:
        record(session, "opened", handoff_id, member, at)
