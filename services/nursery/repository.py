"""All SQL of nursery places, but for what the desk and the allocation ask (`desk_repository`)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.nursery.models import (
    NurseryApplication,
    NurseryChild,
    NurseryClass,
    NurseryDocument,
    NurseryFacility,
    NurseryPhoto,
    NurseryPoint,
    NurseryResult,
    NurseryRound,
)

Rows = Sequence[Mapping[str, Any]]


async def put_facilities(session: AsyncSession, facilities: Rows, classes: Rows) -> None:
    """Take nurseries and seats over; what staff changed after the file's day stays."""
    await _upsert(session, NurseryFacility, facilities, ("id",))
    for row in classes:
        key = (row["facility_id"], row["first_age"])
        before = await session.get(NurseryClass, key)
        if before is not None and before.updated_on > row["updated_on"]:
            continue
        await _upsert(session, NurseryClass, [row], ("facility_id", "first_age"))


async def put_rounds(session: AsyncSession, rounds: Rows) -> None:
    """Take rounds over; how far a round has come stays."""
    for row in rounds:
        new = insert(NurseryRound).values({**row, "state": "collecting"})
        keep = {name: value for name, value in row.items() if name != "id"}
        await session.execute(new.on_conflict_do_update(index_elements=["id"], set_=keep))


async def _upsert(session: AsyncSession, table: Any, rows: Rows, key: tuple[str, ...]) -> None:
    for row in rows:
        change = {name: value for name, value in row.items() if name not in key}
        new = insert(table).values(row)
        await session.execute(new.on_conflict_do_update(index_elements=key, set_=change))


async def handed_in(
    session: AsyncSession, round_id: str, start: int, most: int
) -> Sequence[NurseryApplication]:
    """Return part of the applications that take part in a round, in the order of their receipts.

    Invented families of a demonstration have handed nothing in that could be read.
    """
    query = select(NurseryApplication).where(
        NurseryApplication.round_id == round_id,
        NurseryApplication.state == "submitted",
        NurseryApplication.submitted.is_not(None),
    )
    query = query.order_by(NurseryApplication.receipt, NurseryApplication.id)
    return (await session.scalars(query.offset(start).limit(most))).all()


async def facilities(session: AsyncSession) -> Sequence[NurseryFacility]:
    """Return every nursery."""
    return (await session.scalars(select(NurseryFacility).order_by(NurseryFacility.id))).all()


async def classes(session: AsyncSession) -> Sequence[NurseryClass]:
    """Return all seats."""
    order = (NurseryClass.facility_id, NurseryClass.first_age)
    return (await session.scalars(select(NurseryClass).order_by(*order))).all()


async def rounds(session: AsyncSession) -> Sequence[NurseryRound]:
    """Return the rounds, the newest first."""
    order = NurseryRound.closes_at.desc()
    return (await session.scalars(select(NurseryRound).order_by(order))).all()


async def round_of(
    session: AsyncSession, round_id: str, *, lock: bool = False
) -> NurseryRound | None:
    """Return a round."""
    return await session.get(NurseryRound, round_id, with_for_update=lock or None)


async def applications_of(
    session: AsyncSession, citizen_id: str
) -> Sequence[tuple[NurseryApplication, NurseryRound]]:
    """Return a citizen's applications with their rounds, the newest round first."""
    query = (
        select(NurseryApplication, NurseryRound)
        .join(NurseryRound, NurseryRound.id == NurseryApplication.round_id)
        .where(NurseryApplication.citizen_id == citizen_id)
        .order_by(NurseryRound.closes_at.desc())
    )
    return [(row[0], row[1]) for row in await session.execute(query)]


async def application_of(
    session: AsyncSession, round_id: str, citizen_id: str
) -> NurseryApplication | None:
    """Return a citizen's application in a round, held for changing."""
    query = select(NurseryApplication).where(
        NurseryApplication.round_id == round_id, NurseryApplication.citizen_id == citizen_id
    )
    return (await session.scalars(query.with_for_update())).one_or_none()


async def held(
    session: AsyncSession, round_id: str, citizen_id: str
) -> tuple[NurseryApplication, NurseryRound] | None:
    """Return a citizen's application in a round, held for changing, with the round."""
    query = (
        select(NurseryApplication, NurseryRound)
        .join(NurseryRound, NurseryRound.id == NurseryApplication.round_id)
        .where(NurseryApplication.round_id == round_id, NurseryApplication.citizen_id == citizen_id)
        .with_for_update(of=NurseryApplication)
    )
    found = (await session.execute(query)).one_or_none()
    return None if found is None else (found[0], found[1])


async def begin(
    session: AsyncSession, application_id: str, round_id: str, citizen_id: str, now: datetime
) -> None:
    """Make an empty application, unless there is one."""
    new = insert(NurseryApplication).values(
        id=application_id,
        round_id=round_id,
        citizen_id=citizen_id,
        state="draft",
        version=0,
        tie=[],
        updated_at=now,
    )
    await session.execute(new.on_conflict_do_nothing())


async def replace_parts(
    session: AsyncSession, application_id: str, children: Rows, papers: Rows, points: Rows
) -> None:
    """Replace what an application that was handed in consists of.

    What the desk has said of a paper or a row that is still the same stays.
    """
    kept_papers = {
        (row.kind, row.parent): row.state for row in await documents(session, application_id)
    }
    kept_points = {_same(row): row.state for row in await points_of(session, application_id)}
    for table in (NurseryChild, NurseryDocument, NurseryPoint):
        await session.execute(delete(table).where(table.application_id == application_id))
    own = {"application_id": application_id}
    session.add_all([NurseryChild(**own, **row) for row in children])
    for row in papers:
        state = kept_papers.get((row["kind"], row["parent"]), "expected")
        session.add(NurseryDocument(**own, **row, state=state))
    for row in points:
        point = NurseryPoint(**own, **row, state="proposed")
        point.state = kept_points.get(_same(point), "proposed")
        session.add(point)
    await session.flush()


def _same(row: NurseryPoint) -> tuple[object, ...]:
    return (row.row, row.points, row.parent, row.nursery)


async def children(session: AsyncSession, application_id: str) -> Sequence[NurseryChild]:
    """Return the children of an application, eldest first."""
    query = select(NurseryChild).where(NurseryChild.application_id == application_id)
    return (await session.scalars(query.order_by(NurseryChild.position))).all()


async def documents(session: AsyncSession, application_id: str) -> Sequence[NurseryDocument]:
    """Return the papers of an application."""
    query = select(NurseryDocument).where(NurseryDocument.application_id == application_id)
    return (await session.scalars(query.order_by(NurseryDocument.id))).all()


async def photos(session: AsyncSession, application_id: str) -> Sequence[NurseryPhoto]:
    """Return the photographed papers of an application, the oldest first."""
    query = select(NurseryPhoto).where(NurseryPhoto.application_id == application_id)
    return (await session.scalars(query.order_by(NurseryPhoto.added_at, NurseryPhoto.id))).all()


async def photo(session: AsyncSession, application_id: str, photo_id: str) -> NurseryPhoto | None:
    """Return one photographed page of an application."""
    found = await session.get(NurseryPhoto, photo_id)
    return found if found is not None and found.application_id == application_id else None


async def points_of(session: AsyncSession, application_id: str) -> Sequence[NurseryPoint]:
    """Return the rows that count for an application."""
    query = select(NurseryPoint).where(NurseryPoint.application_id == application_id)
    return (await session.scalars(query.order_by(NurseryPoint.id))).all()


async def results_of(
    session: AsyncSession, application_id: str
) -> Sequence[tuple[NurseryChild, NurseryResult]]:
    """Return what came of each child, eldest first."""
    query = (
        select(NurseryChild, NurseryResult)
        .join(NurseryResult, NurseryResult.child_id == NurseryChild.id)
        .where(NurseryChild.application_id == application_id)
        .order_by(NurseryChild.position)
    )
    return [(row[0], row[1]) for row in await session.execute(query)]


async def forget_citizen(session: AsyncSession, citizen_id: str) -> None:
    """Delete a citizen's applications with all that hangs on them."""
    own = NurseryApplication.citizen_id == citizen_id
    await session.execute(delete(NurseryApplication).where(own))


async def forget_closed_before(
    session: AsyncSession, drafts: datetime, everything: datetime
) -> None:
    """Delete drafts never handed in of rounds closed before the one, all before the other."""
    for before, states in ((drafts, ("draft",)), (everything, ("draft", "submitted", "withdrawn"))):
        closed = select(NurseryRound.id).where(NurseryRound.closes_at < before)
        await session.execute(
            delete(NurseryApplication).where(
                NurseryApplication.round_id.in_(closed), NurseryApplication.state.in_(states)
            )
        )
