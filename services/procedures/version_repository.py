"""All SQL of the versions of events."""

from collections.abc import Sequence

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import NotFoundError
from services.procedures.models import ProcedureVersion

_LOCK = 0x50524F43


async def lock(session: AsyncSession) -> None:
    """Let one transaction at a time change versions: a change begins with what there is."""
    await session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


async def published_numbers(session: AsyncSession) -> dict[str, int]:
    """Return the number of the newest published version by event."""
    found = await session.execute(
        select(ProcedureVersion.event, func.max(ProcedureVersion.number))
        .where(ProcedureVersion.state == "published")
        .group_by(ProcedureVersion.event)
    )
    return {row[0]: row[1] for row in found}


async def text_of(session: AsyncSession, event: str, number: int) -> str:
    """Return a version's text. Raises NotFoundError."""
    return (await version(session, event, number)).text


async def version(session: AsyncSession, event: str, number: int) -> ProcedureVersion:
    """Return one version. Raises NotFoundError."""
    row = await session.get(ProcedureVersion, (event, number))
    if row is None:
        raise NotFoundError
    return row


async def of_event(session: AsyncSession, event: str) -> Sequence[ProcedureVersion]:
    """Return an event's versions, the newest first."""
    found = select(ProcedureVersion).where(ProcedureVersion.event == event)
    return (await session.scalars(found.order_by(ProcedureVersion.number.desc()))).all()


async def in_work(session: AsyncSession) -> dict[str, ProcedureVersion]:
    """Return the version that is written at or waits for a second person, by event."""
    found = select(ProcedureVersion).where(ProcedureVersion.state.in_(("draft", "proposed")))
    return {row.event: row for row in await session.scalars(found)}


async def waiting(session: AsyncSession) -> int:
    """Return how many wait for a second person."""
    found = select(func.count()).where(ProcedureVersion.state == "proposed")
    return await session.scalar(found) or 0
