"""One spelling for Japanese names, with the way back to the letters that were written."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from kit.text import fold

# Each group is one character; the first is kept. Old forms, forms of registers, forms of mainland
# Chinese that stand for the same character in names of places.
_GROUPS = (
    "高髙 崎﨑嵜碕 辺邊邉边 条條 会會 館舘馆 滝瀧 沢澤泽 島嶋嶌岛 広廣广 "
    "桧檜 駅驛驿 浜濱濵滨 国國 桜櫻樱 万萬 富冨 淵渕 岳嶽 学學 栄榮荣 "
    "竜龍龙 鶴鹤靏 門门 東东 長长 湊凑 蚕蠶 養养 馬马 場场 対對对 図圖图 "
    "緑綠绿 関關关 塩鹽盐 斎齋齊斉 恵惠 寿壽 宝寶 楽樂乐 亀龜龟 謹谨 橋桥 "
    "張张 飯饭 慶庆 寧宁 旧舊 県縣 黒黑 黄黃 鷺鹭 賀贺 見见 錦锦 華华 "
    "車车 芦蘆 曽曾 薮藪 蛍螢 頼賴 真眞 円圓 湯汤 郷鄉乡 徳德 礼禮 乗乘 "
    "横橫 経經 継繼 総總 青靑 野埜 蔵藏 槙槇 桑桒 吉𠮷 土圡 柳栁 壺壷 "
    "鉄鐵铁 風风 観觀观 陽阳 雲云 鳥鸟 魚鱼 団團团 業业 戸户戶 "
)
_KEPT = {ord(other): group[0] for group in _GROUPS.split() for other in group[1:]}
_KEPT |= {ord("づ"): "ず", ord("ぢ"): "じ", ord("〜"): "~", ord("∼"): "~", ord("ゖ"): "け"}
_KEPT |= {ord(mark): "-" for mark in "‐‑‒–—―−─"}
# What joins two kanji in a name is written in several ways: 鶴ケ城 鶴ヶ城 鶴が城, 四ツ谷 四ッ谷.
_JOINTS = {"け": "が", "ゕ": "が", "っ": "つ", "之": "の", "乃": "の"}
_UNSEEN = frozenset({"Cf", "Cc", "Cn", "Cs", "Mn"})
_KATAKANA = frozenset(range(ord("ァ"), ord("ヺ") + 1)) | frozenset(range(0xFF66, 0xFF9E))


@dataclass(frozen=True)
class Spelled:
    """A text in one spelling, without its blanks.

    `starts[i]` and `ends[i]` bound what letter `i` was in the text as written; `breaks` are the
    places before which a blank stood.
    """

    text: str
    written: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    breaks: frozenset[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where the letters from `start` up to `end` stand in the text as written."""
        if start >= end:
            where = self.starts[start] if start < len(self.starts) else len(self.written)
            return where, where
        return self.starts[start], self.ends[end - 1]

    def is_katakana(self, place: int) -> bool:
        """Tell whether the letter was written in katakana."""
        return 0 <= place < len(self.text) and ord(self.written[self.starts[place]]) in _KATAKANA

    def is_written(self, place: int, mark: str) -> bool:
        """Tell whether the letter was written with that character."""
        return self.written[self.starts[place]] == mark


def spell(text: str) -> Spelled:
    """Fold width, case, kana, variants of kanji, dashes and joints; leave blanks out."""
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    breaks: set[int] = set()
    for start, end in _clusters(text):
        folded = _folded(text[start:end])
        if not folded:
            breaks.add(len(letters))
        for letter in folded:
            letters.append(letter)
            starts.append(start)
            ends.append(end)
    _join(letters)
    return Spelled("".join(letters), text, tuple(starts), tuple(ends), frozenset(breaks))


@lru_cache(maxsize=8192)
def spelling_key(text: str) -> str:
    """Return `text` in one spelling, for comparison."""
    return spell(text).text


def is_kanji(mark: str) -> bool:
    """Tell whether a letter is a kanji (々 and 〇 count)."""
    return "一" <= mark <= "鿿" or mark in "々〇〆" or "㐀" <= mark <= "䶿" or mark >= "\U00020000"


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Pass on each letter with its marks (か and a voicing mark, half-width or combining)."""
    start = 0
    for place in range(1, len(text)):
        if not (unicodedata.combining(text[place]) or text[place] in "ﾞﾟ゛゜"):
            yield start, place
            start = place
    if text:
        yield start, len(text)


@lru_cache(maxsize=16384)
def _folded(cluster: str) -> str:
    letters = fold(cluster).translate(_KEPT)
    return "".join(c for c in letters if not (c.isspace() or unicodedata.category(c) in _UNSEEN))


def _join(letters: list[str]) -> None:
    """Write joints between two kanji in one way, and the long mark after a digit as a dash."""
    for place in range(1, len(letters)):
        mark = letters[place]
        if mark == "ー" and letters[place - 1].isdecimal():
            letters[place] = "-"
        elif mark in _JOINTS and _is_between_kanji(letters, place):
            letters[place] = _JOINTS[mark]


def _is_between_kanji(letters: list[str], place: int) -> bool:
    after = place + 1
    return after < len(letters) and is_kanji(letters[place - 1]) and is_kanji(letters[after])
