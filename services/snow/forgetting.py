"""Forgetting what the manifest no longer allows to be kept."""

from pathlib import Path

from auth.manifests import read_manifest
from kit.clock import Clock
from kit.db import Database
from services.snow import ground_repository, plough_repository, repository

MANIFEST = read_manifest(Path(__file__).parent)
DESK = MANIFEST.desk
"""Whose staff handle the reports."""


class Forgetting:
    """What a worker does at night."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """One instance a process."""
        self._database = database
        self._clock = clock

    async def forget_old(self) -> None:
        """Delete what is older than its table's line in the manifest."""
        now = self._clock()
        async with self._database.transaction() as session:
            await repository.forget_ended(session, now - MANIFEST.kept_for("snow_report"))
            for table, forget in (
                ("snow_position", plough_repository.forget_positions),
                ("snow_passage", plough_repository.forget_passages),
                ("snow_outlook", plough_repository.forget_outlooks),
                ("snow_surface", ground_repository.forget_measurements),
            ):
                await forget(session, now - MANIFEST.kept_for(table))
