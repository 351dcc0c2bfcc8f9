"""Who speaks: every message says whether a program or a person wrote it."""

import re
from dataclasses import dataclass
from typing import Any

from kit.settings import Settings
from kit.text import truncate_graphemes
from kit.wording import translated

# LINE's longest (Messaging API reference, "Change icon and display name").
NAME_CHARACTERS = 20


@dataclass(frozen=True)
class Speaker:
    """LINE's `sender` of a message: a name of at most 20 characters, and an icon (https only)."""

    name: str
    icon_url: str | None

    def as_json(self) -> dict[str, Any]:
        """Return LINE's `sender` object."""
        icon = {} if self.icon_url is None else {"iconUrl": self.icon_url}
        return {"name": translated(self.name), **icon}


def program(settings: Settings) -> Speaker:
    """Return the speaker of everything that no person has written."""
    return Speaker("ご案内係（自動応答）", _icon(settings, "program"))


def person(settings: Settings, name: str, desk: str) -> Speaker:
    """Return the speaker of what a member of staff writes: family name and desk, as on a badge."""
    family = re.split(r"[\s　]", name.strip(), maxsplit=1)[0]
    shown = truncate_graphemes(f"{family}（{desk}）", NAME_CHARACTERS)
    return Speaker(shown, _icon(settings, "staff"))


def _icon(settings: Settings, name: str) -> str | None:
    base = settings.public_base_url
    return f"{base}/static/line/{name}.png" if base.startswith("https://") else None
