"""Orders of the city and open shelters, from messages of L-Alert."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.db import Database
from kit.jobs import NewJob, enqueue
from kit.lifecycle import check_step
from kit.settings import Settings
from services.disaster import repository, shelters
from services.disaster.cityfiles import city_name, jis_code
from services.disaster.decision import ORDER
from services.disaster.entries import Change
from services.disaster.facts import Status
from services.disaster.jobs import PUSH
from services.disaster.lalert import EvacuationOrder, Message, read_message
from services.disaster.models import DisasterMessage, DisasterOrder
from services.disaster.rules import MESSAGE_STATES
from services.places.contract import PlacesClient

_WHOLE = ("", "全域", "市全域", "市内全域")


@dataclass(frozen=True)
class _Place:
    """Whom an order is for: the whole city, or districts; neither where the name says nothing."""

    name: str
    districts: tuple[str, ...]
    whole_city: bool


class OrderBook:
    """Applies messages of L-Alert: (document, revision) says what is newer, per place."""

    def __init__(
        self, database: Database, clock: Clock, settings: Settings, places: PlacesClient
    ) -> None:
        """All parts are made once per process."""
        self._city = database.city.name
        self._clock = clock
        self._code = jis_code(settings.city_dir)
        self._name = city_name(settings.city_dir)
        self._places = places

    async def apply(self, session: AsyncSession, row: DisasterMessage) -> None:
        """Take one message in. Raises UnreadableError, UnavailableError while places are away."""
        message = read_message(row.body)
        row.title, row.reported_at = message.title or message.category, message.reported_at
        if message.status is not Status.ACTUAL and row.lane == "actual":
            self._close(row, "gated", message.status)
            return
        if not self._is_ours(message):
            self._close(row, "elsewhere")
            return
        row.applied_at = self._clock()
        self._close(row, "applied")
        await shelters.take_reports(session, message.shelters, row.name, self._clock())
        made = []
        if message.withdrawn:
            made = await self._withdraw(session, row, message)
        else:
            for order in message.orders:
                made += await self._take(session, row, message, order)
        if made:
            await enqueue(session, *made)

    def _is_ours(self, message: Message) -> bool:
        named = {*message.cities, *(order.place.city for order in message.orders)}
        return self._code in named

    def _close(self, row: DisasterMessage, state: str, note: str = "") -> None:
        row.state, row.note = check_step(MESSAGE_STATES, row.state, state), note

    async def _take(
        self, session: AsyncSession, row: DisasterMessage, message: Message, order: EvacuationOrder
    ) -> list[NewJob]:
        if order.place.city not in ("", self._code):
            return []
        place = await self._place(order.place.name)
        held = await _held(session, row.lane, place.name)
        at = order.at or message.reported_at or self._clock()
        if held is not None and _is_older(held, message, at):
            return []
        kind = _kind(held, order)
        before = held.word if held is not None and held.active else None
        values = {
            "document_id": message.document_id,
            "revision": message.revision,
            "word": order.word,
            "level": order.level,
            "districts": list(place.districts),
            "whole_city": place.whole_city,
            "active": not order.lifted,
            "reported_at": at,
        }
        new = insert(DisasterOrder).values(lane=row.lane, place=place.name, **values)
        await session.execute(
            new.on_conflict_do_update(index_elements=["lane", "place"], set_=values)
        )
        if kind is None:
            return []
        return await self._change(session, row, kind, place, order.word, order.level, before, at)

    async def _withdraw(
        self, session: AsyncSession, row: DisasterMessage, message: Message
    ) -> list[NewJob]:
        query = select(DisasterOrder).where(
            DisasterOrder.lane == row.lane,
            DisasterOrder.document_id == message.document_id,
            DisasterOrder.active,
        )
        jobs = []
        for held in (await session.scalars(query)).all():
            held.active = False
            at = message.reported_at or self._clock()
            place = _Place(held.place, tuple(held.districts), held.whole_city)
            jobs += await self._change(
                session, row, "retracted", place, held.word, None, held.word, at
            )
        return jobs

    async def _change(
        self,
        session: AsyncSession,
        row: DisasterMessage,
        kind: str,
        place: _Place,
        word: str,
        level: int | None,
        before: str | None,
        at: datetime,
    ) -> list[NewJob]:
        over = kind in ("ended", "retracted")
        change = Change(
            area=place.name,
            hazard=ORDER,
            before=before,
            after=None if over else word,
            kind=kind,
            level=None if over else level,
            sources=(row.name,),
            reported_at=at,
        )
        entry: dict[str, Any] = {
            "order": word,
            "level": level,
            "place": place.name,
            "whole_city": place.whole_city,
            "publishers": self._name,
            "reported_at": at.isoformat(),
        }
        found = await repository.insert_change(
            session, row.lane, change, entry, self._clock(), districts=place.districts
        )
        lock = f"disaster.push:{self._city}"
        return [] if found is None else [NewJob(PUSH, {"change_id": found}, lock, 20)]

    async def _place(self, name: str) -> _Place:
        plain = name.removeprefix(self._name).strip(" 　")
        if plain in _WHOLE:
            return _Place(self._name, (), whole_city=True)
        found = await self._places.resolve(plain)
        return _Place(plain, found.districts, whole_city=False)


def _is_older(held: DisasterOrder, message: Message, at: datetime) -> bool:
    same = held.document_id == message.document_id
    return message.revision <= held.revision if same else at < held.reported_at


def _kind(held: DisasterOrder | None, order: EvacuationOrder) -> str | None:
    was = held is not None and held.active
    if order.lifted:
        return "ended" if was else None
    if held is None or not was:
        return "started"
    step = (order.level or 0) - (held.level or 0)
    return "raised" if step > 0 else "lowered" if step < 0 else None


async def _held(session: AsyncSession, lane: str, place: str) -> DisasterOrder | None:
    query = select(DisasterOrder).where(DisasterOrder.lane == lane, DisasterOrder.place == place)
    return await session.scalar(query)


async def in_force(session: AsyncSession, lane: str) -> list[DisasterOrder]:
    """Return the orders that stand, the gravest first."""
    query = (
        select(DisasterOrder)
        .where(DisasterOrder.lane == lane, DisasterOrder.active)
        .order_by(func.coalesce(DisasterOrder.level, 0).desc(), DisasterOrder.place)
    )
    return list(await session.scalars(query))
