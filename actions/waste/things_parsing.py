"""What residents write about things to throw away: several at once, choices, conditions."""

import re
from collections.abc import Sequence

from kit.text import fold

_SORTING = re.compile(r"捨|すて|分|わけ|出|だし|処|投げ|なげ|(?:何|なに|なん)(?:の)?(?:ごみ|ゴミ)")
_AND = re.compile(
    r"(?:、|，|,|・|/|／|＆|&|\n|\band\b|(?<=[^\s])と(?!き|か|って|いう|り|ん|も|ても|する|して|した)|(?<=[一-龠ァ-ヺー])や(?=[一-龠ァ-ヺ]))"
)
_NO = re.compile(
    r"^(?:いや|いいえ|いえ|ううん|やっぱり|やっぱ|ちが(?:う|います|って)|違(?:う|います|って))[、。\s]*"
)
_END = re.compile(
    r"(?:は|って|を|の)?(?:それぞれ)?(?:どう|何|なに|なん|どこ|どの|捨|すて|出し|だし|処分|分別|分け|教え|おしえ|いつ|燃え|もえ).*$"
)
_QUALIFIES = re.compile(
    r"汚|よごれ|洗|あらっ|割れ|われ|壊|こわれ|膨ら|ふくら|大き|おおき|小さ|ちいさ|長[いさく]|木(?:製|で|の|な|だ)|金属|鉄|ぷら|紙(?:製|の)"
    r"|ガラス|がらす|中身|残って|のこって|付い|ついて|取れ|外|はずし|濡|錆|さび|電池|電源|こーど|油|におい|匂|臭|袋|そのまま|場合|とき(?:は)?|たら|なら"
)
_HOME = re.compile(r"(?:家|いえ|うち|自宅|家庭|個人)(?:の|から|で|なら|のなら|のは)")
_LEFT_OUT = re.compile(
    r"(?:の)?(?:やつ|もの|ほう|方|です|だ|でした|のは|タイプ|製)+|[\sはのがをもですよねか、。?!？！]+"
)


_SENTENCES = re.compile(r"[。！？!?]+")


def wants_sorting(text: str) -> bool:
    """Tell whether words are about throwing something away."""
    return _SORTING.search(text) is not None


def things_in(text: str) -> list[str]:
    """Return the things that a sentence lists; one where it lists none."""
    found = [_listed(sentence) for sentence in _SENTENCES.split(text) if sentence.strip()]
    return max(found, key=len, default=[])


def _listed(sentence: str) -> list[str]:
    said = _NO.sub("", sentence.strip(" 　。!?！？"))
    words = _END.sub("", said) or said
    parts = [part.strip(" 　。!?！？のもは") for part in _AND.split(words)]
    return [part for part in parts if 1 < len(part) <= 20]


# What stands before the noun of a thing: 「血のついた絆創膏」「木を切ったので枝」.
_BEFORE_A_NOUN = re.compile(
    r"ので|から|った|いた|した|んだ|れた|てる|ている|ってる|[のなをがにでた]"
)
_MOST_TRIED = 5


def plainer(text: str) -> list[str]:
    """Return shorter names of the thing in a sentence, the longest first."""
    words = (_END.sub("", text.strip(" 　。!?！？")) or text).strip(" 　のもはを")
    starts = [match.end() for match in _BEFORE_A_NOUN.finditer(words)]
    names = dict.fromkeys(words[start:].strip() for start in starts)
    return [name for name in names if name and not re.fullmatch("[ぁ-ゖ]", name)][:_MOST_TRIED]


_OBJECT = re.compile(r"^(.{1,20}?)(?:を|は|って|の)?(?:捨て|すて|出し|だし|処分)")


def thing_to_throw_away(text: str) -> str:
    """Return what a sentence says is thrown away, "" where it says none: 「包丁を捨てたい」."""
    match = _OBJECT.match(_NO.sub("", text.strip()))
    return match[1] if match else ""


def picked(text: str, offered: Sequence[str]) -> str | None:
    """Return the offered thing that a short answer chooses, None for none or several."""
    words = [fold(part) for part in _LEFT_OUT.split(text) if part and len(part) > 1]
    chosen = [name for name in offered if words and all(word in fold(name) for word in words)]
    return chosen[0] if len(chosen) == 1 else None


def qualifies(text: str) -> bool:
    """Tell whether a short message tells more about the thing just talked about."""
    return _QUALIFIES.search(fold(text)) is not None


def of_a_household(text: str) -> bool:
    """Tell whether a message says that a home's waste is meant, not a business's."""
    return _HOME.search(fold(text)) is not None


_AT_WORK = re.compile(
    r"(?:事業(?:系|所|用|者)?|会社|お?店|職場|事務所|仕事|業務用?|工場)(?:の|から(?:出た)?|で(?:出た)?|系)?"
)


def at_home(text: str) -> str:
    """Return a question about a business's waste without the business."""
    return _AT_WORK.sub("", text)
