"""What a message answers to one question of the navigator, as the service takes it. Pure."""

import re
import unicodedata
from datetime import date
from typing import Any

from actions.procedures.ages_parsing import ages_told
from actions.procedures.dates_parsing import dates_told
from actions.procedures.filling import nearest
from actions.procedures.replies_parsing import Answer, Asked
from actions.procedures.replies_parsing import answered as replied
from actions.procedures.words_parsing import folded
from kit.text import fold
from services.procedures.contract import UNKNOWN, Choice, Question

_NOBODY = re.compile(
    r"(?:いない|いません|おりません|いねえ|なし|無し|ぜろ|(?<!\d)0人?$|no\b|none|没有|không|não)"
)
_NUMBER = re.compile(r"\d{1,3}")
_ONLY_NUMBERS = re.compile(r"[\d\s、,と歳才さいがいますです。やおよび]+")
_KANJI = re.compile("[一-鿿]")
_ENDING = re.compile(r"(?:(?<=.)(?:っす|でーす|だべ|だな|だっけ|かなあ?))[。!！ー〜]*$")
_SHORT = 20


def answered(question: Question, text: str, today: date) -> Any:
    """Return the answer, `"unknown"`, or None where the words hold none."""
    text = _ENDING.sub("", text.strip())
    if question.kind == "date":
        text = _as_a_day(text)
    if question.kind == "people":
        return _people(text, today)
    names = _names(question.choices)
    reply = replied(_ASKED[question.kind], list(names), text, today)
    if reply.unknown:
        return UNKNOWN
    if question.kind == "yes_no":
        return reply.yes
    if question.kind == "number":
        return reply.number
    if question.kind == "date":
        return _day(reply, today)
    if question.kind == "choice" and reply.labels is None and (parts := _now_and_then(text)):
        # 今は社保で、辞めたら国保: what is asked for is the one or the other.
        part = parts[1] if "あと" in question.words else parts[0]
        reply = replied(Asked.choice, list(names), part, today)
    if question.kind == "choice" and (band := _band(question.choices, text)):
        return band
    if question.kind == "choice" and reply.labels is None:
        # Two names of one option are one answer.
        both = replied(Asked.several, list(names), text, today).labels or ()
        values = {names[label] for label in both}
        return values.pop() if len(values) == 1 else None
    return _labels(question, reply, names)


_AGE = re.compile(r"(?<!\d)(\d{1,3})\s*(?:歳|才|さい)")
_BETWEEN = re.compile(r"(\d+)[〜~・-](\d+)歳")
_FROM, _UP_TO = re.compile(r"(\d+)歳以上"), re.compile(r"(\d+)歳(?:まで|以下)")


def _band(choices: tuple[Choice, ...], text: str) -> str | None:
    """Return the option of ages (60〜64歳) in which an age lies: 61, 61歳です."""
    words = unicodedata.normalize("NFKC", text)
    bare = _BARE_DAY.fullmatch(words.strip(" 。"))
    ages = {int(age) for age in ([bare[1]] if bare else _AGE.findall(words))}
    if len(ages) != 1 or _FROM.search(words) or _UP_TO.search(words) or _BETWEEN.search(words):
        return None
    [age] = ages
    return next((one.value for one in choices if _holds(one.label, age)), None)


def _holds(label: str, age: int) -> bool:
    if between := _BETWEEN.search(label):
        return int(between[1]) <= age <= int(between[2])
    if least := _FROM.match(label):
        return age >= int(least[1])
    most = _UP_TO.match(label)
    return most is not None and age <= int(most[1])


_THEN = re.compile(r"(?<=[たい])ら(?=[、 ]|[^しれ])|(?:後|あと)[はに]")


def _now_and_then(text: str) -> list[str]:
    parts = _THEN.split(text, maxsplit=1)
    return parts if len(parts) > 1 else []


_ENGLISH = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH_NAME = "|".join(f"{name}[a-z]*" for name in _ENGLISH)
_BARE_DAY = re.compile(r"(?:えーと|たぶん|多分)?[、\s]*(\d{1,2})\s*(?:だ|です|でした|かな|よ)?")
_WEEKDAY_BESIDE = re.compile(r"(\d{1,2}日)の?\s*[(]?[月火水木金土日]曜日?[)]?")
_OF_A_MONTH = re.compile(r"(先月|今月|来月)の?(\d{1,2})(?![\d日月時歳人年/:])")
_DAY_FIRST = re.compile(r"(?<![\d/])(1[3-9]|2\d|3[01])/(1[0-2]|0?[1-9])(?![\d/])")
_ENGLISH_DAY = re.compile(
    rf"\b(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m1>{_MONTH_NAME})\b"
    rf"|\b(?P<m2>{_MONTH_NAME})\.? (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b",
    re.IGNORECASE,
)
_EVE = re.compile(r"(?:クリスマス)?・?イ[ヴブ]")


def _as_a_day(text: str) -> str:
    """Return an answer with the day in the form that is read: 先月の15, 18/11, 18 Nov, イブ."""
    words = unicodedata.normalize("NFKC", text)
    if bare := _BARE_DAY.fullmatch(words):
        return f"{bare[1]}日"
    words = _WEEKDAY_BESIDE.sub(r"\1", words)
    words = _OF_A_MONTH.sub(r"\1\2日", words)
    words = _DAY_FIRST.sub(r"\2月\1日", words)
    words = _EVE.sub("12月24日", words)
    return _ENGLISH_DAY.sub(_in_numbers, words)


def _in_numbers(found: re.Match[str]) -> str:
    name, day = found["m1"] or found["m2"], found["d1"] or found["d2"]
    return f"{_ENGLISH.index(name[:3].casefold()) + 1}月{day}日"


_AROUND_A_DAY = re.compile(
    r"えーっ?と|ええと|あの|たぶん|多分|やっぱり?|です|でした|だった|だよ|だ|の|くらい|ぐらい|頃|ごろ|予定|に?なった|ね|よ|わ|(?:月|火|水|木|金|土|日)曜日?"
    r"|[、。!！\s（）()]"
)


def is_bare_day(text: str, today: date) -> bool:
    """Tell whether the words are a day and little else: えーと、11月28日の土曜です."""
    days = dates_told(folded(text), today)
    if len(days) != 1 or days[0].first != days[0].last:
        return False
    return not _AROUND_A_DAY.sub("", text.replace(days[0].words, ""))


_MONTH = re.compile(r"(\d{1,2})月")
_ON_A_DAY = re.compile(r"\b(?:on|to) (?:the )?(\d{1,2})(?:st|nd|rd|th)?\b(?! [A-Za-z]*(?:\d|days))")
_DAY_ALONE = re.compile(r"(?<![\d月/])(\d{1,2}日)(?!間|後|前)")


def in_the_month_of(known: str, text: str) -> str:
    """Return the words with a day that names no month in that of the day known: やっぱ25日."""
    text = _ON_A_DAY.sub(r"\1日", text)
    month = _MONTH.search(known)
    if month is None or _MONTH.search(text):
        return text
    return _DAY_ALONE.sub(lambda day: f"{month[1]}月{day[1]}", text)


_ASKED = {
    "yes_no": Asked.yes_no,
    "choice": Asked.choice,
    "several": Asked.several,
    "number": Asked.number,
    "date": Asked.day,
}


def _labels(question: Question, reply: Answer, names: dict[str, str]) -> Any:
    if reply.labels is None:
        return None
    values = list(dict.fromkeys(names[label] for label in reply.labels))
    if question.kind == "several":
        return values
    return values[0] if len(values) == 1 else None


def _names(choices: tuple[Choice, ...]) -> dict[str, str]:
    """Return every name of an option: its label, the parts of it (車・バイク), further words."""
    found: dict[str, str] = {}
    for one in choices:
        bare = re.sub(r"（[^）]*）|\([^)]*\)", "", one.label)
        parts = [part for part in re.split(r"[・/]", bare) if len(part) > 1 or _KANJI.match(part)]
        for name in (one.label, bare, *parts, *one.words):
            found.setdefault(name, one.value)
    return found


def _day(reply: Answer, today: date) -> str | None:
    if reply.day is None or reply.day.first != reply.day.last:
        return None
    return nearest(reply.day, today).isoformat()


def _people(text: str, today: date) -> Any:
    words = folded(text)
    ages = [age.least for _, _, age in ages_told(words)]
    said = fold(text).strip()
    if ages:
        return ages
    if _NOBODY.match(said) or (_NOBODY.search(said) and len(said) <= _SHORT):
        return []
    if _ONLY_NUMBERS.fullmatch(words.words) and (bare := _NUMBER.findall(words.words)):
        return [int(one) for one in bare]
    return UNKNOWN if replied(Asked.number, (), text, today).unknown else None
