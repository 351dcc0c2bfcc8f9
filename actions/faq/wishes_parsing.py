"""Several wishes in one message: 「水道とごみと住民票どうする」, 「…できる？あと…」."""

import re

ASKING = "手続き"
"""What is searched with each noun of a list."""
_MOST = 3
_LONGEST = 120
# Nouns joined by と, や, commas, before words that ask of all of them.
_LIST = re.compile(
    r"(?P<before>.*?)(?P<list>[^。、！？!?\s]{1,12}(?:(?:と|や|、|・|それと)[^。！？!?\sとや、・]{1,12}){1,3})"
    r"(?:の(?:手続き|こと|件))?(?:は|って|を|について|、)?(?P<asks>どう(?:する|し|な|やって|すれば)|何が|なにが|教えて|おしえて"
    r"|知りたい|どこ|やり方)",
    re.DOTALL,
)
_JOINTS = re.compile(r"と|や|、|・|それと")
_NEXT = re.compile(
    r"(?<=[。？?！!])\s*|[、 　\n]+(?=(?:あと|それと|それから|ついでに|もう[一ひ]つ|さらに))|\n+"
)
_JOINT_WORD = re.compile(r"^(?:あと|それと|それから|ついでに|もう[一ひ]つ(?:は)?|さらに)[はも、 ]*")
_ASKS = re.compile(
    r"[?？]|か$|か[。？?]|たい|どう|教えて|おしえて|ほしい|いる|できる|どこ|いくら|いつ"
)
# What a sentence about a move or a death says holds for the wishes after it.
_SUBJECT = re.compile(
    r"引っ越|引越|転入|転出|転居|亡くな|死亡|結婚|離婚|出産|生まれ|退職|会社を辞め"
)


def wishes_in(text: str) -> list[str]:
    """Return two or three searches, each with the subject of the sentence before; else none."""
    if len(text) > _LONGEST:
        return []
    return (_listed(text) or _sentences(text))[:_MOST]


def _listed(text: str) -> list[str]:
    match = _LIST.search(text)
    if match is None:
        return []
    nouns = [noun.strip() for noun in _JOINTS.split(match["list"]) if noun.strip()]
    if not 2 <= len(nouns) <= _MOST:
        return []
    subject = match["before"].strip(" 　。、")
    return [f"{subject} {noun} {ASKING}".strip() if subject else noun for noun in nouns]


def _sentences(text: str) -> list[str]:
    parts = [_JOINT_WORD.sub("", part).strip() for part in _NEXT.split(text.strip())]
    asking = [part for part in parts if len(part) >= 5 and _ASKS.search(part)]
    if len(asking) < 2:
        return []
    subject = _SUBJECT.search(parts[0])
    lead = f"{subject[0]} " if subject else ""
    return [asking[0], *(f"{lead}{part}" for part in asking[1:])]
