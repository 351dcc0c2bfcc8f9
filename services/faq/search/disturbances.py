"""The same question as it may also reach us: without kanji, in a hurry, wrapped in courtesy.

Each takes a sentence and a source of chance, and returns the disturbed sentence.
"""

import random
import re
from collections.abc import Callable, Mapping
from typing import Any

from sudachipy import SplitMode

from kit.text import fold
from services.faq.search.terms import sudachi

Disturbance = Callable[[str, random.Random], str]

_KANJI = re.compile(r"[一-龯々]")
_KATAKANA = re.compile(r"[ァ-ヶー]{2,}")
_GREETINGS = (
    "いつもお世話になっております。お忙しいところ恐れ入りますが、",
    "こんにちは。ちょっとお聞きしたいことがあるのですが、",
    "はじめまして。突然の連絡で失礼いたします。",
)
_ABOUT_ONESELF = (
    "こんにちは。先月この町に越してきたばかりの山田と申します。小さい子どもが二人います。",
    "お世話になります。今年で七十八になる一人暮らしの者です。足が悪くてなかなか出かけられません。",
    "はじめまして。会社勤めをしながら母と暮らしている者です。平日は夜まで仕事です。",
    "こんばんは。門田で小さな店をやっております佐々木です。いつも新聞で市のことを読んでいます。",
    "お忙しいところすみません。夫と猫一匹の三人家族みたいなものです。生まれも育ちもこの町です。",
    "どうも。大学を出て地元に戻ってきた二十四歳です。まだ右も左もわからなくて。",
)


def in_kana(text: str, _chance: random.Random) -> str:
    """Everything in hiragana."""
    return "".join(_in_kana(token) for token in sudachi().tokenize(text, SplitMode.C))


def half_in_kana(text: str, chance: random.Random) -> str:
    """Every other word with kanji in hiragana."""
    return "".join(
        _in_kana(token) if chance.random() < 0.5 else token.surface()
        for token in sudachi().tokenize(text, SplitMode.C)
    )


def swapped(text: str, chance: random.Random) -> str:
    """Two neighbouring characters change places."""
    if len(text) < 4:
        return text
    at = chance.randrange(len(text) - 1)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def dropped(text: str, chance: random.Random) -> str:
    """One character is missing."""
    at = chance.randrange(len(text))
    return text[:at] + text[at + 1 :] if len(text) > 3 else text


def without_katakana(text: str, _chance: random.Random) -> str:
    """Katakana as hiragana."""
    return _KATAKANA.sub(lambda match: fold(match.group()), text)


def only_nouns(text: str, _chance: random.Random) -> str:
    """The nouns alone, with blanks between."""
    tokens = sudachi().tokenize(text, SplitMode.C)
    nouns = [token.surface() for token in tokens if token.part_of_speech()[0] == "名詞"]
    return " ".join(nouns) or text


def greeted(text: str, chance: random.Random) -> str:
    """After a long greeting, with a request behind it."""
    return f"{chance.choice(_GREETINGS)}{text}よろしくお願いいたします。"


def told_about_oneself(text: str, chance: random.Random) -> str:
    """After a greeting that also tells who is asking."""
    return f"{chance.choice(_ABOUT_ONESELF)}{text}よろしくお願いします。"


def with_emoji(text: str, _chance: random.Random) -> str:
    """With emoji around it."""
    return f"😊{text}🙏✨"


DISTURBANCES: Mapping[str, Disturbance] = {
    "whole question in kana": in_kana,
    "half of the words in kana": half_in_kana,
    "two characters swapped": swapped,
    "a character dropped": dropped,
    "katakana as hiragana": without_katakana,
    "only nouns": only_nouns,
    "long greeting": greeted,
    "greeting and about oneself": told_about_oneself,
    "emoji": with_emoji,
}


def _in_kana(token: Any) -> str:
    surface: str = token.surface()
    if not _KANJI.search(surface):
        return fold(surface) if _KATAKANA.fullmatch(surface) else surface
    return fold(token.reading_form())
