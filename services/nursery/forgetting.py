"""Forgetting what its retention no longer allows."""

from datetime import timedelta

from services.nursery import repository
from services.nursery.applications import Files
from services.nursery.scopes import MANIFEST

KEEP_APPLICATIONS = MANIFEST.kept_for("nursery_application")
KEEP_DRAFTS = timedelta(days=30)


class Forgetting:
    """What a worker does at night."""

    def __init__(self, files: Files) -> None:
        """`files` has the tables."""
        self._files = files

    async def forget_old(self) -> None:
        """Delete drafts that were never handed in, and applications after their time."""
        now = self._files.clock()
        async with self._files.database.transaction() as session:
            await repository.forget_closed_before(
                session, now - KEEP_DRAFTS, now - KEEP_APPLICATIONS
            )
