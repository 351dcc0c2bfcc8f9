"""The platform of one channel: every part, put together in one place."""

from datetime import datetime, timedelta

from emulators.line import ids
from emulators.line.access_tokens import AccessTokens
from emulators.line.content import ContentStore
from emulators.line.errors import Json
from emulators.line.faults import Faults
from emulators.line.journal import Journal, Stats
from emulators.line.menus import Menus
from emulators.line.options import Channel, Options
from emulators.line.people import People, Person
from emulators.line.reply_tokens import ReplyTokens
from emulators.line.retry_keys import RetryKeys
from emulators.line.webhooks import Webhooks
from kit.clock import Clock


class Platform:
    """All state of the emulator. It lives in memory and in one event loop."""

    def __init__(self, channel: Channel, options: Options, clock: Clock) -> None:
        self.channel = channel
        self.options = options
        self._clock = clock
        self._offset = timedelta()
        self.access_tokens = AccessTokens(channel)
        self.people = People()
        self.replies = ReplyTokens()
        self.retry_keys = RetryKeys()
        self.content = ContentStore()
        self.menus = Menus()
        self.faults = Faults()
        self.journal = Journal()
        self.consumption = 0
        self.read_tokens: dict[str, tuple[str, int]] = {}
        """`markAsReadToken` → the person and the number of the entry."""
        self.webhooks = Webhooks(
            channel, options, self.faults, self.journal, self.replies, self.now
        )

    @property
    def stats(self) -> Stats:
        """The counters since the last reset."""
        return self.webhooks.stats

    def now(self) -> datetime:
        """Return the emulator's present instant."""
        return self._clock() + self._offset

    def now_ms(self) -> int:
        """Return the present instant in milliseconds since 1970."""
        return int(self.now().timestamp() * 1000)

    def advance(self, seconds: float) -> None:
        """Move the clock forward: tokens and keys grow older without anybody waiting."""
        self._offset += timedelta(seconds=seconds)

    def deliver(self, person: Person, via: str, message: Json, sent: Json) -> None:
        """Show a message of the bot to one person; `sent` is its id and quote token."""
        self.stats.messages[via] += 1
        person.talk.add("bot", via, self.now().isoformat(), {**message, "id": sent["id"]})

    def show_menu(self, person: Person) -> None:
        """Tell the person's open pages which rich menu is shown now."""
        menu = self.menus.shown_to(person)
        person.talk.notify("menu", {"richMenu": menu.as_dict() if menu else None})

    def emit(self, event: Json) -> None:
        """Send an event to the bot, later and in order."""
        self.webhooks.put(event)

    async def reset(self) -> None:
        """Forget people, talks, menus, files, faults and figures. Access tokens stay valid,
        because the bot goes on running and holds one."""
        await self.webhooks.clear()
        self.people.clear()
        for part in (self.replies, self.retry_keys, self.content, self.menus, self.faults):
            part.clear()
        self.journal.clear()
        self.read_tokens.clear()
        self.consumption = 0
        self._offset = timedelta()


def bot_user_id(channel_id: str) -> str:
    """Return a user id for the bot that stays the same for a channel over restarts."""
    return f"U{ids.digest(channel_id)}"
