"""What residents' words about reminders ask for, and what no reminder can do."""

import re
from enum import StrEnum, auto

from kit.text import fold

_REMINDER = re.compile(
    r"通知|お知らせ|知らせて|しらせて|りまいんど|りまいんだ|あらーむ|前日|前の(?:日|晩)|当日"
    r"|(?:今|いま)?(?:の)?設定|(?:今|いま)(?:は|って)?どう(?:なって|なっと)|止めて|とめて|停止|再開|また始め|時刻を|時間を変"
    r"|remind|notif|提醒|nhắc|lembr"
)

_NOTICE = re.compile(
    r"通知|知らせ|しらせ|りまいん|あらーむ|設定|とめ|止め|停止|教え|remind|notif|提醒|nhắc|lembr|avis"
)


class Limit(StrEnum):
    """What was asked for and cannot be done."""

    twice = auto()
    one_kind = auto()
    one_weekday = auto()
    far_ahead = auto()
    no_such_hour = auto()


_CLOCK = re.compile(r"(?<!\d)(\d{1,2})(?::[0-5]\d|時(?!間)(?:半|[0-5]?\d分)?)")
_TWICE = re.compile(
    r"(?:2|二|両|３|3|三|何|数)(?:回|度|つの時[間刻])|前日と当日|朝と(?:夜|晩)|(?:夜|晩)と朝|毎時"
)
_DENIED = re.compile(r"じゃな|ではな|いや|やっぱ|訂正|から|変え|変更")
_ONLY_KIND = re.compile(
    r"(?:燃え(?:ない|る)|燃や(?:せない|せる|す)|もえ(?:ない|る)|可燃|不燃|ぷら(?:すちっく)?|ぺっと(?:ぼとる)?|缶|びん|瓶|古紙|新聞|段ぼーる|危険|有害|粗大|資源|生)"
    r"(?:ごみ|の日|類|物)*の?(?:日|とき|前)?(?:だけ|のみ|以外|しか|は要ら|はいら)"
)
_ONLY_WEEKDAY = re.compile(
    r"[月火水木金土日]曜日?の?(?:日|分)?(?:だけ|のみ|以外|しか)|平日だけ|週末だけ"
)
_FAR = re.compile(
    r"(?:[2-9]|二|三|四|五)日前|1週間前|一週間前|週の(?:はじめ|初め)|(?<!毎)月初め?に"
)


def about_reminder(text: str) -> bool:
    """Tell whether a short message right after our answer is about reminders."""
    return len(text) <= 30 and _REMINDER.search(fold(text)) is not None


_OTHERS = re.compile(
    r"妊婦|妊娠|健診|検診|予防接種|広報|税|保険|年金|給付|選挙|学校|保育|児童|請求|督促|封筒|はがき|手紙"
)
_WASTE = re.compile(r"ごみ|ゴミ|収集|回収|燃|資源|プラ|缶|びん")


def of_another_sender(text: str) -> bool:
    """Tell whether a letter or notice of other matters is meant, not the waste reminder."""
    return _OTHERS.search(text) is not None and _WASTE.search(text) is None


def wants_notice(text: str) -> bool:
    """Tell whether words speak of a notice at all: 「前の晩から出していい？」 does not."""
    return _NOTICE.search(fold(text)) is not None


def limits(text: str) -> tuple[Limit, ...]:
    """Return what a wish asks for that no reminder can do, in the order of `Limit`."""
    words = fold(text)
    hours = [int(match[1]) for match in _CLOCK.finditer(words)]
    several = len(hours) > 1 and not _DENIED.search(words)
    found = {
        Limit.twice: several or _TWICE.search(words) is not None,
        Limit.one_kind: _ONLY_KIND.search(words) is not None,
        Limit.one_weekday: _ONLY_WEEKDAY.search(words) is not None,
        Limit.far_ahead: _FAR.search(words) is not None,
        Limit.no_such_hour: any(hour > 24 for hour in hours),
    }
    return tuple(limit for limit, holds in found.items() if holds)


def said_hour(text: str) -> tuple[int, int] | None:
    """Return the hour and minute said last, on whatever clock; None where none is."""
    matches = list(_CLOCK.finditer(fold(text)))
    if not matches:
        return None
    last = matches[-1]
    minutes = re.search(r"(\d\d)$|(\d{1,2})分$", last.group().partition(":")[2] or last.group())
    minute = 30 if "半" in last.group() else 0
    if ":" in last.group():
        minute = int(last.group().partition(":")[2])
    elif minutes and minutes[2]:
        minute = int(minutes[2])
    return int(last[1]), minute
