"""What is kept of a citizen here: their applications for nursery places, and photos of papers.

Erasing deletes them with points and results. What an allocation has worked with holds no name.
"""

from base64 import b64encode
from typing import Annotated

from fastapi import Depends

from auth.gate import demand
from auth.grants import Grant
from kit.errors import NotFoundError
from kit.personal_data import CitizenId, Json, PersonalDataHolder, personal_data_router
from services.nursery import repository
from services.nursery.applications import Applications, Files
from services.nursery.models import NurseryPhoto
from services.nursery.photos import PaperPhotos
from services.nursery.scopes import SCOPES


class NurseryPersonalData:
    """Hands it out and erases it (`kit.personal_data`)."""

    def __init__(self, files: Files, applications: Applications, photos: PaperPhotos) -> None:
        """`applications` and `photos` open them."""
        self._files, self._applications, self._photos = files, applications, photos

    async def export(self, citizen_id: str) -> Json:
        """Return a citizen's applications, with the points as they stand."""
        mine = (await self._applications.mine(citizen_id)).applications
        found: list[Json] = []
        for application in mine:
            async with self._files.database.transaction() as session:
                rows = await repository.points_of(session, application.id)
                photos = await repository.photos(session, application.id)
            points = [{"row": r.label, "points": r.points, "state": r.state} for r in rows]
            pictures = [await self._picture(citizen_id, photo) for photo in photos]
            more = {"points": points, "photos": pictures}
            found.append(application.model_dump(mode="json") | more)
        return {"applications": found}

    async def _picture(self, citizen_id: str, photo: NurseryPhoto) -> Json:
        jpeg = b64encode(await self._photos.own(citizen_id, photo.id)).decode()
        return {"paper": photo.paper, "added_at": photo.added_at.isoformat(), "jpeg": jpeg}

    async def erase(self, citizen_id: str) -> None:
        """Delete a citizen's applications."""
        async with self._files.database.transaction() as session:
            await repository.forget_citizen(session, citizen_id)


async def _own(
    citizen_id: CitizenId, grant: Annotated[Grant, Depends(demand(SCOPES["nursery:export"]))]
) -> None:
    """Let a grant take out its own citizen's alone."""
    if grant.citizen_id != citizen_id:
        raise NotFoundError


HOLDER = PersonalDataHolder("services/nursery", NurseryPersonalData, scope="nursery:export")
router = personal_data_router(HOLDER, takes_out=_own)
