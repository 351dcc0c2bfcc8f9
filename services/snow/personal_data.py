"""What this skill keeps of a citizen: what they reported, and what they follow.

Erasing takes away who it was, their words and their photos; the matter of the road stays, because
somebody else may be waiting for it to be settled.
"""

from kit.db import Database
from kit.personal_data import Json, PersonalDataHolder, personal_data_router
from services.snow import ground_repository, repository
from services.snow.models import SnowReport
from services.snow.report_parsing import public_number

_EVERY = 10_000


class SnowPersonalData:
    """Hands it out and erases it (`kit.personal_data`)."""

    def __init__(self, database: Database) -> None:
        """One instance a process."""
        self._database = database

    async def export(self, citizen_id: str) -> Json:
        """Return a citizen's reports, the numbers of those they follow, and where they sanded."""
        async with self._database.transaction() as session:
            rows = await repository.latest_followed(session, citizen_id, _EVERY)
            sandings = await ground_repository.sanded_by(session, citizen_id)
        own = [_shown(row) for row in rows if row.citizen_id == citizen_id]
        follows = [public_number(row.id) for row in rows if row.citizen_id != citizen_id]
        sanded = [
            {"number": public_number(one.report_id), "at": one.at.isoformat()} for one in sandings
        ]
        told = {"reports": own, "follows": follows, "sanded": sanded}
        return told if rows or sanded else {}

    async def erase(self, citizen_id: str) -> None:
        """Take the citizen out of everything."""
        async with self._database.transaction() as session:
            await repository.forget_citizen(session, citizen_id)
            await ground_repository.forget_sander(session, citizen_id)


def _shown(row: SnowReport) -> Json:
    return {
        "number": public_number(row.id),
        "category": row.category,
        "severity": row.severity,
        "status": row.status,
        "lat": row.lat,
        "lon": row.lon,
        "place": row.place_words or row.place_name,
        "words": row.description,
        "filed_at": row.filed_at.isoformat(),
    }


HOLDER = PersonalDataHolder("services/snow", SnowPersonalData)
router = personal_data_router(HOLDER)
