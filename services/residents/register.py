"""What every use case shares: the keys, the indexes, the day, and who reaches whom."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.db import Database
from kit.errors import NotFoundError
from kit.settings import Settings
from kit.vault import PersonKeys, Vault
from services.residents import repository, rules
from services.residents.indexes import SECRET, Indexes
from services.residents.models import Resident
from services.residents.repository import Reached


class Register:
    """The sealed register of one city."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        """Nothing is read before the first use."""
        self.database = database
        self.clock = clock
        self.vault = Vault(settings.master_keys, clock)
        self._zone = settings.timezone
        self._indexes: Indexes | None = None

    def today(self) -> date:
        """Return the day in the city."""
        return self.clock().astimezone(self._zone).date()

    async def indexes(self) -> Indexes:
        """Return the blind indexes.

        Their key has a transaction of its own: one that is rolled back must not take back a key
        which this process goes on using.
        """
        if self._indexes is None:
            async with self.database.transaction() as session:
                self._indexes = Indexes(await self.vault.secret(session, SECRET))
        return self._indexes

    async def reach(
        self, session: AsyncSession, citizen_id: str, resident_id: str, on: date
    ) -> tuple[Resident, PersonKeys]:
        """Return a resident for whom a citizen may act on a day, and the keys of what is theirs.

        Raises the same NotFoundError for a resident who does not exist and for one out of reach.
        """
        if not rules.is_resident_id(resident_id):
            raise NotFoundError
        found = await repository.reach(session, citizen_id, resident_id, self.today())
        if not found:
            raise NotFoundError
        resident = found[0].resident
        keys = await self.vault.keys(session, resident.id)
        birthdate = repository.open_birthdate(keys, resident)
        if not any(_opens(way, birthdate, on) for way in found):
            raise NotFoundError
        return resident, keys


def _opens(way: Reached, birthdate: date, on: date) -> bool:
    return way.is_self or (way.authority is not None and rules.holds(way.authority, birthdate, on))
