"""The one thing the account ever says in a group: that it does not answer there."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.groups import repository as groups
from bot.groups.models import Group
from bot.line import repository as event_rows
from bot.line.events import read_group
from bot.line.repository import StoredEvent
from bot.messages.render import render, to_json
from bot.messages.speakers import Speaker
from bot.sender.line_api import Answer, LineApi
from kit.clock import Clock
from kit.db import Database
from kit.errors import UnavailableError
from kit.logging import get_logger
from kit.settings import Settings
from messages.neutral import Text

log = get_logger(__name__)

NOTE = Text(
    text="グループではお答えしていません。個人のことを守るため、"
    "このアカウントを友だちに追加して、1対1のトークでお尋ねください。"
)


class GroupNotes:
    """Carries out the job `bot.note_group`: a reply, never a push, at most once a group."""

    def __init__(
        self, database: Database, clock: Clock, settings: Settings, api: LineApi, speaker: Speaker
    ) -> None:
        """All parts are made once per process."""
        self._database = database
        self._clock = clock
        self._token_life = timedelta(seconds=settings.reply_token_seconds)
        self._api = api
        self._speaker = speaker

    async def note(self, event_id: int) -> None:
        """Say the note by the reply token of one event.

        Raises UnavailableError while LINE may not have taken it and the token lives. A token that
        was dead from the start leaves the note to the group's next event.
        """
        async with self._database.statement() as session:
            event = await event_rows.load_event(session, event_id)
        if event is None or event.reply_token is None:
            return
        is_first = await self._begin(event)
        if is_first is None:
            return
        [messages] = render((NOTE,), self._speaker)
        answer = await self._api.reply(event.channel, event.reply_token, to_json(messages))
        await self._conclude(event, answer, is_first=is_first)

    async def _begin(self, event: StoredEvent) -> bool | None:
        """Write the attempt down. True: the first one; False: a later one; None: too late."""
        now = self._clock()
        async with self._database.transaction() as session:
            group = await _load(session, event)
            if group is None:
                return None
            if group.noted_at is not None:
                return False if now - group.noted_at < self._token_life else None
            group.noted_at = now
            return True

    async def _conclude(self, event: StoredEvent, answer: Answer, *, is_first: bool) -> None:
        if answer.is_uncertain or answer.passes:
            raise UnavailableError("LINE did not take the note yet.", status=answer.status)
        if answer.status == 400 and is_first:
            async with self._database.transaction() as session:
                group = await _load(session, event)
                if group is not None:
                    await session.delete(group)
        log.info("group_noted", event_id=event.id, status=answer.status)


async def _load(session: AsyncSession, event: StoredEvent) -> Group | None:
    group = read_group(event.raw["source"])
    return None if group is None else await groups.load_group(session, event.channel, group)
