"""Pictures of an examination, out of a hospital's archive, for whom the record lets in.

The index of studies is the record's own (`Imaging`): without an entry, nothing is asked. Before a
picture is shown, the archive's birth date has to be the person's.
"""

import asyncio
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kit.errors import ConciergeError, ConflictError, NotFoundError
from kit.images import sanitised, smaller
from kit.logging import get_logger
from services.health.contract import Entry, Imaging
from services.health.dicomweb import ImageArchive

log = get_logger(__name__)

ON_A_PAGE = 6
LONGEST_SIDE = 1024


class WrongPersonError(ConflictError):
    """The archive has the study of somebody who was born on another day."""

    code = "wrong_person"


@dataclass(frozen=True)
class Shown:
    """Some pictures of a study as `data:` addresses, from the `first`th of `total`."""

    pictures: tuple[str, ...]
    first: int
    total: int


class Studies:
    """What the pages ask of the archive; the look has been noted."""

    def __init__(self, archive: ImageArchive) -> None:
        """`archive` may be none."""
        self._archive = archive

    @property
    def is_there(self) -> bool:
        """Whether there is an archive to ask."""
        return self._archive.is_there

    async def shown(
        self, entries: Iterable[Entry], entry_id: str, birth: date, first: int
    ) -> Shown:
        """Return some pictures of the study that an entry names, the first is number 1.

        Raises NotFoundError, WrongPersonError, UnavailableError.
        """
        named = (one.body for one in entries if one.id == entry_id and one.ended_at is None)
        body = next(named, None)
        if not isinstance(body, Imaging):
            raise NotFoundError
        found = await self._archive.study(body.study_uid)
        if found.birthdate != birth:
            log.warning("health_study_of_another_person", entry=entry_id)
            raise WrongPersonError
        chosen = found.instances[first - 1 :][:ON_A_PAGE]
        pictures = [await self._picture(body.study_uid, *pair) for pair in chosen]
        return Shown(tuple(pictures), first, len(found.instances))

    async def _picture(self, study: str, series: str, instance: str) -> str:
        """Return a picture made anew; empty for what is no picture, such as a report."""
        try:
            png = await self._archive.picture(study, series, instance)
            photo = await asyncio.to_thread(lambda: smaller(sanitised(png), LONGEST_SIDE))
        except ConciergeError as error:
            if error.status >= 500:
                raise
            return ""
        return f"data:image/jpeg;base64,{b64encode(photo.jpeg).decode()}"
