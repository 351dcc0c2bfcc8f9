"""Telling an applicant in LINE that something is there for them."""

from collections.abc import Callable
from datetime import timedelta

from kit.errors import InvalidInputError, NotFoundError
from kit.logging import get_logger
from kit.wording import load_wording, spoken_in, translated
from messages.languages import Language
from messages.neutral import Message, Text, reworded
from messages.notifications import Notification, NotifyClient
from services.nursery import wording
from services.nursery.applications import Files
from services.nursery.models import NurseryApplication

log = get_logger(__name__)

WORTH = timedelta(days=7)
"""Later than this the notice is worth nothing: the letter has come."""
PAGE = "/my/nursery/"


class Telling:
    """What a worker does for applicants."""

    def __init__(self, files: Files, notify: NotifyClient) -> None:
        """`notify` reaches the bot over HTTP."""
        self._files, self._notify = files, notify

    async def tell(self, application_id: str, what: str) -> None:
        """Tell an applicant of a result (`result`) or a request; a repeat tells nobody twice.

        Raises UnavailableError when it has to be repeated.
        """
        async with self._files.database.transaction() as session:
            row = await session.get(NurseryApplication, application_id)
        if row is None or row.state != "submitted":
            return
        say = wording.result_message if what == "result" else wording.request_message
        key = f"nursery:{application_id}:{what}"
        try:
            await self._notify.notify(self._notification(key, row.citizen_id, say))
        except (NotFoundError, InvalidInputError) as error:
            log.warning("nursery_applicant_not_told", exc_info=error)

    def _notification(self, key: str, citizen_id: str, say: Callable[[str], Text]) -> Notification:
        settings = self._files.settings
        url = f"{settings.public_base_url}{PAGE}"

        def message(language: Language) -> Message:
            with spoken_in(load_wording(language, settings.city_wording)):
                return reworded(say(url), translated)

        others = [language for language in Language if language is not Language.ja]
        return Notification(
            key=key,
            citizen_id=citizen_id,
            messages=(message(Language.ja),),
            in_languages={language: (message(language),) for language in others},
            expires_at=self._files.clock() + WORTH,
        )
