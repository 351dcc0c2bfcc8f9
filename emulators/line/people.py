"""The people who use LINE here, and whether they are friends of the account."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from emulators.line import ids
from emulators.line.errors import ControlError, Json
from emulators.line.talk import Talk

USER_ID = re.compile(r"U[0-9a-f]{32}")


@dataclass
class Person:
    """One LINE user as this account knows them."""

    user_id: str
    display_name: str
    language: str | None = None
    friend: bool = True
    read_up_to: int = 0
    """The number of the last entry that the bot marked as read."""
    rich_menu_id: str | None = None
    talk: Talk = field(default_factory=Talk)

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
        person = Person(ids.user_id(), display_name, language)
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
