"""Ages and vaccines in what citizens write."""

import re
import unicodedata

_KANJI = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_KANA = {"ひとつ": 1, "ふたつ": 2, "みっつ": 3, "よっつ": 4, "いつつ": 5, "むっつ": 6}
_N = r"(?P<{name}>\d{{1,3}}|[一二三四五六七八九十])"
_YEARS = re.compile(
    _N.format(name="years")
    + r"\s*(?:歳|才|さい|(?<=[一二三四五六七八九])つ(?=に|の|で)|years?|岁|tuổi|anos?)"
    + r"\s*(?P<half>半|はん)?"
    + r"(?:\s*と?\s*(?P<rest>\d{1,2})\s*(?:か|ヶ|ヵ|カ|ケ|箇)月)?"
)
_MONTHS = re.compile(
    _N.format(name="months")
    + r"\s*(?:(?:か|ヶ|ヵ|カ|ケ|箇|个)(?:月|げつ)|months?|tháng|mes(?:es)?\b)"
)
_WEEKS = re.compile(r"(?P<weeks>\d{1,2})\s*(?:週|weeks?|周|tuần|semanas?)")
# 「3か月あけて」 is a gap, not an age.
_GAP = re.compile(r"\s*(?:以上|たった|経っ|あけ|空け|開け|後|前|間隔|おき)")
_WORDS = (
    (re.compile(r"新生児|生まれたばかり|産まれたばかり|newborn|新生儿|recém"), 0),
    (re.compile(r"小学?校?6年|小6"), 12 * 12),
    (re.compile(r"中学?校?1年|中1"), 13 * 12),
)
_VACCINES = (
    ("HepB", r"b型肝炎|hepatitis\s*b|hepb|乙肝|viêm gan b|hepatite b"),
    ("Rota1v", r"ロタ|rota"),
    ("DPT-IPV-Hib", r"五種|5種|ごしゅ|四種|4種|よんしゅ|ヒブ|\bhib\b"),
    ("PCV", r"肺炎球菌|pcv|pneumococ|phế cầu|pneumo"),
    ("BCG", r"bcg|ビーシージー|卡介苗"),
    (
        "MR period 2",
        r"(?:mr|麻しん|麻疹|風しん|風疹|はしか).{0,8}(?:2期|二期|2回目|年長)|年長|就学前",
    ),
    ("MR period 1", r"\bmr|麻しん|麻疹|風しん|風疹|はしか|measles|rubella|sởi|sarampo"),
    ("Varicella", r"水ぼうそう|みずぼうそう|水痘|varicella|chicken\s?pox|thủy đậu|catapora"),
    ("JE period 2", r"日本脳炎.{0,8}(?:2期|二期|4回目)"),
    ("JE period 1", r"日本脳炎|にほんのうえん|japanese enceph|乙脑|viêm não"),
    ("DT period 2", r"二種混合|2種混合|にしゅ|\bdt\b"),
    ("HPV9", r"hpv|子宮頸|子宮けい|しきゅうけい|cervical|宫颈|cổ tử cung"),
)
_COMPILED = tuple((code, re.compile(pattern)) for code, pattern in _VACCINES)
OLDEST_MONTHS = 18 * 12


def plain(text: str) -> str:
    """Return the words in one width and case."""
    return unicodedata.normalize("NFKC", text).casefold()


def age_in_months(text: str) -> int | None:
    """Return the age that the words tell of a child, None for none or of an adult."""
    words = plain(text)
    for pattern, known in _WORDS:
        if pattern.search(words):
            return known
    for name, number in _KANA.items():
        if name in words:
            return number * 12
    months = _years(words)
    if months is None:
        months = _months(words)
    return months if months is not None and months <= OLDEST_MONTHS else None


def _years(words: str) -> int | None:
    found = _YEARS.search(words)
    if found is None or _GAP.match(words, found.end()):
        return None
    half = 6 if found["half"] else 0
    return _number(found["years"]) * 12 + half + int(found["rest"] or 0)


def _months(words: str) -> int | None:
    found = _MONTHS.search(words)
    if found is not None and not _GAP.match(words, found.end()):
        return _number(found["months"])
    weeks = _WEEKS.search(words)
    if weeks is not None and not _GAP.match(words, weeks.end()):
        return int(weeks["weeks"]) * 7 // 30
    return None


def _number(text: str) -> int:
    return _KANJI.get(text) or int(text)


def vaccine_named(text: str) -> str | None:
    """Return the code of the vaccine that the words name first in the schedule's order.

    None where they tell of an adult: the schedule here is that of children.
    """
    words = plain(text)
    if (_years(words) or 0) > OLDEST_MONTHS or "高齢" in words:
        return None
    return next((code for code, pattern in _COMPILED if pattern.search(words)), None)
