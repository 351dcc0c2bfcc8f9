"""What takes two administrators: one asks, another approves. Both stand in the record of changes.

A right that would let its holder give themselves all others is not given by one person, and neither
is an account that has one: a new password or login for it would be the same right.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth.permissions import Role, is_sensitive
from identity.staff import changes
from identity.staff.models import RightsRequest
from kit.masking import mask_numbers

# Who asked may have left by then, and the reason may be gone.
LIFE = timedelta(days=7)


class What(StrEnum):
    """What waits for a second administrator."""

    roles = "roles"
    reset = "reset"
    single_sign_on = "single_sign_on"

    @property
    def label(self) -> str:
        """How pages call it."""
        return _LABELS[self]


_LABELS = {
    What.roles: "役割の変更",
    What.reset: "パスワードと認証アプリの初期化",
    What.single_sign_on: "シングルサインオンの登録",
}


def needs_second(actor: str, roles: Iterable[str]) -> bool:
    """Tell whether somebody alone may not give these roles, or take over who has them.

    The command line may: whoever has it has the database, too, and the first administrator comes
    from there.
    """
    return actor != changes.COMMAND_LINE and any(is_sensitive(Role(role)) for role in roles)


async def ask(
    session: AsyncSession,
    what: What,
    staff_id: str,
    details: dict[str, object],
    *,
    actor: str,
    reason: str,
    now: datetime,
) -> None:
    """Note a request in place of an earlier one of its kind. Raises ReasonMissingError."""
    await withdraw(session, what, staff_id)
    roles = details.get("roles", [])
    changes.record(
        session,
        "rights_requested",
        actor=actor,
        staff_id=staff_id,
        reason=reason,
        now=now,
        what=what.value,
        roles=roles,
    )
    session.add(
        RightsRequest(
            staff_id=staff_id,
            what=what.value,
            details=details,
            reason=mask_numbers(reason.strip())[0],
            asked_by=actor,
            asked_at=now,
            state="waiting",
        )
    )


async def withdraw(session: AsyncSession, what: What, staff_id: str) -> None:
    """Close what waits for an account, because something newer was decided for it."""
    same = RightsRequest.staff_id == staff_id, RightsRequest.what == what.value
    waiting = RightsRequest.state == "waiting"
    await session.execute(update(RightsRequest).where(*same, waiting).values(state="replaced"))


async def waiting(
    session: AsyncSession, now: datetime, staff_id: str | None = None
) -> Sequence[RightsRequest]:
    """Return what waits, for one account or for all, oldest first."""
    query = select(RightsRequest).where(
        RightsRequest.state == "waiting", RightsRequest.asked_at > now - LIFE
    )
    if staff_id is not None:
        query = query.where(RightsRequest.staff_id == staff_id)
    return (await session.scalars(query.order_by(RightsRequest.id))).all()


def is_in_time(request: RightsRequest, now: datetime) -> bool:
    """Tell whether a request may still be decided."""
    return request.state == "waiting" and now < request.asked_at + LIFE
