"""Times of day in folded text, as HH:MM. A bare 8時 may be morning or evening: no guess."""

import re

from components.folded_text import Found, apart
from components.numerals import NUMBER, value

_CLOCK = re.compile(
    r"(?:(?P<half>午前|午後|ごぜん|ごご|今夜|今晩|今朝|明朝|深夜|夕方|朝|昼|夜|晩|あさ|よる|am|pm)の?)?"
    rf"(?:(?<!\d)(?P<hour>{NUMBER})時(?!間)(?:(?P<half_past>半)|(?P<minute>{NUMBER})分)?"
    r"|(?<![\d:])(?P<h>\d{1,2}):(?P<m>[0-5]\d)(?![\d:]))"
)
_NOON = re.compile(r"正午")
_MORNING = frozenset({"午前", "ごぜん", "今朝", "明朝", "朝", "あさ", "am"})
_NIGHT = frozenset({"今夜", "今晩", "深夜", "夜", "晩", "よる"})
_DAWN = 5
"""Before this hour 夜 means the hours after midnight; 夜5時 is an evening."""


def read_times(words: str) -> list[Found]:
    """Return the times of day that are named beyond doubt."""
    found = [Found("time", m.start(), m.end(), "12:00") for m in _NOON.finditer(words)]
    for match in _CLOCK.finditer(words):
        hour = _hour(match)
        minute = 30 if match["half_past"] else value(match["minute"] or match["m"] or "0")
        if hour is not None and minute < 60:
            found.append(Found("time", match.start(), match.end(), f"{hour:02}:{minute:02}"))
    return apart(found)


def _hour(match: re.Match[str]) -> int | None:
    hour, half = value(match["hour"] or match["h"]), match["half"]
    if hour > 24:
        return None
    if half is None:
        return hour % 24 if hour >= 12 or match["h"] else None
    if hour == 12:
        return 0 if half in _MORNING | _NIGHT else 12
    if half in _MORNING or hour > 12 or (half in _NIGHT and hour < _DAWN):
        return hour % 24
    # 昼11時 is before noon.
    return hour if half == "昼" and hour > _DAWN else hour + 12
