"""What the readers of told facts share: one form of the words, denial, correction."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from itertools import pairwise
from typing import TypeVar

from actions.procedures.facts import Said
from kit.text import Folded, hiragana, kanji_number

K = TypeVar("K", bound=StrEnum)

_COUNTED = re.compile(
    r"[二三四五六七八九]十[一二三四五六七八九]?(?=で(?:定年|退職|会社|仕事|辞|や)|になり|になる"
    r"|過ぎ|すぎ|です)|[〇一二三四五六七八九十]+(?=[月日時分年週人歳才匹頭台羽名級代]"
    r"|[かヶケ箇ヵ]月)(?!日町|日市|月町|人暮|人親|人前)"
)
# Easy Japanese is written with blanks: こどもが うまれました.
_BLANKS = re.compile(r"(?<=[ぁ-ゖー一-鿿0-9])[ \t]+(?=[ぁ-ゖー一-鿿0-9])")
_KANA_COUNTS = (
    ("ひとり(?!ぐらし|暮らし|親|おや|で)", "1人"),
    ("ふたり", "2人"),
    ("さんにん", "3人"),
)


def folded(text: str) -> Folded:
    """Return the words with Arabic digits where something is counted."""
    words = Folded(text).replaced(_BLANKS, lambda _: "")
    words.replaced(_COUNTED, lambda match: str(kanji_number(match[0])))
    for kana, digits in _KANA_COUNTS:
        words.replaced(re.compile(kana), lambda _, digits=digits: digits)  # type: ignore[misc]
    return words


def pattern(words: str) -> re.Pattern[str]:
    """Compile a pattern for folded words, whichever kana it is written in."""
    return re.compile(hiragana(words))


_DENIED = pattern(
    r"(?:など|とか|等|さん|ちゃん)?(?:自体)?(?:は|も|が|を|って|なんて|には|に|で|の(?:ほう"
    r"|方)は)?(?:、|\s)?(?:まだ|もう|特に|とくに|1[人匹台頭]も|全然|何も)?"
    r"(?:(?:飼って|持って|もって|入って|はいって|加入して|乗って|使って|働いて|受けて|取って"
    r"|作って|つくって)(?:は|い)*|加入|所有|所持)?(?:は|も)?"
    r"(?:いません|いない|いねえ|いねぇ|いなくて|居ません|居ない|おりません|おらず|ありません"
    r"|あらず|ない|ねえ|ねぇ|なし|無し|無い|なく[、て]|ません|飼ってねえ|持たず|ゼロ|0人|不要)"
    r"(?!と(?:困|だめ|いけ)|わけ|ことは|か(?:も|な))"
)
_INSTEAD = pattern(r"(?:さん)?(?:じゃ|では|で)(?:なく|ない|ありません|ねえ|ねぐ)|ではあり?ません")


_WISHED = pattern(
    r"(?:証)?(?:に|へ|の|を|は|が)?(?:[^。、]{0,6})(?:たい|入る|加入(?:し|する)|切り?替え"
    r"|きりかえ|入れ(?:る|ま)|入り(?:ます|方)|手続|どう|必要|申請|申し込)"
)


def is_denied(words: str, end: int) -> bool:
    """Tell whether what ends at `end` is said not to be there: 車はない, 犬も飼っていません."""
    return _DENIED.match(words, end) is not None and not is_taken_back(words, end)


def is_taken_back(words: str, end: int) -> bool:
    """Tell whether what ends at `end` is put right: 国保じゃなくて社保."""
    return _INSTEAD.match(words, end) is not None


def found(words: str, kinds: Mapping[K, re.Pattern[str]]) -> Iterator[tuple[K, re.Match[str]]]:
    """Yield what of `kinds` is said, in the order of the words; the longer of two overlapping."""
    hits = [(kind, match) for kind, one in kinds.items() for match in one.finditer(words)]
    hits.sort(key=lambda hit: (hit[1].start(), -hit[1].end()))
    place = 0
    for kind, match in hits:
        if match.start() >= place and not is_taken_back(words, match.end()):
            yield kind, match
            place = match.end()


_ROW = pattern(r"(?:も|や|と|、|とか|・)+")


def _last_of_row(words: str, hits: list[re.Match[str]]) -> re.Match[str]:
    """Return the end of a row, where its denial stands: 犬も猫もいません."""
    for one, other in pairwise(hits):
        if _ROW.fullmatch(words[one.end() : other.start()]) is None:
            return one
    return hits[-1]


def said(text: Folded, kinds: Mapping[K, re.Pattern[str]], none: K) -> tuple[Said[K], ...]:
    """Return what is said of `kinds`; one that is denied makes `none` where nothing else is."""
    there, denied = list[Said[K]](), list[Said[K]]()
    hits = list(found(text.words, kinds))
    for number, (kind, match) in enumerate(hits):
        written = text.as_written(match.start(), match.end())
        last = _last_of_row(text.words, [one for _, one in hits[number:]])
        if is_denied(text.words, last.end()):
            denied.append(Said(none, written))
        else:
            there.append(Said(kind, written, _WISHED.match(text.words, match.end()) is not None))
    return tuple(there) or tuple(denied[:1])
