"""What is kept of citizens here: safety reports and the timeline of their household."""

from typing import Any

from services.disaster.safety import SafetyBook
from services.disaster.timelines import TimelineBook


class OwnData:
    """Hands it out and erases it (`kit.personal_data`)."""

    def __init__(self, safety: SafetyBook, timelines: TimelineBook) -> None:
        """Both books keep their own."""
        self._safety = safety
        self._timelines = timelines

    async def export(self, citizen_id: str) -> dict[str, Any]:
        """Return everything that is kept of a citizen."""
        found = await self._safety.export(citizen_id)
        decided = await self._timelines.of(citizen_id)
        if decided is not None:
            found |= {"timeline": decided.model_dump(mode="json")}
        return found

    async def erase(self, citizen_id: str) -> None:
        """Erase all of it."""
        await self._safety.erase(citizen_id)
        await self._timelines.erase(citizen_id)
