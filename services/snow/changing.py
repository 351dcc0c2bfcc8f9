"""One step of a report's life, in the caller's transaction: checked, noted, told to followers."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from kit.jobs import NewJob, enqueue
from services.snow import repository
from services.snow.jobs import TELL_FOLLOWERS
from services.snow.lifecycle import OPEN, Status, check_change
from services.snow.models import SnowReport
from services.snow.report_parsing import public_number

CITIZEN = "citizen"
SYSTEM = "system"


@dataclass(frozen=True)
class Step:
    """What a step says. `who` is a member of staff's id, CITIZEN or SYSTEM."""

    to: Status
    who: str
    note: str = ""
    handed_to: str = ""
    parent_id: int | None = None
    expected_at: datetime | None = None


async def take_step(session: AsyncSession, report: SnowReport, step: Step, now: datetime) -> int:
    """Carry a step out on a locked report; return the change's id.

    Raises IllegalTransitionError or InvalidInputError, and then nothing is changed.
    """
    before = Status(report.status)
    parent = "" if step.parent_id is None else public_number(step.parent_id)
    check_change(
        before,
        step.to,
        handed_to=step.handed_to,
        parent=parent,
        own=public_number(report.id),
    )
    report.status = step.to.value
    report.note, report.updated_at = step.note, now
    report.handed_to = step.handed_to if step.to is Status.NOT_OURS else ""
    report.parent_id = step.parent_id if step.to is Status.DUPLICATE else None
    report.expected_at = step.expected_at if step.to in OPEN else None
    if report.parent_id is not None:
        # Who waits for one hears from now on of the other.
        await repository.move_followers(session, report.id, report.parent_id, now)
    values = {
        "report_id": report.id,
        "before": before.value,
        "after": step.to.value,
        "at": now,
        "who": step.who,
        "note": step.note,
        "handed_to": report.handed_to,
        "parent_id": report.parent_id,
        "expected_at": report.expected_at,
    }
    change_id = await repository.add_change(session, values)
    job = {"change_id": change_id}
    # One report's changes are told in their order.
    await enqueue(session, NewJob(TELL_FOLLOWERS, job, lock=f"snow-report:{report.id}"))
    return change_id
