"""The present state as it is said: to a citizen, on the public page, in RSS and CAP."""

from dataclasses import dataclass
from datetime import datetime

from kit.clock import Clock
from kit.db import Database
from kit.settings import Settings
from kit.wording import load_wording, spoken_in, translated
from services.disaster import orders, repository, shelters
from services.disaster.announcing import grade_name, shelter_hazard
from services.disaster.cityfiles import city_name, jis_code
from services.disaster.contract import (
    Alert,
    AlertQuestion,
    Alerts,
    AlertStatus,
    Shelters,
    ShelterState,
)
from services.disaster.entries import Entry
from services.disaster.facts import WARNING
from services.disaster.models import DisasterOrder, DisasterShelter
from services.disaster.rules import ACTUAL, is_silent
from services.disaster.wording import kind_name

_ORDERS_SHOWN = 10
_GRAVE = frozenset({"tsunami", "eew", "volcano", "attack"})


@dataclass(frozen=True)
class Situation:
    """Everything that is known now. `entries` are the city's own, in force first."""

    entries: tuple[Entry, ...]
    orders: tuple[DisasterOrder, ...]
    shelters: tuple[DisasterShelter, ...]
    heard_at: datetime | None
    silent: bool
    at: datetime

    @property
    def active(self) -> tuple[Entry, ...]:
        """What is in force, the gravest first."""
        return tuple(entry for entry in self.entries if entry.active)

    @property
    def is_grave(self) -> bool:
        """Whether the menus are those of a disaster: level 4, an order of the city, a tsunami
        warning, an intensity from 5- on."""
        return bool(self.orders) or any(map(_is_grave, self.active))


class StatusService:
    """Reads the state that the worker wrote."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        """All parts are made once per process."""
        self._database = database
        self._clock = clock
        self._settings = settings
        self.city = city_name(settings.city_dir)
        self.code = jis_code(settings.city_dir)

    async def situation(self, lane: str = ACTUAL) -> Situation:
        """Return everything that is known now."""
        async with self._database.transaction() as session:
            found = await repository.entries(session, lane)
            standing = await orders.in_force(session, lane)
            places = await shelters.everything(session)
            heard_at = await repository.heard_at(session)
        own = [entry for entry in found if entry.area == self.code]
        own.sort(key=lambda entry: (-entry.active, -entry.rank, entry.hazard))
        now = self._clock()
        silent = is_silent(heard_at, now)
        return Situation(tuple(own), tuple(standing), tuple(places), heard_at, silent, now)

    async def status(self, asked: AlertQuestion) -> AlertStatus:
        """Say what is in force now, for the whole city or some districts."""
        known = await self.situation()
        wording = load_wording(asked.language, self._settings.city_wording)
        with spoken_in(wording):
            lines = self._lines(known, asked.districts)
        top = known.active[0] if known.active else None
        hazard = shelter_hazard(top.hazard) if top else None
        grave = any((entry.level or 0) >= 4 for entry in known.active)
        return AlertStatus(
            lines=tuple(lines),
            hazard=hazard.value if hazard else None,
            grave=grave or any(_meets(order, asked.districts) for order in known.orders),
            heard_at=known.heard_at,
            silent=known.silent,
        )

    async def alerts(self) -> Alerts:
        """Return what is in force now, item by item."""
        known = await self.situation()
        orders = [
            Alert(
                hazard="order",
                name=order.word,
                level=order.level,
                place=order.place,
                reported_at=order.reported_at,
            )
            for order in known.orders
        ]
        warnings = [
            Alert(
                hazard=entry.hazard,
                name=kind_name(entry),
                level=entry.level,
                place=self.city,
                reported_at=entry.reported_at,
                since=entry.since,
                publisher=entry.publishers,
            )
            for entry in known.active
        ]
        return Alerts(alerts=(*orders, *warnings), heard_at=known.heard_at, silent=known.silent)

    async def shelters(self) -> Shelters:
        """Return how the shelters stand."""
        async with self._database.transaction() as session:
            rows = await shelters.everything(session)
        return Shelters(
            shelters=tuple(
                ShelterState(
                    name=row.name,
                    state=row.state,
                    capacity=row.capacity,
                    people=row.people,
                    updated_at=row.updated_at,
                )
                for row in rows
            )
        )

    def _lines(self, known: Situation, districts: tuple[str, ...]) -> list[str]:
        lines = [*self._freshness(known), *_orders(known, districts)]
        for entry in known.active:
            said = translated(
                "・{name}（{when}発表）", name=grade_name(entry), when=self._when(entry)
            )
            lines.append(said)
        if not known.active and not known.silent:
            lines.append(
                translated("{city}に、警報や注意報は出ていません。", city=translated(self.city))
            )
        elif known.active:
            head = translated("{city}に出ているもの", city=translated(self.city))
            lines.insert(len(lines) - len(known.active), head)
        return lines

    def _freshness(self, known: Situation) -> list[str]:
        if not known.silent:
            assert known.heard_at is not None  # noqa: S101  else it would be silent
            return [translated("{when}現在の情報です。", when=self._local(known.heard_at))]
        if known.heard_at is None:
            said = (
                "いま、気象庁からの警報などの情報を受け取れていません。"
                "気象庁のページやテレビ、ラジオで確かめてください。"
            )
            return [translated(said)]
        said = (
            "{when}から、気象庁からの情報が届いていません。"
            "気象庁のページやテレビ、ラジオでも確かめてください。"
        )
        return [translated(said, when=self._local(known.heard_at))]

    def _when(self, entry: Entry) -> str:
        return self._local(entry.reported_at)

    def _local(self, at: datetime) -> str:
        local = at.astimezone(self._settings.timezone)
        return f"{local.month}/{local.day} {local:%H:%M}"


def _is_grave(entry: Entry) -> bool:
    if entry.hazard == "earthquake":
        return entry.kind_code[:1] in "567"
    return (entry.level or 0) >= 4 or (entry.hazard in _GRAVE and entry.rank >= WARNING)


def _orders(known: Situation, districts: tuple[str, ...]) -> list[str]:
    meets = [order for order in known.orders if _meets(order, districts)]
    if not meets:
        return [translated("市の避難情報：いま受け取っているものはありません。")]
    return [
        translated(
            "市の{word}：{place}", word=translated(order.word), place=translated(order.place)
        )
        for order in meets[:_ORDERS_SHOWN]
    ]


def _meets(order: DisasterOrder, districts: tuple[str, ...]) -> bool:
    return order.whole_city or not districts or bool(set(order.districts) & set(districts))
