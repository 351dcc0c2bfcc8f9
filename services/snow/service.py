"""What citizens may do: file a report once, join one, say that it is still so, ask about it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.db import Database
from kit.errors import ConflictError, InvalidInputError, NotFoundError, TooManyRequestsError
from kit.jobs import NewJob, enqueue
from kit.settings import Settings
from services.places.contract import NearestDistrict, PlacesClient
from services.snow import contract, ground_repository, plough_repository, repository
from services.snow.bounds import Bounds, read_bounds, read_spoken_places
from services.snow.categories import Categories, Category, read_categories
from services.snow.changing import CITIZEN, Step, take_step
from services.snow.forgetting import DESK
from services.snow.geometry import Place
from services.snow.jobs import FETCH_PHOTO
from services.snow.lifecycle import OPEN, Status
from services.snow.models import SnowReport
from services.snow.nearby import RESETTING_SNOW_CM, Offer, OpenReports
from services.snow.report_parsing import public_number, report_id
from services.snow.roads_known import RoadsKnown

A_DAY = timedelta(days=1)
MOST_A_DAY = 20
"""So many reports of one citizen's a day; more is no report but a fault."""
LATEST = 5
SAME_SANDING = timedelta(minutes=10)
_TOWNS_KEPT = 2000


class OutsideCityError(InvalidInputError):
    """市の外の場所です。市内の場所を送ってください。"""

    code = "outside_city"


class UnknownKindError(InvalidInputError):
    """There is no such kind of matter. Take one of /services/snow/kinds."""

    code = "unknown_kind"


@dataclass(frozen=True)
class Filing:
    """A report about to be filed, from wherever it comes."""

    key: str
    source: str
    category: Category
    place: Place
    severity: str = ""
    citizen_id: str | None = None
    place_name: str = ""
    place_words: str = ""
    words: str = ""
    media_url: str = ""
    photo_turns: tuple[str, ...] = ()


class SnowService:
    """The use cases of citizens. One instance a process."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        places: PlacesClient,
        roads: RoadsKnown,
    ) -> None:
        """`places` knows the city's towns."""
        self.database = database
        self.clock = clock
        self.settings = settings
        self.roads = roads
        self._places = places
        self._towns: dict[Place, NearestDistrict] = {}

    @property
    def categories(self) -> Categories:
        """Every kind of matter that the city takes."""
        return read_categories(self.settings.city_dir)

    @property
    def bounds(self) -> Bounds:
        """Where the city is."""
        return read_bounds(self.settings.city_dir)

    @property
    def desk(self) -> str:
        """Whose staff handle the reports."""
        return DESK

    def kind(self, code: str) -> Category:
        """Return a kind. Raises UnknownKindError."""
        found = self.categories.by_code.get(code)
        if found is None:
            raise UnknownKindError
        return found

    def spoken_place(self, text: str) -> str:
        """Return the name that the city's file has for a way of speaking, empty without one."""
        names = read_spoken_places(self.settings.city_dir)
        return next((name for said, name in names.items() if said in text), "")

    async def town(self, place: Place) -> NearestDistrict:
        """Return the town around a place, and its districts. Raises OutsideCityError."""
        if not self.bounds.box.holds(place):
            raise OutsideCityError
        if place not in self._towns:
            # A report asks twice for its place: what is near, and when it is filed.
            if len(self._towns) >= _TOWNS_KEPT:
                self._towns.clear()
            self._towns[place] = await self._places.nearest(place.lat, place.lon)
        if not self._towns[place].name:
            raise OutsideCityError
        return self._towns[place]

    async def nearby(self, question: contract.NearbyQuestion) -> contract.Nearby:
        """Return the open reports that may be of the same place."""
        kind, place = self.kind(question.category), Place(question.lat, question.lon)
        try:
            await self.town(place)
        except OutsideCityError:
            return contract.Nearby(outside=True)
        async with self.database.transaction() as session:
            rows, offers = await self.offers(session, kind, place)
            counts = await repository.counts(session, [int(offer.id) for offer in offers])
        return contract.Nearby(
            offered=tuple(
                offered(rows[int(offer.id)], offer, counts.get(int(offer.id), 1))
                for offer in offers
            )
        )

    async def offers(
        self, session: AsyncSession, kind: Category, place: Place
    ) -> tuple[dict[int, SnowReport], list[Offer]]:
        """Let the engine judge the rows of a small box."""
        now = self.clock()
        box = repository.box_around(place, kind.radius_m)
        rows = await repository.offered_in(session, kind.code, box, now - kind.age)
        known = OpenReports()
        for row in rows:
            known.file(row.id, kind, Place(row.lat, row.lon), row.filed_at)
            known.set_status(row.id, Status(row.status))
        snowed = await plough_repository.last_snowfall(session, RESETTING_SNOW_CM)
        if snowed is not None:
            known.snowed(RESETTING_SNOW_CM, snowed)
        return {row.id: row for row in rows}, known.near(kind, place, now)

    async def file(self, new: contract.NewReport) -> contract.Report:
        """File a report of the talk; the same key files once."""
        filing = Filing(
            key=f"line:{new.citizen_id}:{new.key}",
            source="line",
            category=self.kind(new.category),
            place=Place(new.lat, new.lon),
            severity=new.severity,
            citizen_id=new.citizen_id,
            place_name=new.place,
            place_words=new.place_words,
            words=new.words,
            photo_turns=new.photo_turns,
        )
        row, fresh = await self.take_in(filing)
        return await self.told(row, new.citizen_id, fresh=fresh)

    async def take_in(self, filing: Filing) -> tuple[SnowReport, bool]:
        """File a report; return it, and whether it is new.

        Raises OutsideCityError and TooManyRequestsError.
        """
        town, now = await self.town(filing.place), self.clock()
        async with self.database.transaction() as session:
            known = await repository.of_draft(session, filing.key)
            if known is not None:
                return known, False
            await self._check_rate(session, filing, now)
            found = await repository.insert_report(session, _values(filing, town, now))
            if found is None:
                # The other tap was a moment faster.
                row = await repository.of_draft(session, filing.key)
                return _there(row), False
            await self._begin(session, found, filing, now)
            row = _there(await repository.load(session, found))
        return row, True

    async def _check_rate(self, session: AsyncSession, filing: Filing, now: datetime) -> None:
        if filing.citizen_id is None:
            return
        count = await repository.filed_by_since(session, filing.citizen_id, now - A_DAY)
        if count >= MOST_A_DAY:
            raise TooManyRequestsError

    async def _begin(
        self, session: AsyncSession, new_id: int, filing: Filing, now: datetime
    ) -> None:
        who = CITIZEN if filing.citizen_id else filing.source
        values = {"report_id": new_id, "before": None, "after": Status.RECEIVED.value, "at": now}
        await repository.add_change(session, {**values, "who": who, "note": "", "handed_to": ""})
        if filing.citizen_id is None:
            return
        await repository.follow(session, new_id, filing.citizen_id, now)
        for turn in filing.photo_turns:
            photo_id = await repository.add_photo(session, new_id, turn, now)
            if photo_id is not None:
                await enqueue(session, NewJob(FETCH_PHOTO, {"photo_id": photo_id}))

    async def follow(self, number: str, citizen_id: str) -> contract.Report:
        """Let a citizen join a report; it counts once. ConflictError where it has ended."""
        now = self.clock()
        async with self.database.transaction() as session:
            row = await self._row(session, number)
            if row.status == Status.DUPLICATE and row.parent_id is not None:
                row = await self._row(session, public_number(row.parent_id))
            if Status(row.status) not in OPEN:
                raise ConflictError
            fresh = await repository.follow(session, row.id, citizen_id, now)
        return await self.told(row, citizen_id, fresh=fresh)

    async def still_there(self, number: str, citizen_id: str) -> contract.Report:
        """Keep an open report open; have an ended one looked at again."""
        now = self.clock()
        async with self.database.transaction() as session:
            row = await self._followed(session, number, citizen_id)
            kind = self.categories.by_code.get(row.category)
            row.expires_at = now + timedelta(hours=kind.expires_hours if kind else 168)
            row.asked_at, fresh = None, Status(row.status) not in OPEN
            if fresh:
                note = "「まだある」とお知らせがありました"
                await take_step(session, row, Step(Status.CHECKING, CITIZEN, note), now)
        return await self.told(row, citizen_id, fresh=fresh)

    async def is_gone(self, number: str, citizen_id: str) -> contract.Report:
        """Take back one's own report; of another's, only stop being told of it."""
        now = self.clock()
        async with self.database.transaction() as session:
            row = await self._followed(session, number, citizen_id)
            fresh = Status(row.status) in OPEN and row.citizen_id == citizen_id
            if fresh:
                await take_step(session, row, Step(Status.WITHDRAWN, CITIZEN), now)
        return await self.told(row, citizen_id, fresh=fresh)

    async def status(self, question: contract.StatusQuestion) -> contract.Reports:
        """Return a report by its number, or what a citizen filed or follows."""
        async with self.database.transaction() as session:
            if question.number is None:
                rows = await repository.latest_followed(session, question.citizen_id, LATEST)
            else:
                found = await repository.load(session, report_id(question.number) or 0)
                rows = [found] if found and found.status != Status.HIDDEN else []
        return contract.Reports(
            reports=tuple([await self.told(row, question.citizen_id) for row in rows])
        )

    async def told(
        self, row: SnowReport, citizen_id: str, *, fresh: bool = False
    ) -> contract.Report:
        """Return a report as a citizen may hear of it."""
        async with self.database.transaction() as session:
            steps = await repository.changes(session, row.id)
            following = await repository.followers(session, row.id)
            passage = await self.roads.passage_at(session, [(row.id, Place(row.lat, row.lon))])
            sanded = await ground_repository.last_sanded(session, [row.id])
        status, kind = Status(row.status), self.categories.by_code.get(row.category)
        return contract.Report(
            number=public_number(row.id),
            category=row.category,
            status=status.value,
            is_open=status in OPEN,
            place=row.place_name,
            filed_at=row.filed_at,
            updated_at=row.updated_at,
            note=row.note,
            handed_to=row.handed_to,
            parent="" if row.parent_id is None else public_number(row.parent_id),
            expected_at=row.expected_at,
            last_passage=passage.get(row.id),
            sanded_at=sanded.get(row.id),
            may_sand=bool(kind and kind.sanding),
            reporters=max(1, len(following)),
            follows=citizen_id in following,
            is_own=row.citizen_id == citizen_id,
            fresh=fresh,
            steps=tuple(contract.Step(status=s.after, at=s.at, note=s.note) for s in steps),
        )

    async def sanded(self, number: str, citizen_id: str) -> contract.Report:
        """Note that a citizen spread sand at a report's place; a second tap is no second time."""
        now = self.clock()
        async with self.database.transaction() as session:
            row = await self._row(session, number)
            known = await ground_repository.sanded_since(
                session, row.id, citizen_id, now - SAME_SANDING
            )
            if not known:
                await ground_repository.add_sanding(session, row.id, now, citizen_id=citizen_id)
        return await self.told(row, citizen_id, fresh=not known)

    async def _row(self, session: AsyncSession, number: str) -> SnowReport:
        row = await repository.load(session, report_id(number) or 0, lock=True)
        if row is None or row.status == Status.HIDDEN:
            raise NotFoundError
        return row

    async def _followed(self, session: AsyncSession, number: str, citizen: str) -> SnowReport:
        """Return a report that a citizen hears of; of others they change nothing."""
        row = await self._row(session, number)
        if citizen not in await repository.followers(session, row.id):
            raise NotFoundError
        return row


def _values(filing: Filing, town: NearestDistrict, now: datetime) -> dict[str, Any]:
    return {
        "draft_key": filing.key,
        "citizen_id": filing.citizen_id,
        "source": filing.source,
        "category": filing.category.code,
        "severity": filing.severity or "caution",
        "status": Status.RECEIVED.value,
        "lat": filing.place.lat,
        "lon": filing.place.lon,
        "place_name": filing.place_name or town.name,
        "districts": list(town.districts),
        "place_words": filing.place_words,
        "description": filing.words,
        "description_approved": False,
        "media_url": filing.media_url,
        "note": "",
        "handed_to": "",
        "filed_at": now,
        "updated_at": now,
        "expires_at": now + timedelta(hours=filing.category.expires_hours),
    }


def _there(row: SnowReport | None) -> SnowReport:
    if row is None:
        raise NotFoundError
    return row


def offered(row: SnowReport, offer: Offer, reporters: int) -> contract.Offered:
    """Return a report as it is offered to others."""
    return contract.Offered(
        number=public_number(row.id),
        distance_m=round(offer.distance_m),
        status=row.status,
        filed_at=row.filed_at,
        place=row.place_name,
        reporters=max(1, reporters),
    )
