"""What the yard does: see what comes first and why, take the next step, look at photos."""

import io
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from PIL import Image
from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import InvalidInputError, NotFoundError
from kit.photos import Area
from services.snow import plough_repository, repository
from services.snow.categories import Category
from services.snow.changing import Step, take_step
from services.snow.geometry import Place, distance_m
from services.snow.lifecycle import Status
from services.snow.models import SnowChange, SnowOutlook, SnowPhoto, SnowReport
from services.snow.network import REACH_M
from services.snow.priority import DEFAULT_WEIGHTS, Circumstances, Priority, Weights, prioritised
from services.snow.report_parsing import public_number, report_id
from services.snow.service import SnowService
from services.snow.slipperiness import Level, Outlook

MOST_LISTED = 500
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
GRID = 4
"""Rows and columns of the squares that can be made unrecognisable."""


@dataclass(frozen=True)
class Row:
    """A report on the list, with why it stands where it does."""

    report: SnowReport
    number: str
    kind: Category | None
    reporters: int
    road: str
    priority: Priority
    photos: tuple[SnowPhoto, ...] = ()

    @property
    def place(self) -> Place:
        """Where it is."""
        return Place(self.report.lat, self.report.lon)


@dataclass(frozen=True)
class Sheet:
    """Everything that the desk sees of one report."""

    row: Row
    changes: Sequence[SnowChange]
    near: Sequence[Row]
    """Other open reports of the kind around it, to be merged with."""


@lru_cache
def read_weights(city_dir: Path) -> Weights:
    """Return the weights, with what the city's `snow/weights.toml` changes of them.

    Raises InvalidInputError naming what makes no sense.
    """
    file = city_dir / "snow" / "weights.toml"
    if not file.is_file():
        return Weights()
    try:
        told = tomllib.loads(file.read_text("utf-8"))
        return Weights({**DEFAULT_WEIGHTS, **{name: float(told[name]) for name in told}})
    except (tomllib.TOMLDecodeError, TypeError, ValueError) as error:
        raise InvalidInputError(f"weights.toml: {error}") from None


class Desk:
    """One instance a process."""

    def __init__(self, service: SnowService) -> None:
        """The service knows the city's kinds and roads."""
        self._service = service
        self._database = service.database

    @property
    def weights(self) -> Weights:
        """How much each reason counts."""
        return read_weights(self._service.settings.city_dir)

    async def waiting(self) -> int:
        """Count what somebody still has to act on."""
        async with self._database.transaction() as session:
            return await repository.count_open(session)

    async def listed(self) -> list[Row]:
        """Return what is open, the most urgent first."""
        async with self._database.transaction() as session:
            reports = await repository.open_reports(session, MOST_LISTED)
            rows = await self._rows(session, reports)
        return sorted(rows, key=lambda row: (-row.priority.value, row.report.id))

    async def route(self) -> list[Row]:
        """Return what is planned or begun in an order to drive: always on to the nearest."""
        wanted = (Status.PLANNED, Status.WORKING)
        left = [row for row in await self.listed() if row.report.status in wanted]
        here, way = self._service.bounds.centre, []
        while left:
            nearest = min(left, key=lambda row: distance_m(here, row.place))
            left.remove(nearest)
            way.append(nearest)
            here = nearest.place
        return way

    async def sheet(self, number: str) -> Sheet:
        """Return one report with its life and what is near. Raises NotFoundError."""
        async with self._database.transaction() as session:
            report = await self._report(session, number)
            [row] = await self._rows(session, [report])
            changes = await repository.changes(session, report.id)
            radius = row.kind.radius_m if row.kind else 100.0
            box = repository.box_around(row.place, radius)
            around = await repository.near(session, [report.category], box, _LONG_AGO)
            others = [other for other in around if other.id != report.id]
            near = await self._rows(session, others)
        return Sheet(row, changes, near)

    async def step(self, number: str, step: Step) -> None:
        """Take a step. Raises IllegalTransitionError, InvalidInputError and NotFoundError."""
        async with self._database.transaction() as session:
            report = await self._report(session, number)
            if step.parent_id is not None and not await repository.load(session, step.parent_id):
                raise InvalidInputError(
                    "まとめる先の番号の報告が見つかりません。番号を確かめてください。"
                )
            await take_step(session, report, step, self._service.clock())

    async def publish_words(self, number: str, *, approved: bool) -> None:
        """Let the public read the citizen's words, or not."""
        async with self._database.transaction() as session:
            report = await self._report(session, number)
            report.description_approved = approved

    async def enter_weather(self, outlook: Outlook, who: str) -> None:
        """Keep what the yard knows of the weather; new snow ends older offers."""
        values = {"at": self._service.clock(), "who": who, **vars(outlook)}
        async with self._database.transaction() as session:
            await plough_repository.add_outlook(session, values)

    async def weather(self) -> tuple[SnowOutlook | None, Level | None]:
        """Return what was entered last, and what it means; None where that is too old."""
        async with self._database.transaction() as session:
            row = await plough_repository.newest_outlook(session, _LONG_AGO)
            told = await self._service.roads.outlook(session)
            return row, told[0].level if told else None

    async def _report(self, session: AsyncSession, number: str) -> SnowReport:
        report = await repository.load(session, report_id(number) or 0, lock=True)
        if report is None:
            raise NotFoundError
        return report

    async def _rows(self, session: AsyncSession, reports: Sequence[SnowReport]) -> list[Row]:
        ids = [report.id for report in reports]
        counts = await repository.counts(session, ids)
        level = await self._service.roads.level(session)
        photos: dict[int, list[SnowPhoto]] = {}
        for photo in await repository.photos(session, ids):
            photos.setdefault(photo.report_id, []).append(photo)
        return [
            self._row(report, max(1, counts.get(report.id, 1)), level, photos.get(report.id, []))
            for report in reports
        ]

    def _row(
        self, report: SnowReport, reporters: int, level: Level, photos: Sequence[SnowPhoto]
    ) -> Row:
        near = self._service.roads.near(Place(report.lat, report.lon), REACH_M)
        road = near[0] if near else None
        facts = Circumstances(
            severity=report.severity,
            reporters=reporters,
            road_class=road.said("road_class") if road else "生活道路",
            school_route=bool(road and road.road.properties.get("school_route")),
            age=self._service.clock() - report.filed_at,
            forecast=level,
        )
        return Row(
            report=report,
            number=public_number(report.id),
            kind=self._service.categories.by_code.get(report.category),
            reporters=reporters,
            road=road.said("name") if road else "",
            priority=prioritised(facts, self.weights),
            photos=tuple(photos),
        )


def squares(jpeg: bytes, chosen: Sequence[str]) -> list[Area]:
    """Return the squares of a photo by their names (`0-0` to `3-3`, row and column)."""
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
        width, height = image.size
    known = {f"{row}-{column}": (row, column) for row in range(GRID) for column in range(GRID)}
    return [
        Area(
            width * column // GRID,
            height * row // GRID,
            width * (column + 1) // GRID,
            height * (row + 1) // GRID,
        )
        for row, column in (known[name] for name in chosen if name in known)
    ]
