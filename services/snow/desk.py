"""What the yard does: see what comes first and why, take the next step, look at photos."""

import secrets
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import ConflictError, InvalidInputError, NotFoundError
from kit.images import sanitised
from kit.maps import Drawing, Pin, around, draw
from services.snow import figures, ground_repository, plough_repository, repository
from services.snow.areas import Area
from services.snow.categories import Category
from services.snow.changing import Step, take_step
from services.snow.geometry import Id, Place, distance_m
from services.snow.lifecycle import Status
from services.snow.models import SnowChange, SnowOutlook, SnowPhoto, SnowReport, SnowSanding
from services.snow.network import REACH_M
from services.snow.priority import DEFAULT_WEIGHTS, Circumstances, Priority, Weights, prioritised
from services.snow.report_parsing import public_number, report_id
from services.snow.service import SnowService
from services.snow.slipperiness import Level, Outlook
from services.snow.surfaces import Measured, Surfaces

MOST_LISTED = 500
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
MOST_PHOTOS_IN_ALL = 10


class TooManyPhotosError(ConflictError):
    """この報告の写真は、もう10枚あります。新しい写真は追加できません。"""

    code = "too_many_photos"


@dataclass(frozen=True)
class Row:
    """A report on the list, with why it stands where it does."""

    report: SnowReport
    number: str
    kind: Category | None
    reporters: int
    road: str
    section: Id
    priority: Priority
    photos: tuple[SnowPhoto, ...] = ()
    sanded_at: datetime | None = None
    measured: Measured | None = None
    """What a vehicle measured of the road lately."""

    @property
    def may_sand(self) -> bool:
        """Whether sand helps there."""
        return bool(self.kind and self.kind.sanding)

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
    sandings: Sequence[SnowSanding]


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

    def __init__(self, service: SnowService, surfaces: Surfaces) -> None:
        """The service knows the city's kinds and roads."""
        self._service = service
        self._surfaces = surfaces
        self._database = service.database

    @property
    def weights(self) -> Weights:
        """How much each reason counts."""
        return read_weights(self._service.settings.city_dir)

    async def waiting(self) -> int:
        """Count what somebody still has to act on."""
        async with self._database.transaction() as session:
            return await repository.count_open(session)

    async def listed(self, area: Area | None = None) -> list[Row]:
        """Return what is open, the most urgent first; with an area only what lies there."""
        async with self._database.transaction() as session:
            reports = await repository.open_reports(session, MOST_LISTED, area)
            rows = await self._rows(session, reports)
        return sorted(rows, key=lambda row: (-row.priority.value, row.report.id))

    async def route(self, area: Area | None = None) -> list[Row]:
        """Return what is planned or begun in an order to drive: always on to the nearest."""
        wanted = (Status.PLANNED, Status.WORKING)
        left = [row for row in await self.listed(area) if row.report.status in wanted]
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
            sandings = await ground_repository.sandings(session, report.id)
        return Sheet(row, changes, near, sandings)

    async def step(self, number: str, step: Step, area: Area | None = None) -> None:
        """Take a step. Raises IllegalTransitionError, InvalidInputError and NotFoundError."""
        async with self._database.transaction() as session:
            report = await self._report(session, number, area)
            if step.parent_id is not None and not await repository.load(session, step.parent_id):
                raise InvalidInputError(
                    "まとめる先の番号の報告が見つかりません。番号を確かめてください。"
                )
            await take_step(session, report, step, self._service.clock())

    async def sand(self, number: str, staff_id: str, area: Area | None = None) -> None:
        """Note that staff or a crew spread sand. Raises NotFoundError."""
        now = self._service.clock()
        async with self._database.transaction() as session:
            report = await self._report(session, number, area)
            await ground_repository.add_sanding(session, report.id, now, staff_id=staff_id)

    async def add_photo(self, number: str, data: bytes, area: Area | None = None) -> None:
        """Keep a photo from the cab, which is looked at like every other before it is public.

        Raises NotFoundError, PhotoTooLargeError, DrawingRefusedError, UnreadablePhotoError and
        ConflictError where there are enough.
        """
        jpeg = sanitised(data).jpeg
        async with self._database.transaction() as session:
            report = await self._report(session, number, area)
            if len(await repository.photos(session, [report.id])) >= MOST_PHOTOS_IN_ALL:
                raise TooManyPhotosError
            new = {"report_id": report.id, "turn_id": f"crew-{secrets.token_hex(8)}"}
            now = self._service.clock()
            session.add(SnowPhoto(**new, state="pending", jpeg=jpeg, created_at=now))

    async def figures(self) -> Sequence[figures.Row]:
        """Return what each winter brought to each district."""
        async with self._database.transaction() as session:
            return await figures.read_figures(session, self._service.settings.timezone.key)

    def drawing(self, rows: Sequence[Row], path: str) -> Drawing:
        """Draw rows on the city's roads; each leads to `path` with its number."""
        pins = [
            Pin(row.place, f"{row.number} {row.report.status}", path.format(row.number), "open")
            for row in rows
        ]
        centre = self._service.bounds.centre
        return draw(self._service.roads.ways, pins, centre, box=around(pins, centre))

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

    async def _report(
        self, session: AsyncSession, number: str, area: Area | None = None
    ) -> SnowReport:
        """Return a report; what lies outside of an area is not there."""
        report = await repository.load(session, report_id(number) or 0, lock=True)
        if report is None or (area is not None and not area & set(report.districts)):
            raise NotFoundError
        return report

    async def _rows(self, session: AsyncSession, reports: Sequence[SnowReport]) -> list[Row]:
        ids = [report.id for report in reports]
        counts = await repository.counts(session, ids)
        level = await self._service.roads.level(session)
        sanded = await ground_repository.last_sanded(session, ids)
        measured = {one.road.section: one for one in await self._surfaces.fresh(session)}
        photos: dict[int, list[SnowPhoto]] = {}
        for photo in await repository.photos(session, ids):
            photos.setdefault(photo.report_id, []).append(photo)
        rows = (self._row(report, max(1, counts.get(report.id, 1)), level) for report in reports)
        return [
            replace(
                row,
                photos=tuple(photos.get(row.report.id, ())),
                sanded_at=sanded.get(row.report.id),
                measured=measured.get(row.section),
            )
            for row in rows
        ]

    def _row(self, report: SnowReport, reporters: int, level: Level) -> Row:
        near = self._service.roads.near(Place(report.lat, report.lon), REACH_M)
        road = near[0] if near else None
        facts = Circumstances(
            severity=report.severity,
            reporters=reporters,
            road_class=road.said("road_class") if road else "生活道路",
            school_route=bool(road and road.road.properties.get("school_route")),
            care_household=bool(road and road.road.properties.get("care_household")),
            age=self._service.clock() - report.filed_at,
            forecast=level,
        )
        return Row(
            report=report,
            number=public_number(report.id),
            kind=self._service.categories.by_code.get(report.category),
            reporters=reporters,
            road=road.said("name") if road else "",
            section=road.road.section if road else "",
            priority=prioritised(facts, self.weights),
        )
