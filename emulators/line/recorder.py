"""What people did and what the bot answered, as a scenario that can be played again.

A scenario holds no ids: `{user1}`, `{group1}` and `{message1}` stand for them, in the order of
their appearance, so that it can be kept in a file and played against another emulator.
"""

import json
import re
from collections import Counter, deque

from emulators.line.errors import Json

_KEPT_STEPS = 2000
_KEPT_CONTENT = 20_000
_NAMED = {"userId": "user", "groupId": "group", "messageId": "message"}
_ID = re.compile(r"[UCR][0-9a-f]{32}|[0-9]{18}")
_COMPARED = ("type", "text", "altText")


class Recorder:
    """The newest steps since the start or the last reset."""

    def __init__(self) -> None:
        self._steps: deque[Json] = deque(maxlen=_KEPT_STEPS)

    def did(self, method: str, path: str, body: Json, answer: Json) -> None:
        """Note something that people did. A large file is left out of its message."""
        content = body.get("content")
        if isinstance(content, str) and len(content) > _KEPT_CONTENT:
            body = {name: value for name, value in body.items() if name != "content"}
        gives = {name: answer[name] for name in _NAMED if answer.get(name)}
        self._steps.append({"do": {"method": method, "path": path, "body": body}, "gives": gives})

    def got(self, chat_id: str, message: Json) -> None:
        """Note a message of the bot."""
        self._steps.append({"get": {"chat": chat_id, "message": gist(message)}})

    def scenario(self) -> Json:
        """Return `{steps}` with names in place of ids."""
        steps: list[Json] = []
        names: dict[str, str] = {}
        counts: Counter[str] = Counter()
        for step in self._steps:
            for kind, given in step.get("gives", {}).items():
                counts[kind] += 1
                names[given] = f"{_NAMED[kind]}{counts[kind]}"
            written = _named({k: v for k, v in step.items() if k != "gives"}, names)
            if step.get("gives"):
                written["gives"] = {kind: names[given] for kind, given in step["gives"].items()}
            steps.append(written)
        return {"steps": steps}

    def clear(self) -> None:
        """Begin anew."""
        self._steps.clear()


def gist(message: Json) -> Json:
    """Return what a replay compares of a message: its type and its words."""
    return {name: message[name] for name in _COMPARED if name in message}


def substituted(value: Json, marks: dict[str, str]) -> Json:
    """Return the object with every occurrence of the marks replaced, inside longer texts too."""
    text = json.dumps(value, ensure_ascii=False)
    for mark, replacement in marks.items():
        text = text.replace(mark, replacement)
    found: Json = json.loads(text)
    return found


def _named(value: Json, names: dict[str, str]) -> Json:
    def name(found: re.Match[str]) -> str:
        return f"{{{names[found[0]]}}}" if found[0] in names else found[0]

    text = json.dumps(value, ensure_ascii=False)
    written: Json = json.loads(_ID.sub(name, text))
    return written
