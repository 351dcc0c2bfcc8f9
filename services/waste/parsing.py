"""Residents' words for days and times of day, read without guessing. Pure functions."""

import re
from datetime import date, time

from kit.day_patterns import Span
from kit.days import arabic, read_days
from kit.text import fold
from services.waste.contract import Edge

_LAST = re.compile(r"最後|最終|さいご|ラスト|らすと|しまい|last\b|最后")
_FIRST = re.compile(r"いつから|最初|さいしょ|はじめは|初めは|始ま|はじま|何日から|初出し|first\b")


def asked_edge(text: str) -> Edge | None:
    """Tell whether the last collection before, or the first after some days is asked about."""
    words = fold(text)
    if _LAST.search(words):
        return Edge.last
    return Edge.first if _FIRST.search(words) else None


def parse_days(text: str, today: date) -> Span | None:
    """Return the first days that `text` names, None where it names none.

    A day that is taken back (今日じゃなくて明日) is not meant.
    """
    for part in dict.fromkeys((corrected(text), text)):
        if spans := read_days(part, today).spans:
            return spans[0]
    return None


DENIED = r"(?:じゃ|では|で)な[いく]"
_NOT_BUT = re.compile(r"(?:じゃ|では|で)なくて?[、。\s]*(?=\S)")


def corrected(text: str) -> str:
    """Return what follows "not this but" (明日じゃなくてあさって), the whole where nothing does."""
    return _NOT_BUT.split(text)[-1]


_CLOCK = re.compile(r"(?<!\d)(\d{1,2})(?::([0-5]\d)|時(?!間)(?:(半)|([0-5]?\d)分?)?)")
_DENIED_CLOCK = re.compile(
    r"(?<!\d)\d{1,2}(?::[0-5]\d|時(?!間)(?:半|[0-5]?\d分?)?)(?:に|で|から)?"
    rf"(?:{DENIED}|[、。…\s]*(?:いや|やっぱり?|訂正)(?=.*\d))"
)
_HALF = re.compile(
    r"(?P<afternoon>午後|ごご|夕方|ゆうがた|pm)|(?P<night>夜|よる|晩|ばん)"
    r"|(?P<morning>午前|ごぜん|朝|あさ|am)|(?P<noon>昼|ひる)"
)
_DAWN = 5
"""Before this hour 夜 and 深夜 mean the hours after midnight; 夜5時 is an evening."""
_HOUR_IN_KANA: tuple[tuple[str, int], ...] = (
    ("じゅうにじ", 12),
    ("じゅういちじ", 11),
    ("じゅうじ", 10),
    ("くじ", 9),
    ("はちじ", 8),
    ("しちじ", 7),
    ("ななじ", 7),
    ("ろくじ", 6),
    ("ごじ", 5),
)


def parse_time(text: str) -> time | None:
    """Return the time of day that `text` names, such as 夜8時, 20時半, 20:30 or 翌朝六時三十分.

    A bare 8時 may be morning or evening and gives None: the caller asks again.
    """
    words = arabic(_clock_in_japanese(fold(text)))
    for kana, kana_hour in _HOUR_IN_KANA:
        words = words.replace(kana, f"{kana_hour}時", 1)
    words = _DENIED_CLOCK.sub("", words)
    match = _CLOCK.search(words)
    if match is None:
        return None
    minute = 30 if match[3] else int(match[2] or match[4] or 0)
    half = _half_of_day(words[: match.start()], words[match.end() :])
    hour = _hour(int(match[1]), half, exact=match[2] is not None)
    return None if hour is None else time(hour, minute)


# How other languages write an hour: part of the day, hour, minutes, part of the day.
_FOREIGN_CLOCK = re.compile(
    r"(?P<before>早上|上午|晚上|下午|夜里)?(?<!\d)(?P<hour>\d{1,2})(?::(?P<minute>[0-5]\d))?\s*"
    r"(?:(?P<english>[ap])\.?m\b\.?|点(?P<chinese>半)?|giờ(?:\s*(?P<vietnamese>sáng|tối|chiều))?"
    r"|h(?:oras?)?\b(?:\s*da\s*(?P<portuguese>manhã|noite|tarde))?)"
)
_PARTS = {
    **dict.fromkeys(("a", "早上", "上午", "sáng", "manhã"), "午前"),
    **dict.fromkeys(("p", "晚上", "下午", "夜里", "tối", "chiều", "noite", "tarde"), "午後"),
}


def _clock_in_japanese(text: str) -> str:
    """Write the hours of other languages as Japanese writes them: 8pm as 午後8時."""

    def written(match: re.Match[str]) -> str:
        named = ("before", "english", "vietnamese", "portuguese")
        part = next((match[name] for name in named if match[name]), "")
        minute = "半" if match["chinese"] else f"{match['minute']}分" if match["minute"] else ""
        return f"{_PARTS.get(part, '')}{match['hour']}時{minute}"

    return _FOREIGN_CLOCK.sub(written, text)


def _half_of_day(before: str, after: str) -> str:
    """Return the part of the day named nearest before the hour, else after it; empty for none."""
    named = list(_HALF.finditer(before))[-1:] or list(_HALF.finditer(after))[:1]
    return str(named[0].lastgroup) if named else ""


def _hour(hour: int, half: str, *, exact: bool) -> int | None:
    """Return the hour on a 24-hour clock; midnight is 0, as 夜12時 and 24時 mean it."""
    if hour > 24:
        return None
    if hour == 12 and half in ("night", "morning"):
        return 0
    if half == "night" and hour < _DAWN:
        return hour
    if hour < 12 and (half in ("night", "afternoon") or (half == "noon" and hour < _DAWN)):
        return hour + 12
    if hour == 0 or hour >= 12 or exact or half:
        return hour % 24
    return None


_STOP = re.compile(
    r"やめ|止め|とめて|停止|解除|要ら|いらな|いりません|不要|おふ|off|送らない|来ない|こない|消し|けして"
    r"|きゃんせる|なしに|しなくて"
    r"|\bstop\b|turn off|cancel|取消|关闭|dừng|tắt|hủy|\bparar?\b|\bpare\b|desativ"
)


def wants_to_stop(text: str) -> bool:
    """Tell whether a sentence about reminders asks for their end."""
    return _STOP.search(fold(text)) is not None


def names_hour(text: str) -> bool:
    """Tell whether a time of day is named, even one that may be morning or evening."""
    return _CLOCK.search(arabic(fold(text))) is not None


_SEE = re.compile(
    r"設定.{0,6}(?:どうなって|どうなっと|確認|見せ|見たい|みたい|教えて|何|内容|状況)|(?:今|いま|現在)の?設定|どうなって(?:る|い|ます)|設定(?:は|って)?[?]?$"
    r"|何時に(?:なって|設定して|してた)|何時だっけ|(?:on|おん)(?:か|or)|設定内容"
)


def wants_to_see(text: str) -> bool:
    """Tell whether a sentence about reminders asks how they are set."""
    return _SEE.search(fold(text)) is not None
