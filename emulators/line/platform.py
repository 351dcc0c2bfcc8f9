"""The platform of one channel: every part, put together in one place."""

from datetime import datetime, timedelta

from emulators.line import events, ids
from emulators.line.access_tokens import AccessTokens
from emulators.line.account_links import LinkTokens
from emulators.line.audiences import Audiences
from emulators.line.content import ContentStore
from emulators.line.errors import Json
from emulators.line.faults import Faults
from emulators.line.figures import Figures
from emulators.line.groups import Group, Groups
from emulators.line.journal import Journal, Stats
from emulators.line.later import Later
from emulators.line.login.sessions import Sessions
from emulators.line.menus import Batch, Menus
from emulators.line.narrowcasts import Narrowcast
from emulators.line.options import Channel, Options
from emulators.line.people import People, Person
from emulators.line.quota import Quota
from emulators.line.rate_limits import RateLimits
from emulators.line.recorder import Recorder
from emulators.line.reply_tokens import ReplyTokens
from emulators.line.retry_keys import RetryKeys
from emulators.line.webhooks import Webhooks
from kit.clock import Clock

Chat = Person | Group


class Platform:
    """All state of the emulator. It lives in memory and in one event loop."""

    def __init__(self, channel: Channel, options: Options, clock: Clock) -> None:
        self.channel = channel
        self.options = options
        self._clock = clock
        self._offset = timedelta()
        self.access_tokens = AccessTokens(channel)
        self.login = Sessions(channel.login_channel_id, channel.login_secret)
        self.liff_apps: dict[str, Json] = {}
        self.links = LinkTokens()
        self.rate_limits = RateLimits()
        self.people = People()
        self.groups = Groups()
        self.replies = ReplyTokens()
        self.retry_keys = RetryKeys()
        self.content = ContentStore()
        self.menus = Menus()
        self.faults = Faults()
        self.journal = Journal()
        self.recorder = Recorder()
        self.quota = Quota()
        self.later = Later(self.now)
        self.figures = Figures()
        self.audiences = Audiences(self.later)
        self.narrowcasts: dict[str, Narrowcast] = {}
        self.batches: dict[str, Batch] = {}
        self.read_tokens: dict[str, tuple[str, int]] = {}
        """`markAsReadToken` → the chat and the number of the entry."""
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
        self.later.catch_up()

    def chat(self, chat_id: str) -> Chat | None:
        """Return the person, group or room with this id."""
        return self.people.get(chat_id) or self.groups.get(chat_id)

    def reach(self, chat: Chat) -> int:
        """Return how many people a message into this chat reaches (and costs)."""
        if isinstance(chat, Group):
            return len(chat.members) if chat.joined else 0
        return 1 if chat.reachable(self.now()) else 0

    def deliver(self, chat: Chat, via: str, message: Json, sent: Json, request_id: str) -> None:
        """Show a message of the bot in a chat; `sent` is its id and quote token."""
        self.stats.messages[via] += 1
        shown = {**message, "id": sent["id"]}
        self.recorder.got(chat.chat_id, message)
        chat.talk.add("bot", via, self.now().isoformat(), shown, requestId=request_id)

    def show_menu(self, person: Person) -> None:
        """Tell the person's open pages which rich menu is shown now."""
        menu = self.menus.shown_to(person)
        person.talk.notify("menu", {"richMenu": menu.as_dict() if menu else None})

    def happened(
        self, kind: str, chat: Chat, *, by: str | None = None, reply: bool = False, **more: object
    ) -> str:
        """Tell the bot of an event in a chat; returns its `webhookEventId`.

        `by` names the person in a group. With `reply` it carries a reply token, except in a chat
        on standby, whose events a bot may only watch.
        """
        if reply and not chat.standby:
            more["replyToken"] = self.replies.issue(chat.chat_id, self.now())
        event = events.event(kind, chat.source(by), self.now_ms(), standby=chat.standby, **more)
        self.webhooks.put(event)
        event_id: str = event["webhookEventId"]
        return event_id

    async def reset(self) -> None:
        """Forget people, talks, menus, files, faults and figures. Channel access tokens stay
        valid, because the bot goes on running and holds one; so do LIFF apps, settings and
        changed rate limits."""
        await self.webhooks.clear()
        for part in (
            self.later,
            self.figures,
            self.audiences,
            self.narrowcasts,
            self.batches,
            self.people,
            self.groups,
            self.links,
            self.login,
            self.replies,
            self.retry_keys,
            self.rate_limits,
            self.quota,
            self.content,
            self.menus,
            self.faults,
            self.journal,
            self.recorder,
            self.read_tokens,
        ):
            part.clear()
        self._offset = timedelta()


def bot_user_id(channel_id: str) -> str:
    """Return a user id for the bot that stays the same for a channel over restarts."""
    return f"U{ids.digest(channel_id)}"
