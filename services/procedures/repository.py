"""All SQL of the navigator, and what is sealed in its rows."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from kit.vault import PersonKeys, Place
from services.procedures.models import ProcedureGuide, ProcedureTick


class Contents(BaseModel):
    """What only its citizen's key opens."""

    model_config = ConfigDict(frozen=True)

    answers: dict[str, Any]
    """Facts as JSON has them (`answers`), `unknown` among them."""
    hints: dict[str, list[str]] = {}
    """Of questions for several: what was said before they were asked."""
    page_key: str
    family_key: str | None = None


def seal(keys: PersonKeys, guide_id: str, contents: Contents) -> bytes:
    """Return the contents of a guide as they are stored."""
    return keys.seal(_place(guide_id), contents.model_dump_json())


def unseal(keys: PersonKeys, row: ProcedureGuide) -> Contents:
    """Return the contents of a guide."""
    return Contents.model_validate_json(keys.open(_place(row.id), row.sealed))


def _place(guide_id: str) -> Place:
    return Place("procedure_guide", guide_id, "sealed")


async def of_citizen(
    session: AsyncSession, citizen_id: str, guide_id: str, *, lock: bool = False
) -> ProcedureGuide | None:
    """Return one guide of a citizen's."""
    found = select(ProcedureGuide).where(
        ProcedureGuide.id == guide_id, ProcedureGuide.citizen_id == citizen_id
    )
    row: ProcedureGuide | None = await session.scalar(found.with_for_update() if lock else found)
    return row


async def all_of_citizen(
    session: AsyncSession, citizen_id: str, event: str = ""
) -> Sequence[ProcedureGuide]:
    """Return a citizen's guides, the one seen last first."""
    found = select(ProcedureGuide).where(ProcedureGuide.citizen_id == citizen_id)
    if event:
        found = found.where(ProcedureGuide.event == event)
    newest = (ProcedureGuide.seen_at.desc(), ProcedureGuide.id)
    return (await session.scalars(found.order_by(*newest))).all()


async def by_page(
    session: AsyncSession, index: str, *, lock: bool = False
) -> ProcedureGuide | None:
    """Return the guide of a page's key, the citizen's own or the family's."""
    found = select(ProcedureGuide).where(
        (ProcedureGuide.page_index == index) | (ProcedureGuide.family_index == index)
    )
    row: ProcedureGuide | None = await session.scalar(found.with_for_update() if lock else found)
    return row


async def by_counter(
    session: AsyncSession, index: str, now: datetime, *, lock: bool = False
) -> ProcedureGuide | None:
    """Return the guide of a counter's code that has not ended."""
    found = select(ProcedureGuide).where(
        ProcedureGuide.counter_index == index, ProcedureGuide.counter_ends_at > now
    )
    row: ProcedureGuide | None = await session.scalar(found.with_for_update() if lock else found)
    return row


async def ticks(
    session: AsyncSession, guide_ids: Collection[str]
) -> dict[str, dict[str, ProcedureTick]]:
    """Return what is done, by guide and procedure."""
    rows = await session.scalars(select(ProcedureTick).where(ProcedureTick.guide_id.in_(guide_ids)))
    found: dict[str, dict[str, ProcedureTick]] = {guide_id: {} for guide_id in guide_ids}
    for row in rows:
        found[row.guide_id][row.procedure] = row
    return found


async def tick(
    session: AsyncSession, guide_id: str, procedure: str, who: str, now: datetime
) -> None:
    """Note that something is done; who said so first stays."""
    row = {"guide_id": guide_id, "procedure": procedure, "who": who, "ticked_at": now}
    await session.execute(insert(ProcedureTick).values(row).on_conflict_do_nothing())


async def untick(session: AsyncSession, guide_id: str, procedure: str) -> None:
    """Take that back."""
    await session.execute(
        delete(ProcedureTick).where(
            ProcedureTick.guide_id == guide_id, ProcedureTick.procedure == procedure
        )
    )


async def reminding(session: AsyncSession) -> Sequence[ProcedureGuide]:
    """Return the guides whose citizens want to be reminded."""
    found = select(ProcedureGuide).where(
        ProcedureGuide.reminds, ProcedureGuide.listed_at.is_not(None)
    )
    return (await session.scalars(found.order_by(ProcedureGuide.id))).all()


async def forget_citizen(session: AsyncSession, citizen_id: str) -> None:
    """Delete everything of a citizen's."""
    await session.execute(delete(ProcedureGuide).where(ProcedureGuide.citizen_id == citizen_id))


async def forget_before(session: AsyncSession, instant: datetime) -> None:
    """Delete what nobody has looked at since."""
    await session.execute(delete(ProcedureGuide).where(ProcedureGuide.seen_at < instant))
