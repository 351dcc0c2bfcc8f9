"""Group chats and multi-person chats ("rooms") that the account was invited to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from emulators.line import ids
from emulators.line.errors import ControlError, Json
from emulators.line.talk import Talk

GROUP_ID = re.compile(r"[CR][0-9a-f]{32}")
KINDS = {"group": "C", "room": "R"}


@dataclass
class Group:
    """One chat of several people. All of them see the same talk."""

    chat_id: str
    kind: str
    name: str
    members: list[str]
    """User ids in the order of joining; the account itself is not among them."""
    joined: bool = True
    """Whether the account is in it."""
    standby: bool = False
    talk: Talk = field(default_factory=Talk)

    def source(self, user_id: str | None = None) -> Json:
        """Return the `source` of an event; with the person who caused it, when one did."""
        source = {"type": self.kind, f"{self.kind}Id": self.chat_id}
        return source | ({"userId": user_id} if user_id else {})

    def as_dict(self) -> Json:
        """Return the group as the control API shows it."""
        return {
            "groupId": self.chat_id,
            "kind": self.kind,
            "name": self.name,
            "members": list(self.members),
            "joined": self.joined,
            "standby": self.standby,
        }


class Groups:
    """Every group chat and room."""

    def __init__(self) -> None:
        self._by_id: dict[str, Group] = {}

    def add(self, kind: str, name: str, members: list[str]) -> Group:
        """Create a chat with a fresh id."""
        group = Group(ids.chat_id(KINDS[kind]), kind, name, members)
        self._by_id[group.chat_id] = group
        return group

    def get(self, chat_id: str) -> Group | None:
        """Return the chat, or None."""
        return self._by_id.get(chat_id)

    def known(self, chat_id: str) -> Group:
        """Return the chat. Raises ControlError 404."""
        group = self._by_id.get(chat_id)
        if group is None:
            raise ControlError(404, "There is no such chat. Create one with POST /emulator/groups.")
        return group

    def __iter__(self) -> Iterator[Group]:
        return iter(self._by_id.values())

    def clear(self) -> None:
        """Forget them all; open streams are told so."""
        for group in self:
            group.talk.notify("close", {})
        self._by_id.clear()
