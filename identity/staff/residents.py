"""Staff before a resident's record: only their own desk's matters, with a reason, and recorded."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth.staff import StaffAccess, StaffMember, StaffNotAllowedError
from identity.audit import log as access


async def record_access(
    session: AsyncSession, member: StaffMember, look: StaffAccess, now: datetime
) -> None:
    """Write a look into the citizen's access log, in the transaction that permits it.

    Raises StaffNotAllowedError, and InvalidInputError without a reason.
    """
    if not (member.may(look.permission) and member.sees(look.desk)):
        raise StaffNotAllowedError
    entry = access.AuditEntry(
        look.citizen_id,
        look.action,
        actor_kind=access.Actor.staff,
        actor=f"{look.desk} {member.id}",
        reason=look.reason.strip(),
    )
    await access.record(session, entry, now)
