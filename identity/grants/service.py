"""Giving grants: whoever may have one gets it, and the access log has it in the same breath.

The log is written here and not in the services: here it is known who asks and why, and no service
can forget it (docs/decisions/0014).
"""

from collections.abc import Sequence
from datetime import datetime

from auth.grants import LIFE, Staff
from auth.levels import Level, Standing, StepUpNeededError
from identity.audit import log as access
from identity.audit.log import Actor, AuditEntry
from identity.grants.minter import GrantMinter
from kit.clock import Clock
from kit.db import Database


class Granting:
    """Mints grants and records them."""

    def __init__(self, database: Database, minter: GrantMinter, clock: Clock) -> None:
        """`minter` signs."""
        self._database = database
        self._minter = minter
        self._clock = clock

    async def to_citizen(
        self,
        citizen_id: str,
        audience: str,
        scopes: Sequence[str],
        standing: Standing,
        needed: Level,
        asked_at: datetime,
    ) -> str:
        """Return a grant for what a citizen does. Raises StepUpNeededError below `needed`.

        `asked_at` is an instant before the standing was looked at.
        """
        if not standing.level.suffices(needed):
            raise StepUpNeededError(needed)
        grant = await self._minter.mint(citizen_id, audience, scopes, standing, asked_at=asked_at)
        entry = AuditEntry(citizen_id, _action(scopes), level=standing.level)
        await self._record(entry)
        return grant

    async def to_staff(
        self, citizen_id: str, audience: str, scopes: Sequence[str], staff: Staff, reason: str
    ) -> str:
        """Return a grant by which an officer looks into a citizen's matter.

        Raises InvalidInputError without a reason, or when it is not said who looks.
        """
        standing = Standing(Level.L0, self._clock() + LIFE)
        grant = await self._minter.mint(citizen_id, audience, scopes, standing, staff)
        actor = f"{staff.desk} {staff.id}" if staff.desk and staff.id else ""
        await self._record(AuditEntry(citizen_id, _action(scopes), Actor.staff, actor, reason))
        return grant

    async def _record(self, entry: AuditEntry) -> None:
        """Committed before the grant leaves: no grant is out that the log does not have."""
        async with self._database.transaction() as session:
            await access.record(session, entry, self._clock())


def _action(scopes: Sequence[str]) -> str:
    """Scopes begin with the service's name, so they say where and what."""
    return " ".join(sorted(scopes))
