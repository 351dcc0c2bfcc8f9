"""Photos of a diary: made anew without what stood beside the picture, sealed, for its writer."""

import asyncio
import hashlib
import secrets

from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import InvalidInputError, NotFoundError
from kit.images import sanitised, smaller
from kit.scanning import Scanner
from kit.vault import PersonKeys, Place
from services.health import photo_repository, repository
from services.health.models import HealthEntry, HealthPhoto
from services.health.service import HealthService, Records

MOST_ON_A_DAY = 4
"""Of one entry of the diary."""
MOST = 300
"""Of one citizen: about a hundred megabytes."""
LONGEST_SIDE = 1600


class NoPhotoError(InvalidInputError):
    """写真がまだ選ばれていません。"""

    code = "no_photo"


class TooManyOnADayError(InvalidInputError):
    """1つの日記に付けられる写真は4枚までです。いらない写真を消してから付けてください。"""

    code = "too_many_on_a_day"


class TooManyPhotosError(InvalidInputError):
    """日記に付けられる写真は、あわせて300枚までです。いらない写真を消してから付けてください。"""

    code = "too_many_photos"


class DiaryPhotos:
    """One instance a process. The grant of the page has been checked and noted."""

    def __init__(self, records: Records, health: HealthService, scanner: Scanner) -> None:
        """`scanner` looks at a file before it is decoded."""
        self._records, self._health, self._scanner = records, health, scanner

    async def add(self, citizen_id: str, person_id: str, entry_id: str, data: bytes) -> None:
        """Add a photo to an own entry; the same photo again changes nothing.

        Raises what can be shown as it is (InvalidInputError, PayloadTooLargeError), NotFoundError,
        UnavailableError.
        """
        await self._health.check(citizen_id, person_id)
        if not data:
            raise NoPhotoError
        await self._scanner.check(data)
        photo = await asyncio.to_thread(lambda: smaller(sanitised(data), LONGEST_SIDE))
        digest = hashlib.sha256(photo.jpeg).digest()
        async with self._records.database.transaction() as session:
            entry = await self._own_entry(session, citizen_id, person_id, entry_id)
            there = await photo_repository.of_record(session, citizen_id, entry.record_id)
            if any(other.digest == digest for other in there):
                return
            if len(there) >= MOST_ON_A_DAY:
                raise TooManyOnADayError
            if await photo_repository.count(session, citizen_id) >= MOST:
                raise TooManyPhotosError
            keys = await self._records.vault.keys_for_writing(session, person_id)
            new_id = f"hph_{secrets.token_hex(16)}"
            session.add(
                HealthPhoto(
                    id=new_id,
                    record_id=entry.record_id,
                    person_id=person_id,
                    citizen_id=citizen_id,
                    jpeg=keys.seal_bytes(_place(new_id), photo.jpeg),
                    width=photo.width,
                    height=photo.height,
                    digest=digest,
                    added_at=self._records.clock(),
                )
            )

    async def remove(self, citizen_id: str, person_id: str, photo_id: str) -> None:
        """Delete a photo for good. Raises NotFoundError for everybody else's."""
        await self._health.check(citizen_id, person_id)
        async with self._records.database.transaction() as session:
            found = await photo_repository.one(session, citizen_id, person_id, photo_id)
            if found is None:
                raise NotFoundError
            await session.delete(found)

    async def of(self, citizen_id: str, person_id: str) -> dict[str, list[HealthPhoto]]:
        """Return a citizen's photos of one person by the diary's record, without the pictures."""
        async with self._records.database.transaction() as session:
            rows = await photo_repository.listed(session, citizen_id, person_id)
        found: dict[str, list[HealthPhoto]] = {}
        for row in rows:
            found.setdefault(row.record_id, []).append(row)
        return found

    async def picture(self, citizen_id: str, person_id: str, photo_id: str) -> bytes:
        """Return an own photo as JPEG. Raises NotFoundError for everybody else's."""
        await self._health.check(citizen_id, person_id)
        async with self._records.database.transaction() as session:
            found = await photo_repository.one(session, citizen_id, person_id, photo_id)
            if found is None:
                raise NotFoundError
            return opened(await self._records.vault.keys(session, person_id), found)

    async def _own_entry(
        self, session: AsyncSession, citizen_id: str, person_id: str, entry_id: str
    ) -> HealthEntry:
        row = await repository.entry(session, person_id, entry_id[:100])
        is_own = row is not None and row.written_by == citizen_id and row.kind == "diary"
        if row is None or not is_own or row.ended_at is not None:
            raise NotFoundError
        return row


def opened(keys: PersonKeys, row: HealthPhoto) -> bytes:
    """Return the picture of a row."""
    return keys.open_bytes(_place(row.id), row.jpeg)


def _place(photo_id: str) -> Place:
    return Place(HealthPhoto.__tablename__, photo_id, "jpeg")
