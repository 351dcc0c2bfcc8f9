"""Three labels of a conversation: theme, the bot's answer, what is left to do. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kit.errors import InvalidInputError

# Where the city's desks.toml names no themes of its own.
THEMES = ("届出・証明書", "税", "ごみ", "子育て", "福祉・健康", "道路・雪", "災害", "そのほか")
# The keys are stored.
QUALITIES = {
    "right": "正しかった",
    "partly": "一部ちがった",
    "wrong": "まちがっていた",
    "none": "答えていない",
}
FOLLOW_UPS = {
    "done": "ない",
    "call": "電話をする",
    "visit": "窓口に来ていただく",
    "check": "ほかの課に確かめる",
}


@dataclass(frozen=True)
class Labels:
    """What is chosen; empty for not yet."""

    theme: str = ""
    quality: str = ""
    follow_up: str = ""


def read_labels(chosen: Mapping[str, str], themes: Sequence[str]) -> Labels:
    """Return the labels of a form. Raises InvalidInputError for one that there is not."""
    labels = Labels(**{name: chosen.get(name, "") for name in ("theme", "quality", "follow_up")})
    known = (
        labels.theme in ("", *themes),
        labels.quality in ("", *QUALITIES),
        labels.follow_up in ("", *FOLLOW_UPS),
    )
    if not all(known):
        raise InvalidInputError("分類を選び直してください。")
    return labels
