"""Ages, body measures, report numbers, addresses and nurseries, found by rule."""

import re
from collections.abc import Iterator

from components.folded_text import Found, apart
from components.numerals import DECIMAL, NUMBER, value

_MONTHS = r"(?:か|ヶ|ゕ|ゖ|箇)月"
_AGE = re.compile(
    rf"(?<!\d)(?P<years>{NUMBER})(?:歳|才|さい)(?:(?P<half>半)|(?:と)?(?P<more>{NUMBER}){_MONTHS})?児?"
)
_BORN = re.compile(rf"(?:生後|せいご)(?P<months>{NUMBER}){_MONTHS}")
# Without 生後 it may be any time; these say that somebody is as old.
_MONTHS_OLD = re.compile(
    rf"(?<!\d)(?P<months>{NUMBER}){_MONTHS}(?:児|(?=の(?:子|赤|息子|娘|乳)|健診|検診|にな))"
)
_OLDEST = 120

_HEIGHT = re.compile(
    rf"(?:(?P<said>身長|しんちょう|背)[はがのもを:\s]*)?(?:(?P<metres>\d)(?:m|めーとる))?"
    rf"(?<![\d.])(?P<cm>{DECIMAL})(?:\s*(?P<unit>cm|せんち(?:めーとる)?))?"
)
_WEIGHT = re.compile(
    rf"(?:(?P<said>体重|たいじゅう|重さ)[はがのもを:\s]*)?(?<![\d.])(?P<n>{DECIMAL})"
    r"(?:\s*(?P<unit>kg|きろ(?:ぐらむ)?|g(?![a-z])|ぐらむ))?"
)
# A length or a weight alone may be a sofa's: one of these says that it is a body's.
_BODY = re.compile(
    r"身長|しんちょう|体重|たいじゅう|背[がは]|成長|測|計[っり]|はか[っりる]|健診|赤ちゃん|歳|[かゖ]月|生まれ"
)
_CENTIMETRES = (30.0, 220.0)
_KILOGRAMS = (0.5, 200.0)

_LABELLED_NUMBER = re.compile(
    r"(?:番号|no\.?|なんばー|#)[はがのを:\s]*(?P<id>[a-z]{0,4}-?\d[\d-]{2,14}\d)(?!\d)"
)
_LETTERED_NUMBER = re.compile(
    r"(?<![a-z\d-])(?P<id>[a-z]{1,4}-?\d{2,8}(?:-\d{2,8})+|[a-z]{1,4}-\d{3,8})(?![\d-])"
)

_HOUSE = rf"(?:の?(?P<house>{NUMBER})号?)?"
_WITH_BLOCK = re.compile(
    r"(?P<place>[々一-鿿ゖ]{1,7}?)?"
    rf"(?P<block>{NUMBER})丁目(?:の?(?P<plot>{NUMBER})(?:番地?|-|の)?{_HOUSE})?"
)
_WITH_PLOT = re.compile(
    rf"(?P<place>[々一-鿿ゖ]{{1,7}}?)(?:(?P<plot>{NUMBER})番地?{_HOUSE}(?!線|目|号車)"
    r"|(?P<first>\d{1,4})-(?P<second>\d{1,4})(?:-(?P<third>\d{1,4}))?(?![\d時月日人歳才%-]))"
)
_NO_PLACE = re.compile(r"(?:午前|午後|電話|番号|令和|平成|昭和|内線|第|約|国道|県道|月|毎日)$")

_NURSERY = re.compile(
    r"(?P<name>[々一-鿿]{2,8}?|[ァ-ヶー]{2,10})(?P<kind>保育園|保育所|こども園|認定こども園|幼稚園)"
)
# No name of their own: 「認可保育園」「市立幼稚園」.
_ANY_NURSERY = re.compile(
    r"(?:認可|認可外|無認可|認定|公立|私立|市立|民間|近所|近隣|地元|希望|第[一二三四五]希望|全部|各"
    r"|小規模|新設|市内|市外|病児|一時|夜間|企業主導型|次|他|同|別|今|上記|当該|複数)+$"
)


def read_quantities(words: str) -> list[Found]:
    """Return ages, heights, weights, report numbers and addresses of a folded text."""
    return apart([*_ages(words), *_measures(words), *_report_numbers(words), *_addresses(words)])


def _ages(words: str) -> Iterator[Found]:
    """Yield ages in whole months."""
    for match in _AGE.finditer(words):
        months = 12 * value(match["years"]) + (6 if match["half"] else value(match["more"] or "0"))
        if months <= 12 * _OLDEST:
            yield Found("age", match.start(), match.end(), months)
    for pattern in (_BORN, _MONTHS_OLD):
        for match in pattern.finditer(words):
            yield Found("age", match.start(), match.end(), value(match["months"]))


def _measures(words: str) -> Iterator[Found]:
    """Yield heights in metres and weights in kilograms."""
    if not _BODY.search(words):
        return
    for match in _HEIGHT.finditer(words):
        if not (match["said"] or match["unit"]):
            continue
        centimetres = float(match["cm"]) + 100 * int(match["metres"] or 0)
        if _CENTIMETRES[0] <= centimetres <= _CENTIMETRES[1]:
            yield Found("height", *_bare(match), round(centimetres / 100, 4))
    for match in _WEIGHT.finditer(words):
        unit = match["unit"]
        if not (match["said"] or unit):
            continue
        kilograms = float(match["n"]) / (1000 if unit in ("g", "ぐらむ") else 1)
        if _KILOGRAMS[0] <= kilograms <= _KILOGRAMS[1]:
            yield Found("weight", *_bare(match), round(kilograms, 4))


def _bare(match: re.Match[str]) -> tuple[int, int]:
    """Return where the number and its unit stand, without the word before them."""
    before = match.end("said") if match["said"] else match.start()
    skipped = re.compile(r"[はがのもを:\s]*").match(match.string, before)
    return (skipped.end() if skipped else before), match.end()


def _report_numbers(words: str) -> Iterator[Found]:
    """Yield the numbers that the city gives to reports, in capitals."""
    for pattern in (_LABELLED_NUMBER, _LETTERED_NUMBER):
        for match in pattern.finditer(words):
            # Twelve digits are a My Number, and no business of ours.
            if len(re.sub(r"\D", "", match["id"])) < 12:
                yield Found("report_number", *match.span("id"), match["id"].upper())


def _addresses(words: str) -> Iterator[Found]:
    """Yield addresses as the place and its numbers, joined by hyphens: 栄町2-5-17."""
    for match in _WITH_BLOCK.finditer(words):
        numbers = (match["block"], match["plot"], match["house"])
        yield _address(match, match["place"] or "", numbers)
    for match in _WITH_PLOT.finditer(words):
        if not _NO_PLACE.search(match["place"]):
            plain = (match["first"], match["second"], match["third"])
            yield _address(
                match, match["place"], plain if match["first"] else (match["plot"], match["house"])
            )


def _address(match: re.Match[str], place: str, numbers: tuple[str | None, ...]) -> Found:
    joined = "-".join(str(value(number)) for number in numbers if number)
    return Found("address", match.start(), match.end(), place + joined)


def read_nurseries(text: str) -> list[Found]:
    """Return nurseries called by a name in kanji or katakana, in the text as it was written.

    Names in hiragana look like any words before 保育園; they need a lookup table.
    """
    return [
        Found("nursery", match.start(), match.end(), match.group())
        for match in _NURSERY.finditer(text)
        if not _ANY_NURSERY.search(match["name"])
    ]
