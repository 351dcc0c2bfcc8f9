"""The people who use LINE here, and whether they are friends of the account."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from emulators.line import ids
from emulators.line.errors import ControlError, Json
from emulators.line.talk import Talk

USER_ID = re.compile(r"U[0-9a-f]{32}")
_STRANGERS_REACHABLE = timedelta(days=7)


@dataclass
class Person:
    """One LINE user as this account knows them.

    A friend follows the account. Who blocked it is no friend and gets nothing. A stranger is
    neither; for seven days after writing the account may write to them.
    """

    user_id: str
    display_name: str
    language: str | None = None
    friend: bool = True
    blocked: bool = False
    standby: bool = False
    """Another module holds the conversation: events come with `mode: standby`."""
    wrote_at: datetime | None = None
    traits: Json = field(default_factory=dict)
    """What narrowcast filters look at: gender, age, area, appType, subscriptionPeriod."""
    read_up_to: int = 0
    """The number of the last entry that the bot marked as read."""
    rich_menu_id: str | None = None
    talk: Talk = field(default_factory=Talk)

    @property
    def chat_id(self) -> str:
        """The id under which the account writes to this person."""
        return self.user_id

    def source(self, user_id: str | None = None) -> Json:
        """Return the `source` of an event."""
        return {"type": "user", "userId": user_id or self.user_id}

    def reachable(self, now: datetime) -> bool:
        """Say whether a message of the account would arrive."""
        if self.friend or self.blocked or self.wrote_at is None:
            return self.friend
        return now - self.wrote_at <= _STRANGERS_REACHABLE

    def profile(self) -> Json:
        """Return the answer of `GET /v2/bot/profile/{userId}`."""
        profile = {"userId": self.user_id, "displayName": self.display_name}
        return profile | ({"language": self.language} if self.language else {})


class People:
    """Everybody who has an id here."""

    def __init__(self) -> None:
        self._by_id: dict[str, Person] = {}

    def add(self, display_name: str, language: str | None) -> Person:
        """Create a person with a fresh id."""
        person = Person(ids.chat_id("U"), display_name, language)
        self._by_id[person.user_id] = person
        return person

    def get(self, user_id: str) -> Person | None:
        """Return the person, or None for an id that was never given out."""
        return self._by_id.get(user_id)

    def known(self, user_id: str) -> Person:
        """Return the person. Raises ControlError 404."""
        person = self._by_id.get(user_id)
        if person is None:
            raise ControlError(404, "There is no such user. Create one with POST /emulator/users.")
        return person

    def __iter__(self) -> Iterator[Person]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def friends(self) -> list[Person]:
        """Return everybody who follows the account, oldest first."""
        return [person for person in self if person.friend]

    def clear(self) -> None:
        """Forget everybody; open streams are told so."""
        for person in self:
            person.talk.notify("close", {})
        self._by_id.clear()
