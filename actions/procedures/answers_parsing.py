"""What a message answers to one question of the navigator. Pure."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from actions.procedures.ages_parsing import ages_told
from actions.procedures.dates_parsing import dates_told
from actions.procedures.words import folded, is_denied, is_taken_back
from kit.text import fold
from services.procedures.contract import UNKNOWN, Choice, Question

__all__ = ["UNKNOWN", "answered"]

_NOT_KNOWN = re.compile(
    r"わか(?:ら|り|ん)|分か(?:ら|り|ん)|判ら|わがん|不明|知らな|知りま|しらね|さあ|覚えて(?:い)?な|忘れ"
    r"|don'?t know|not sure|no idea|不知道|không biết|não sei"
)
_YES = re.compile(
    r"(?:はい|うん|ええ|そう|そだ|んだ|あります|ある|います|いる|おります|もってる|持って|している|してます|受けて"
    r"|入って|です|yes|yeah|yep|是|有|có|sim|ok)"
)
_NO = re.compile(
    r"(?:いいえ|いえ|いや|ううん|ちが|違|ない|なし|無し|ありませ|いませ|おりませ|ねえ|ねぇ|してませ|まだ"
    r"|no\b|nope|没有|不是|không|não|別に|特に)"
)
_DENIES = re.compile(r"(?:ない|ません|ねえ|ねぇ)(?:です|よ|ね|ねえ|わ)*[。!]*$")
_NOBODY = re.compile(
    r"(?:いない|いません|おりません|いねえ|なし|無し|ゼロ|0人?|no\b|none|没有|không|não)"
)
_NONE = re.compile(
    r"(?:どれも|なし|無し|ない|ありません|いません|特に|とくに|ねえ|none|no\b|都没有|không|não)"
)
_YEAR = re.compile(r"年|昨|去|来|前|後|\d{4}|[^\d月日\s/.]")
_NUMBER = re.compile(r"\d{1,3}")
_KANJI = re.compile("[一-鿿]")
_BARE = re.compile(r"[\d\s、,と歳才さいの子人がいますです。やおよび]+")


def answered(question: Question, text: str, today: date) -> Any:
    """Return the answer as the service takes it, `"unknown"`, or None where there is none."""
    said = fold(text).strip()
    if not said:
        return None
    if question.kind == "yes_no" and _NOT_KNOWN.search(said):
        return UNKNOWN
    found = _READERS[question.kind](question, said, today)
    return UNKNOWN if found is None and _NOT_KNOWN.search(said) else found


def _yes_no(_question: Question, said: str, _today: date) -> bool | None:
    no, yes = _NO.match(said), _YES.match(said)
    if no or _DENIES.search(said):
        return False
    return True if yes else None


def _date(_question: Question, said: str, today: date) -> str | None:
    exact = [one for one in dates_told(folded(said), today) if one.first == one.last]
    if not exact:
        return None
    day, words = exact[-1].first, exact[-1].words
    # A day without its year is the nearest one: what is guided through is near.
    return (day if _YEAR.search(words) else _nearest(day, today)).isoformat()


def _nearest(day: date, today: date) -> date:
    years = (today.year - 1, today.year, today.year + 1)
    near = [day.replace(year=year) for year in years if (day.month, day.day) != (2, 29)]
    return min([day, *near], key=lambda one: abs((one - today).days))


def _number(question: Question, said: str, _today: date) -> int | None:
    numbers = [int(one) for one in _NUMBER.findall(folded(said).words)]
    return numbers[0] if len(numbers) == 1 and question.least <= numbers[0] else None


def _people(_question: Question, said: str, _today: date) -> list[int] | None:
    words = folded(said)
    ages = [age.least for _, _, age in ages_told(words)]
    if ages:
        return ages
    if _NOBODY.match(said):
        return []
    bare = _NUMBER.findall(words.words)
    if bare and _BARE.fullmatch(words.words) and "人" not in words.words:
        return [int(one) for one in bare]
    return [] if _NOBODY.search(said) and len(said) <= 20 else None


def _choice(question: Question, said: str, _today: date) -> str | None:
    found = _named(question.choices, said)
    return found[0] if len(found) == 1 else None


def _several(question: Question, said: str, _today: date) -> list[str] | None:
    found = _named(question.choices, said)
    if found:
        return found
    return [] if _NONE.search(said) and len(said) <= 20 else None


def _named(choices: tuple[Choice, ...], said: str) -> list[str]:
    """Return the options that are named and not denied; the longest name counts where two fit."""
    names = sorted(
        ((fold(name), one.value) for one in choices for name in (*_parts(one.label), *one.words)),
        key=lambda named: -len(named[0]),
    )
    taken: set[int] = set()
    found: dict[str, int] = {}
    for name, value in names:
        for match in re.finditer(re.escape(name), said):
            if taken.isdisjoint(range(*match.span())) and not _is_denied(said, match.end()):
                taken.update(range(*match.span()))
                found.setdefault(value, match.start())
    return sorted(found, key=lambda value: found[value])


def _is_denied(said: str, end: int) -> bool:
    return is_denied(said, end) or is_taken_back(said, end)


def _parts(label: str) -> list[str]:
    """Return the names in a label: 「車・バイク」 names two."""
    bare = re.sub(r"（[^）]*）|\([^)]*\)", "", label)
    return [
        bare,
        *(part for part in re.split(r"[・、/]", bare) if len(part) > 1 or _KANJI.match(part)),
    ]


_READERS: Mapping[str, Callable[[Question, str, date], Any]] = {
    "yes_no": _yes_no,
    "choice": _choice,
    "several": _several,
    "number": _number,
    "date": _date,
    "people": _people,
}
