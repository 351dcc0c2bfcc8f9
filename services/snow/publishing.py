"""Rows as the public may see them: every outside format takes them from here."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.snow import ground_repository, repository
from services.snow.categories import Categories, Category
from services.snow.geometry import Box, Place
from services.snow.lifecycle import Status
from services.snow.models import SnowReport
from services.snow.open311_reading import MOST_REQUESTS, Query
from services.snow.publication import (
    Filter,
    Outline,
    PublicReport,
    Report,
    outlined,
    published,
)
from services.snow.report_parsing import public_number, report_id
from services.snow.service import SnowService

SHOWN_FOR = timedelta(days=90)
MOST_SHOWN = 5000
_OLDEST_SECONDS = 300
_MOST_KEPT = 16


class Publishing:
    """One instance a process."""

    def __init__(self, service: SnowService) -> None:
        """The service knows the city's kinds and roads."""
        self._service = service
        self._kept: dict[str, tuple[object, bytes]] = {}

    async def once(self, key: str, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """Return what was made for a key, made anew as soon as anything public has changed.

        A file of thousands of reports costs half a second; most visitors see the same one.
        """
        async with self._service.database.statement() as session:
            version = await repository.version(session)
        now = (version, int(self.now().timestamp() // _OLDEST_SECONDS))
        kept = self._kept.get(key)
        if kept is not None and kept[0] == now:
            return kept[1]
        made = await make()
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[key] = (now, made)
        return made

    @property
    def categories(self) -> Categories:
        """Every kind of matter that the city takes."""
        return self._service.categories

    def now(self) -> datetime:
        """Return the present instant."""
        return self._service.clock()

    async def found(self, asked: Filter) -> list[PublicReport]:
        """Return what was asked for of the last 90 days, latest change first, at most 5,000."""
        box = _a_little_wider(asked.box)
        async with self._service.database.transaction() as session:
            rows = await repository.public(session, self._since(asked), box, MOST_SHOWN)
            reports = await self._published(session, rows)
        return [report for report in reports if asked.takes(report)]

    async def outlines(self, asked: Filter) -> list[Outline]:
        """Return the same reports in the same order, as points on a map."""
        box = _a_little_wider(asked.box)
        async with self._service.database.statement() as session:
            rows = await repository.outlines(session, self._since(asked), box, MOST_SHOWN)
        found = (
            outlined(
                public_number(row.id),
                self._category(row.category),
                Status(row.status),
                Place(row.lat, row.lon),
                row.updated_at,
            )
            for row in rows
        )
        return [one for one in found if one is not None and asked.takes(one)]

    def _since(self, asked: Filter) -> datetime:
        oldest = self.now() - SHOWN_FOR
        return oldest if asked.since is None else max(oldest, asked.since)

    def _category(self, code: str) -> Category:
        return self.categories.by_code.get(code) or _gone(code)

    async def one(self, number: str) -> PublicReport | None:
        """Return one report by its public number, None where the public may see none."""
        found = await self.numbered([number])
        return found[0] if found else None

    async def numbered(self, numbers: Sequence[str]) -> list[PublicReport]:
        """Return the reports of these numbers in this order, of whatever age."""
        ids = [found for number in numbers if (found := report_id(number)) is not None]
        async with self._service.database.transaction() as session:
            rows = await repository.of_ids(session, ids)
            rows.sort(key=lambda row: ids.index(row.id))
            return await self._published(session, rows)

    async def requested(self, query: Query) -> list[PublicReport]:
        """Return what an Open311 client asks for."""
        if query.ids:
            return await self.numbered(query.ids)
        async with self._service.database.transaction() as session:
            rows = await repository.filed_between(session, query.start, query.end, MOST_SHOWN)
            reports = await self._published(session, rows)
        return [
            report
            for report in reports
            if (not query.codes or report.category.code in query.codes)
            and (query.open is None or report.is_open is query.open)
        ][:MOST_REQUESTS]

    async def _published(
        self, session: AsyncSession, rows: Sequence[SnowReport]
    ) -> list[PublicReport]:
        ids = [row.id for row in rows]
        counts = await repository.counts(session, ids)
        photos = await repository.approved_photos(session, ids)
        places = [(row.id, Place(row.lat, row.lon)) for row in rows]
        passages = await self._service.roads.passage_at(session, places)
        sanded = await ground_repository.last_sanded(session, ids)
        return [
            shown
            for row in rows
            if (shown := published(self._report(row, counts, photos, passages, sanded))) is not None
        ]

    def _report(
        self,
        row: SnowReport,
        counts: Mapping[int, int],
        photos: Mapping[int, int],
        passages: Mapping[int, datetime],
        sanded: Mapping[int, datetime],
    ) -> Report:
        base = self._service.settings.public_base_url
        photo, passage, sand = photos.get(row.id), passages.get(row.id), sanded.get(row.id)
        parent = "" if row.parent_id is None else public_number(row.parent_id)
        return Report(
            id=public_number(row.id),
            category=self._category(row.category),
            status=Status(row.status),
            place=Place(row.lat, row.lon),
            filed_at=self._local(row.filed_at),
            updated_at=self._local(row.updated_at),
            description=row.description,
            description_approved=row.description_approved,
            photo_url="" if photo is None else f"{base}/snow/photos/{photo}.jpg",
            photo_approved=photo is not None,
            address=row.place_name,
            note=row.note,
            handed_to=row.handed_to,
            parent=parent,
            expected_at=self._local(row.expected_at) if row.expected_at else None,
            last_passage=self._local(passage) if passage else None,
            sanded_at=self._local(sand) if sand else None,
            reporters=counts.get(row.id, 1),
        )

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self._service.settings.timezone)


def _gone(code: str) -> Category:
    """Return a kind that the city has taken out of its file, under its code."""
    return Category(code=code, name=code)


def _a_little_wider(box: Box | None) -> Box | None:
    """Return a box that holds whatever is rounded into it."""
    if box is None:
        return None
    edge = 0.0001
    return Box(box.south - edge, box.north + edge, box.west - edge, box.east + edge)
