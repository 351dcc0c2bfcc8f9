"""Reminds of terms that end soon, of each once a stage, until it is ticked."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from auth.manifests import read_manifest
from kit.errors import InvalidInputError, NotFoundError
from kit.logging import get_logger
from kit.wording import load_wording, spoken_in, translated
from messages.languages import Language
from messages.neutral import Message, Text, reworded
from messages.notifications import Notification, NotifyClient
from services.procedures import repository
from services.procedures.guides import Guides, OpenList
from services.procedures.listing import Row
from services.procedures.wording import reminder

log = get_logger(__name__)

STAGES = (timedelta(days=1), timedelta(days=3), timedelta(days=7))
"""How long before the end of a term one is reminded; a term counts for the nearest stage alone."""
WORTH = timedelta(hours=20)
MANIFEST = read_manifest(Path(__file__).parent)
KEEP = MANIFEST.kept_for("procedure_guide")


class Reminding:
    """What a worker does."""

    def __init__(self, guides: Guides, notify: NotifyClient) -> None:
        """`notify` reaches the bot over HTTP."""
        self._guides, self._notify = guides, notify

    async def remind(self) -> None:
        """Remind everybody who wants it; the bot knows each key, so a repeat tells nobody twice."""
        await self._guides.published.refresh()
        async with self._guides.database.transaction() as session:
            rows = await repository.reminding(session)
            opened = [
                await self._guides.opened(session, row, await self._guides.contents(session, row))
                for row in rows
                if row.event in self._guides.book.events
            ]
        for one in opened:
            if one.is_discreet:
                continue
            for stage in STAGES:
                ending = _ending(one, stage)
                if ending:
                    await self._tell(one, ending, stage)

    async def forget_old(self) -> None:
        """Delete what nobody has looked at for its retention."""
        async with self._guides.database.transaction() as session:
            await repository.forget_before(session, self._guides.clock() - KEEP)

    async def _tell(self, opened: OpenList, ending: tuple[Row, ...], stage: timedelta) -> None:
        days = ",".join(sorted({str(row.due) for row in ending}))
        url = self._guides.url(opened.contents.page_key)
        try:
            await self._notify.notify(
                self._notification(
                    f"procedures:{opened.guide.id}:{stage.days}:{days}",
                    opened.guide.citizen_id,
                    lambda: reminder(ending, opened.today, url),
                )
            )
        except (NotFoundError, InvalidInputError) as error:
            log.warning("procedure_reminder_not_told", exc_info=error)

    def _notification(self, key: str, citizen_id: str, say: Callable[[], Text]) -> Notification:
        settings = self._guides.settings

        def message(language: Language) -> Message:
            with spoken_in(load_wording(language, settings.city_wording)):
                return reworded(say(), translated)

        others = [language for language in Language if language is not Language.ja]
        return Notification(
            key=key,
            citizen_id=citizen_id,
            messages=(message(Language.ja),),
            in_languages={language: (message(language),) for language in others},
            expires_at=self._guides.clock() + WORTH,
        )


def _ending(opened: OpenList, stage: timedelta) -> tuple[Row, ...]:
    """Return what is to be done and whose term ends within this stage, and in no nearer one."""
    nearer = max((one for one in STAGES if one < stage), default=timedelta(days=-1))
    return tuple(
        row
        for row in opened.left
        if row.due is not None and nearer < row.due - opened.today <= stage
    )
