"""Photos of reports: fetched from the talk, made anew, and shown only after somebody looked."""

from kit.clock import Clock
from kit.db import Database
from kit.errors import ConciergeError, GoneError, InvalidInputError, NotFoundError
from kit.errors import PayloadTooLargeError as TooLargeError
from kit.lifecycle import Lifecycle, check_step
from kit.photos import LARGEST_BYTES, Area, blurred, sanitised
from messages.media import MediaClient, PhotosAsked
from services.snow import repository, wording
from services.snow.contract import MOST_PHOTOS
from services.snow.models import SnowPhoto
from services.snow.report_parsing import public_number
from services.snow.telling import Telling

PHOTO_STATES: Lifecycle = {
    "waiting": frozenset({"pending", "failed"}),
    # Staff look at each before the public does.
    "pending": frozenset({"approved", "refused"}),
    "approved": frozenset({"refused"}),
    "refused": frozenset({"approved"}),
    "failed": frozenset(),
}
_MOST_FROM_ONE = 3


class Photos:
    """One instance a process."""

    def __init__(
        self, database: Database, clock: Clock, media: MediaClient, telling: Telling
    ) -> None:
        """`media` reaches the bot, which has what was sent in the talk."""
        self._database = database
        self._clock = clock
        self._media = media
        self._telling = telling

    async def fetch(self, photo_id: int) -> None:
        """Take a photo in, once. Raises UnavailableError while LINE has not given it."""
        async with self._database.transaction() as session:
            photo = await repository.photo(session, photo_id)
            report = await repository.load(session, photo.report_id) if photo else None
        if photo is None or report is None or photo.state != "waiting":
            return
        if report.citizen_id is None:
            await self._fail(photo)
            return
        asked = PhotosAsked(
            citizen_id=report.citizen_id,
            turn_id=photo.turn_id,
            most=_MOST_FROM_ONE,
            most_bytes=LARGEST_BYTES,
        )
        try:
            sent = (await self._media.photos(asked)).contents()
            jpegs = [sanitised(data).jpeg for data in sent]
        except (GoneError, NotFoundError, TooLargeError, InvalidInputError) as error:
            await self._fail(photo)
            await self._say_so(photo, report.citizen_id, _why(error))
            return
        await self._keep(photo, jpegs)

    async def give_up(self, photo_id: int) -> None:
        """Close a photo that a fault of ours keeps from being taken in, and say so."""
        async with self._database.transaction() as session:
            photo = await repository.photo(session, photo_id)
            report = await repository.load(session, photo.report_id) if photo else None
        if photo is None or report is None or photo.state != "waiting":
            return
        await self._fail(photo)
        if report.citizen_id is not None:
            await self._say_so(photo, report.citizen_id, wording.LOST_PHOTO)

    async def _keep(self, photo: SnowPhoto, jpegs: list[bytes]) -> None:
        """Keep the first in its row, and the others of an album in rows of their own."""
        now = self._clock()
        async with self._database.transaction() as session:
            row = await repository.photo(session, photo.id, lock=True)
            if row is None or row.state != "waiting":
                return
            row.state, row.jpeg = check_step(PHOTO_STATES, row.state, "pending"), jpegs[0]
            left = MOST_PHOTOS - len(await repository.photos(session, [row.report_id]))
            for number, jpeg in enumerate(jpegs[1 : 1 + max(0, left)], start=1):
                values = {"report_id": row.report_id, "turn_id": f"{row.turn_id}#{number}"}
                session.add(SnowPhoto(**values, state="pending", jpeg=jpeg, created_at=now))

    async def _fail(self, photo: SnowPhoto) -> None:
        async with self._database.transaction() as session:
            row = await repository.photo(session, photo.id, lock=True)
            if row is not None and row.state == "waiting":
                row.state = check_step(PHOTO_STATES, row.state, "failed")

    async def _say_so(self, photo: SnowPhoto, citizen_id: str, why: str) -> None:
        number = public_number(photo.report_id)
        key = f"snow-photo:{photo.id}:{citizen_id}"
        await self._telling.send(key, citizen_id, lambda: wording.photo_message(number, why))

    async def judge(self, photo_id: int, state: str) -> SnowPhoto:
        """Approve or refuse a photo. A refused one keeps no bytes after its report is gone."""
        async with self._database.transaction() as session:
            row = await repository.photo(session, photo_id, lock=True)
            if row is None or row.jpeg is None:
                raise NotFoundError
            row.state = check_step(PHOTO_STATES, row.state, state)
            return row

    async def blur(self, photo_id: int, areas: list[Area]) -> None:
        """Make areas of a photo unrecognisable for good. Raises InvalidInputError."""
        async with self._database.transaction() as session:
            row = await repository.photo(session, photo_id, lock=True)
            if row is None or row.jpeg is None:
                raise NotFoundError
            row.jpeg = blurred(row.jpeg, areas)

    async def jpeg(self, photo_id: int, *, approved: bool) -> bytes:
        """Return a photo's bytes; `approved` gives only what the public may see."""
        async with self._database.transaction() as session:
            row = await repository.photo(session, photo_id)
            report = await repository.load(session, row.report_id) if row else None
        if row is None or report is None or row.jpeg is None:
            raise NotFoundError
        if approved and (row.state != "approved" or report.status == "非表示"):
            raise NotFoundError
        return row.jpeg


def _why(error: ConciergeError) -> str:
    """Return what the citizen reads."""
    return wording.PHOTO_FAULTS.get(error.code, wording.LOST_PHOTO)
