"""What a sentence about notifications or languages asks for, read by rule. Pure functions.

A sentence is read clause by clause: 「子育てはいらない、ごみは送って」 says two things.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeVar

from bot.preferences.contract import Preferences, QuietHours
from messages.hazards import WARNED, Hazard
from messages.languages import Language
from messages.topics import Topic

E = TypeVar("E", Topic, Hazard)

NIGHT = QuietHours(start=21, end=7)

_CLAUSES = re.compile(
    r"[、。,!?\n]|けど|けれど|ので|から(?=[^\d]*(?:ほしい|欲しい|送って|いらない))"
)
_NO = re.compile(
    r"(?:いら|要ら|送ら|おくら|来|こ|鳴らさ|ならさ|しない|ほしくな|欲しくな|せ)な[いく]|しないで"
    r"|不要|停止|解除|オフ|off|(?:止|と)め(?!方)|やめ|外し|はずし|減らし|切って|消して|拒否",
    re.IGNORECASE,
)
_ONLY = re.compile(
    r"^(?:町|地区)?(?:の|に関する)?(?:情報|お?知らせ|通知|こと|やつ|警報)?(?:だけ|のみ)"
)
_ALSO = re.compile(
    r"^(?:町|地区)?(?:の|に関する)?(?:情報|お?知らせ|通知|こと|警報)?(?:も|を?追加|を足)"
)
_ALL = re.compile(r"全部|ぜんぶ|すべて|全て|一切|みんな|全通知|通知オフ")
_WHOLE_CITY = re.compile(
    r"市内(?:の)?(?:全部|すべて|全て|全域|全体|どこ)|市全体|全市|(?:全|すべての|全部の)地区"
    r"|地区(?:を|は)?(?:全部|すべて|全て)"
)
_NIGHT = re.compile(r"夜|深夜|寝て|寝る|就寝|睡眠")
_ALWAYS = re.compile(r"24時間|いつでも|何時でも|夜(?:中|間)?(?:で)?も")
_HOUR = r"(夜中?|深夜|午後|夕方|朝|午前|翌朝|早朝|昼)?の?(\d{1,2})時"
_SPAN = re.compile(_HOUR + r"(?:から|以降|~|〜|-)[^\d]{0,6}?" + _HOUR)
_SENDS = re.compile(r"送って|送る|ほしい|欲しい|ください|受け取|届け")
_UNKNOWN_AREA = re.compile(r"(?:地区|町|地域|エリア)(?:だけ|のみ|の|を|に)")

_TOPICS: Mapping[Topic, str] = {
    Topic.disaster: r"防災|災害|避難|警報",
    Topic.snow: r"除雪|大雪|雪かき|雪の?(?:情報|お?知らせ|通知)",
    Topic.waste: r"ごみ|ゴミ",
    Topic.childcare: r"子育て|育児|こそだて|保育|子ども|こども|子供",
    Topic.health: r"健診|検診|けんしん|予防接種|ワクチン|健康",
    Topic.event: r"イベント|催し|行事|(?:まつ|祭)り",
}
_HAZARDS: Mapping[Hazard, str] = {
    Hazard.flood: r"大雨|洪水|川の|水害|浸水|氾濫",
    Hazard.landslide: r"土砂|がけ崩れ|崖崩れ",
    Hazard.earthquake: r"地震",
    Hazard.storm: r"台風|暴風|竜巻|強風",
    Hazard.snow: r"大雪警報|雪崩|なだれ|暴風雪",
    Hazard.volcano: r"噴火|火山",
    Hazard.fire: r"火事|火災",
    Hazard.attack: r"ミサイル|国民保護|Jアラート",
}
# From which step on: 「レベル4から」「注意報も」「警報だけ」.
_STEPS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (
        4,
        re.compile(
            r"レベル4(?:から|以上|だけ|のみ)|危険警報(?:から|以上|だけ|のみ)|避難指示(?:が出たとき)?(?:から|以上|だけ|のみ)"
        ),
    ),
    (
        3,
        re.compile(
            r"レベル3(?:から|以上)|警報(?:から|以上)|注意報は?(?:いらない|いりません|不要|送らない)"
        ),
    ),
    (2, re.compile(r"レベル2(?:から|以上)|注意報(?:も|から|以上)")),
)
_LANGUAGES: tuple[tuple[Language, str], ...] = (
    (Language.easy, r"(?:easy|simple|plain) japanese|japon[eê]s (?:mais )?(?:f[aá]cil|simples)"
     r"|tiếng nhật (?:đơn giản|dễ)|(?:简单|简易|容易)的?(?:日语|日文)"
     r"|やさしい(?:日本語|にほんご|言葉|ことば)|易しい日本語|優しい日本語"
     r"|(?:かんたん|簡単)な(?:日本語|にほんご|ことば|言葉)|ひらがなで"),
    (Language.en, r"英語|えいご|english|inglês|ingles|英文|tiếng anh"),
    (Language.zh, r"中国語|ちゅうごくご|中文|汉语|漢語|普通话|chinese|chinês"),
    (Language.vi, r"ベトナム語|べとなむご|vi[eệ]t(?:namese)?\b|ti[eế]ng vi[eệ]t|越南"),
    (Language.pt, r"ポルトガル語|ぽるとがるご|ブラジル|portugu[eê]s|portuguese|葡萄牙|葡语"),
    (Language.ja, r"日本語|にほんご|japanese|japonês|japones|日语|日文|tiếng nhật"),
)  # fmt: skip


class Change(Enum):
    """How named things change the choice of them."""

    only = "only"
    add = "add"
    remove = "remove"


@dataclass(frozen=True)
class Wish:
    """What a sentence asks for; empty parts stay as they are."""

    topics: Mapping[Topic, Change] = field(default_factory=dict)
    hazards: Mapping[Hazard, Change] = field(default_factory=dict)
    areas: tuple[str, ...] = ()
    areas_change: Change = Change.only
    whole_city: bool = False
    nothing: bool = False
    """Stop everything that can be stopped."""
    quiet: QuietHours | None = None
    quiet_off: bool = False
    language: Language | None = None
    warn_from: int | None = None
    """The step of a warning from which on to be told."""

    @property
    def is_empty(self) -> bool:
        """Whether the sentence asks for no change."""
        return self == Wish()


# 「日本語わからない」 names the language that is not wanted.
_NOT_JAPANESE = re.compile(
    r"(?:日本語|にほんご|japanese|japonês|tiếng nhật|日文|日语)[^。]{0,8}"
    r"(?:わから|分から|できな|出来な|読めな|よめな|話せな|はなせな|苦手|にがて|むずかし|難し)"
    r"|(?:don'?t|do not|can'?t|cannot|no)\b.{0,20}japanese|não.{0,20}japonês"
    r"|không.{0,20}tiếng nhật|(?:不懂|不会|看不懂).{0,4}(?:日文|日语|日本語)"
)

_LITTLE_JAPANESE = re.compile(
    r"(?:日本語|にほんご)[はがも]?(?:すこし|少し|ちょっと)|(?:すこし|少し|ちょっと)(?:だけ)?(?:日本語|にほんご)"
)


_LEARNING = re.compile(
    r"\b(?:class(?:es)?|lessons?|courses?|study|learn|school|teacher)\b|日(?:语|本语|文)(?:课|班|教室|学校|老师)"
    r"|学(?:习)?日|lớp|học tiếng|khóa học|\b(?:lop|hoc tieng|aulas?|curso|estudar|aprender)\b"
)
_HOW_ABROAD = re.compile(
    r"\b(?:how (?:do|can|to)|como (?:fa[cç]o|faz|mudo|troco|posso))\b|怎么|如何"
    r"|làm sao|làm thế nào|lam sao"
)


def is_about_learning(text: str) -> bool:
    """Tell whether words are about lessons of a language, not about the language of the talk."""
    return _LEARNING.search(unicodedata.normalize("NFKC", text).casefold()) is not None


def asks_how(text: str) -> bool:
    """Tell whether somebody asks, in another language, how the language is changed."""
    return _HOW_ABROAD.search(unicodedata.normalize("NFKC", text).casefold()) is not None


def read_language(text: str) -> Language | None:
    """Return the language that the words name; a foreign one before Japanese.

    None where lessons are meant, or where it is only asked how to change it.
    """
    if is_about_learning(text) or asks_how(text):
        return None
    if _LITTLE_JAPANESE.search(re.sub(r"\s", "", text)):
        return Language.easy
    folded = _NOT_JAPANESE.sub("", unicodedata.normalize("NFKC", text).casefold())
    # Easy Japanese is written with spaces between the words, Vietnamese must be.
    spellings = (folded, re.sub(r"\s", "", folded))
    return next(
        (lang for lang, words in _LANGUAGES if any(re.search(words, s) for s in spellings)), None
    )


def read_wish(text: str, areas: Sequence[str]) -> Wish:
    """Read a sentence; `areas` are the districts that the waste service found named in it."""
    folded = unicodedata.normalize("NFKC", text)
    clauses = [clause for clause in _CLAUSES.split(folded) if clause.strip()]
    hazards = _changes(_HAZARDS, clauses)
    topics = _changes(_TOPICS, clauses)
    if Hazard.snow in hazards:
        topics.pop(Topic.snow, None)
    if hazards:
        topics.pop(Topic.disaster, None)
    quiet, quiet_off = _quiet(folded)
    refused = bool(_NO.search(folded))
    if _speaks_of_the_night(clauses, areas):
        areas = ()
    return Wish(
        topics=topics,
        hazards=hazards,
        areas=tuple(areas),
        areas_change=_areas_change(clauses, areas),
        whole_city=not areas and not refused and bool(_WHOLE_CITY.search(folded)),
        nothing=not (areas or topics or hazards) and refused and bool(_ALL.search(folded)),
        quiet=quiet,
        quiet_off=quiet_off,
        warn_from=next((step for step, words in _STEPS if words.search(folded)), None),
    )


def wants_quiet_nights(text: str) -> bool:
    """Tell whether nothing shall come at night: 「夜はお知らせいらない」, which names no topic."""
    folded = unicodedata.normalize("NFKC", text)
    is_about_waste = re.search(_TOPICS[Topic.waste] + "|収集|前日|前の[日晩]", folded)
    return not is_about_waste and _quiet(folded)[0] is not None and bool(_NO.search(folded))


def names_unknown_area(text: str) -> bool:
    """Tell whether the words speak of a district (that was not found)."""
    return bool(_UNKNOWN_AREA.search(unicodedata.normalize("NFKC", text)))


def apply_wish(before: Preferences, wish: Wish) -> Preferences:
    """Return the choice after a wish. Applying it again changes nothing."""
    quiet = None if wish.quiet_off else wish.quiet or before.quiet
    return Preferences(
        areas=_areas_after(before.areas, wish),
        topics=() if wish.nothing else _after(Topic, before.topics, wish.topics),
        hazards=_hazards_after(before.hazards, wish.hazards),
        warn_from=wish.warn_from or before.warn_from,
        language=wish.language or before.language,
        quiet=quiet,
    )


def _changes(words: Mapping[E, str], clauses: Sequence[str]) -> dict[E, Change]:
    found: dict[E, Change] = {}
    for clause in clauses:
        for thing, pattern in words.items():
            match = re.search(pattern, clause)
            if match:
                rest = clause[match.end() :]
                found[thing] = _change(clause, only=bool(_ONLY.match(rest)))
    # 「防災と除雪だけ」: the things before it are meant as well.
    if Change.only in found.values():
        found = {t: Change.only if c is Change.add else c for t, c in found.items()}
    return found


def _change(clause: str, *, only: bool) -> Change:
    if _NO.search(clause) and not _NIGHT.search(clause):
        return Change.remove
    return Change.only if only else Change.add


def _areas_change(clauses: Sequence[str], areas: Sequence[str]) -> Change:
    for name in map(_everyday_name, areas):
        for clause in clauses:
            _, found, rest = clause.partition(name)
            if found and _ALSO.match(rest):
                return Change.add
            if found and _NO.search(clause) and not _ONLY.match(rest):
                return Change.remove
    return Change.only


def _everyday_name(area: str) -> str:
    """Return 門田 for 門田（北部）."""
    return unicodedata.normalize("NFKC", area).partition("(")[0]


def _speaks_of_the_night(clauses: Sequence[str], areas: Sequence[str]) -> bool:
    """Tell whether a district is only named to say when nothing shall come from there."""
    return any(
        _everyday_name(area) in clause and _NIGHT.search(clause) and _NO.search(clause)
        for area in areas
        for clause in clauses
    )


def _areas_after(before: tuple[str, ...], wish: Wish) -> tuple[str, ...]:
    if wish.whole_city:
        return ()
    if not wish.areas:
        return before
    if wish.areas_change is Change.remove:
        # Without the last district the whole city would be left, the opposite of the wish.
        return tuple(area for area in before if area not in wish.areas) or before
    if wish.areas_change is Change.add and before:
        return tuple(dict.fromkeys([*before, *wish.areas]))
    return wish.areas


def _after(kinds: Iterable[E], before: Sequence[E], changes: Mapping[E, Change]) -> tuple[E, ...]:
    chosen = set() if Change.only in changes.values() else set(before)
    chosen |= {thing for thing, change in changes.items() if change is not Change.remove}
    chosen -= {thing for thing, change in changes.items() if change is Change.remove}
    return tuple(thing for thing in kinds if thing in chosen)


def _hazards_after(
    before: Sequence[Hazard], changes: Mapping[Hazard, Change]
) -> tuple[Hazard, ...]:
    """No hazards stand for all of them, so "also" adds nothing, and taking away leaves the rest."""
    if not changes:
        return tuple(before)
    refuses = Change.remove in changes.values()
    if not before and not refuses and Change.only not in changes.values():
        return ()
    after = _after(WARNED, before or (WARNED if refuses else ()), changes)
    return () if set(after) == set(WARNED) else after


def _quiet(text: str) -> tuple[QuietHours | None, bool]:
    """Return (the quiet hours asked for, whether there shall be none)."""
    span = _SPAN.search(text)
    refused = bool(_NO.search(text))
    if span:
        start = _hour(span[1], span[2])
        end = _hour(span[3], span[4])
        if start is None or end is None or start == end:
            return None, False
        # 「7時から21時に送って」 names the waking hours, a bare 「22時から7時まで」 the night.
        is_night = refused or (start > end and not _SENDS.search(text))
        return (
            QuietHours(start=start, end=end) if is_night else QuietHours(start=end, end=start)
        ), False
    if _ALWAYS.search(text) and not refused:
        return None, True
    return (NIGHT, False) if _NIGHT.search(text) and refused else (None, False)


def _hour(part: str | None, digits: str) -> int | None:
    hour = int(digits)
    if part in ("夜", "午後", "夕方") and 1 <= hour <= 11 and not (part == "夜" and hour <= 4):
        hour += 12
    if part in ("夜", "夜中", "深夜") and hour == 12:
        hour = 0
    return hour % 24 if hour <= 24 else None
