"""What hazards and grades are called in Japanese, as the agency calls them."""

from services.disaster.entries import Entry
from services.disaster.facts import SPECIAL, WARNING
from services.disaster.names import CIVIL, HAZARDS, PLAIN, TSUNAMI, VOLCANO

_LEVELS = {2: "注意報", 3: "警報", 4: "危険警報", 5: "特別警報"}
# An advisory of wind and of blowing snow has a milder name than its warning.
_ADVISORIES = {"wind": "強風", "blizzard": "風雪"}


def hazard_name(hazard: str) -> str:
    return HAZARDS.get(hazard, HAZARDS["other"])


def kind_name(entry: Entry) -> str:
    """What is in force (「レベル４土砂災害危険警報」), is over (「大雨 解除」) or was a mistake."""
    name = hazard_name(entry.hazard)
    if not entry.active:
        return f"{name} {'取消' if entry.retracted else '解除'}"
    if entry.level is not None:
        return f"レベル{_wide(entry.level)}{name}{_LEVELS[entry.level]}"
    if entry.hazard == "earthquake":
        return f"震度{entry.kind_code.replace('-', '弱').replace('+', '強')}"
    if entry.hazard in PLAIN:
        return PLAIN[entry.hazard]
    by_code = {"tsunami": TSUNAMI, "volcano": VOLCANO, "attack": CIVIL}.get(entry.hazard, {})
    return by_code.get(entry.kind_code) or _graded(entry, name)


def _graded(entry: Entry, name: str) -> str:
    """A warning named by its grade; an unknown one is called information and nothing graver."""
    if entry.rank >= SPECIAL:
        return f"{name}特別警報"
    if entry.rank >= WARNING:
        return f"{name}警報"
    if entry.rank == 2.0:
        return f"{_ADVISORIES.get(entry.hazard, name)}注意報"
    return f"{name}に関する情報"


def _wide(number: int) -> str:
    return chr(ord("０") + number)
