"""What a guardian shows to a clinic or a nurse for a time: begun, looked at, taken back.

A sharing opens as long as its guardian may act for the child, agrees to the purpose, has not taken
it back, and its time is not over. Each look is in the guardian's access log before it is shown.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from auth.citizens import CitizenClient, SharedLook
from kit.errors import GoneError, NotFoundError
from services.health import repository, share_repository
from services.health.contract import (
    About,
    Allergy,
    Birth,
    Body,
    Check,
    Entry,
    Growth,
    Imaging,
    Medication,
    NewShare,
    Part,
    Share,
    Shared,
    Shares,
    Vaccination,
)
from services.health.models import HealthShare
from services.health.scopes import CONSENT
from services.health.service import HealthService, Records, readable, shown

LOOK = "health:shared:read"
_LONGEST_CODE = 100
_NUMBERS = range(1, 2**63)
_KINDS: dict[Part, tuple[type[Body], ...]] = {
    Part.vaccinations: (Vaccination,),
    Part.growth: (Growth, Birth),
    Part.checks: (Check,),
    Part.medication: (Medication, Allergy),
    Part.images: (Imaging,),
}


@dataclass(frozen=True)
class SharedHandbook:
    """What is shown: the parts alone, and who the child is."""

    about: About
    parts: tuple[Part, ...]
    entries: tuple[Entry, ...]
    ends_at: datetime


class Sharing:
    """The sharings of one city."""

    def __init__(self, records: Records, health: HealthService, citizens: CitizenClient) -> None:
        """`health` knows who may act for whom, `citizens` keeps the access log."""
        self._records, self._health, self._citizens = records, health, citizens

    async def begin(self, citizen_id: str, person_id: str, new: NewShare) -> Shared:
        """Begin one. Raises NotFoundError for everybody for whom the citizen may not act."""
        await self._health.check(citizen_id, person_id)
        code, now = secrets.token_urlsafe(24), self._records.clock()
        index = await self._index(code)
        ends_at = now + timedelta(hours=new.hours)
        async with self._records.database.transaction() as session:
            keys = await self._records.vault.keys_for_writing(session, person_id)
            values = {
                "person_id": person_id,
                "citizen_id": citizen_id,
                "parts": [part.value for part in new.parts],
                "about": share_repository.seal_about(keys, index, new.about),
                "code_index": index,
                "created_at": now,
                "ends_at": ends_at,
            }
            number = await share_repository.add(session, values)
        return Shared(number=number, code=code, ends_at=ends_at)

    async def all_of(self, citizen_id: str, person_id: str) -> Shares:
        """Return a citizen's sharings of one person. Raises NotFoundError as `begin` does."""
        await self._health.check(citizen_id, person_id)
        now = self._records.clock()
        async with self._records.database.transaction() as session:
            rows = await share_repository.of_citizen(session, citizen_id, person_id)
            looks = await share_repository.looks_at(session, [row.id for row in rows])
            if not rows:
                return Shares(shares=())
            keys = await self._records.vault.keys(session, person_id)
        opened = ((row, share_repository.open_about(keys, row)) for row in rows)
        return Shares(
            shares=tuple(_as_share(row, about, looks.get(row.id, []), now) for row, about in opened)
        )

    async def revoke(self, citizen_id: str, person_id: str, number: int) -> None:
        """End one at once. Raises NotFoundError for another's, or one that was taken back."""
        now = self._records.clock()
        async with self._records.database.transaction() as session:
            known = number in _NUMBERS
            if not known or not await share_repository.revoke(
                session, citizen_id, person_id, number, now
            ):
                raise NotFoundError

    async def is_open(self, code: str) -> bool:
        """Tell whether a code opens something; that is no look."""
        try:
            await self._open(code)
        except GoneError:
            return False
        return True

    async def look(self, code: str) -> SharedHandbook:
        """Note the look, then return what is shown. Raises GoneError for every other code."""
        share, is_self = await self._open(code)
        looked = SharedLook(citizen_id=share.citizen_id, action=LOOK, sharing=share.id)
        await self._citizens.note(looked)
        parts = tuple(map(Part, share.parts))
        kinds = tuple(kind for part in parts for kind in _KINDS[part])
        async with self._records.database.transaction() as session:
            await share_repository.add_look(session, share.id, self._records.clock())
            keys = await self._records.vault.keys(session, share.person_id)
            rows = await repository.entries_of(session, share.person_id)
            entries = [shown(row, keys, "") for row in rows if row.ended_at is None]
            about = share_repository.open_about(keys, share)
        own = readable(entries, is_self=is_self)
        fitting = tuple(entry for entry in own if isinstance(entry.body, kinds))
        return SharedHandbook(about, parts, fitting, share.ends_at)

    async def _open(self, code: str) -> tuple[HealthShare, bool]:
        """Return a sharing that is open, and whether its guardian shows their own handbook."""
        if not code or len(code) > _LONGEST_CODE:
            raise GoneError
        index = await self._index(code)
        async with self._records.database.statement() as session:
            share = await share_repository.of_code(session, index)
        now = self._records.clock()
        if share is None or share.revoked_at is not None or now >= share.ends_at:
            raise GoneError
        try:
            is_self = await self._health.check(share.citizen_id, share.person_id)
        except NotFoundError:
            raise GoneError from None
        if not await self._citizens.agrees(share.citizen_id, CONSENT):
            raise GoneError
        return share, is_self

    async def _index(self, code: str) -> str:
        return (await self._records.indexes()).key(f"share\x1f{code}")


def _as_share(row: HealthShare, about: About, looks: list[datetime], now: datetime) -> Share:
    return Share(
        number=row.id,
        recipient=about.recipient,
        parts=tuple(map(Part, row.parts)),
        created_at=row.created_at,
        ends_at=row.ends_at,
        is_open=row.revoked_at is None and now < row.ends_at,
        looks=tuple(looks),
    )
