"""Reading the settings form: what was ticked, or what is wrong with it in kind words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from bot.preferences.contract import Preferences, QuietHours
from kit.forms import Fields
from messages.hazards import WARNED
from messages.languages import Language
from messages.topics import Topic

E = TypeVar("E", bound=StrEnum)

SAME_HOURS = "お知らせを送らない時間の「何時から」と「何時まで」に、ちがう時刻を選んでください。"
UNREADABLE = "選んだものを読み取れませんでした。お手数ですが、もう一度選んでください。"
WARN_FROM = {str(step): step for step in (2, 3, 4)}
_HOURS = {str(hour): hour for hour in range(24)}


@dataclass(frozen=True)
class Problem:
    """What is wrong with one field; `field` is the id of the element to go to."""

    field: str
    text: str


def read_form(
    fields: Fields, areas: Sequence[str], before: Preferences
) -> Preferences | tuple[Problem, ...]:
    """Return the choice that a form makes, or its problems.

    `areas` are the districts that the page offered. Without any (the list was not to be had) the
    districts stay as `before`.
    """
    offered = [*areas, *(area for area in before.areas if area not in areas)]
    chosen = set(fields.get("area", ()))
    topics, hazards = _chosen(Topic, fields, "topic"), _chosen(WARNED, fields, "hazard")
    languages = _chosen(Language, fields, "language")
    # A page that was opened before there was the field leaves the step as it was.
    told = "".join(fields.get("warn_from", (str(before.warn_from),)))
    warn_from = WARN_FROM.get(told)
    start, end = (_HOURS.get("".join(fields.get(f"quiet_{x}", ()))) for x in ("start", "end"))
    problems = []
    if topics is None:
        problems.append(Problem("topics", UNREADABLE))
    if areas and not chosen <= set(offered):
        problems.append(Problem("areas", UNREADABLE))
    if hazards is None:
        problems.append(Problem("hazards", UNREADABLE))
    is_quiet = fields.get("quiet", ()) == ["on"]
    if is_quiet and (start is None or end is None):
        problems.append(Problem("quiet_start", UNREADABLE))
    elif is_quiet and start == end:
        problems.append(Problem("quiet_start", SAME_HOURS))
    if warn_from is None:
        problems.append(Problem("warn_from", UNREADABLE))
    if languages is None or len(languages) != 1:
        problems.append(Problem("language", UNREADABLE))
    if problems or topics is None or hazards is None or not languages or warn_from is None:
        return tuple(problems)
    quiet = None
    if is_quiet and start is not None and end is not None:
        quiet = QuietHours(start=start, end=end)
    return Preferences(
        areas=tuple(area for area in offered if area in chosen) if areas else before.areas,
        topics=topics,
        hazards=hazards,
        warn_from=warn_from,
        language=languages[0],
        quiet=quiet,
    )


def _chosen(kinds: Iterable[E], fields: Fields, name: str) -> tuple[E, ...] | None:
    """Return the ticked values in the order of their enum, None when one is unknown."""
    ticked = set(fields.get(name, ()))
    found = tuple(value for value in kinds if value in ticked)
    return found if len(found) == len(ticked) else None
