"""Counting and folding text the way LINE and Japanese readers do."""

import re
import unicodedata
from collections.abc import Callable
from typing import Self

import regex

_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}


def utf16_length(text: str) -> int:
    """Count UTF-16 code units, LINE's unit for texts and alt texts."""
    return len(text.encode("utf-16-le")) // 2


def grapheme_length(text: str) -> int:
    """Count user-perceived characters (UAX #29), LINE's unit for labels and template texts."""
    return len(regex.findall(r"\X", text))


def truncate_graphemes(text: str, limit: int) -> str:
    """Return at most `limit` graphemes of `text`, ending in `…` where something was left out."""
    clusters = regex.findall(r"\X", text)
    return text if len(clusters) <= limit else "".join(clusters[: limit - 1]) + "…"


def fold(text: str) -> str:
    """Fold width, case and katakana so that ゴミ, ごみ and ｺﾞﾐ compare equal. Not for display."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_KATAKANA_TO_HIRAGANA)


def hiragana(text: str) -> str:
    """Return `text` with katakana as hiragana and all else as it is (patterns of `re` stay so)."""
    return text.translate(_KATAKANA_TO_HIRAGANA)


class Folded:
    """Folded words, with the way back to how they were written."""

    def __init__(self, written: str) -> None:
        """Fold `written` letter by letter (user-perceived ones: ﾍﾟ is one)."""
        self.written = written
        pieces: list[str] = []
        self._starts: list[int] = []
        for match in regex.finditer(r"\X", written):
            pieces.append(fold(match[0]))
            self._starts += [match.start()] * len(pieces[-1])
        self.words = "".join(pieces)
        self._starts.append(len(written))

    def replaced(self, pattern: re.Pattern[str], by: Callable[[re.Match[str]], str]) -> Self:
        """Replace what matches in the words; `as_written` still finds how it was written."""
        words, starts, place = "", list[int](), 0
        for match in pattern.finditer(self.words):
            new = by(match)
            words += self.words[place : match.start()] + new
            starts += self._starts[place : match.start()]
            starts += [self._starts[match.start()]] * len(new)
            place = match.end()
        self._starts = starts + self._starts[place:]
        self.words = words + self.words[place:]
        return self

    def as_written(self, start: int, end: int) -> str:
        """Return how the words from `start` up to `end` were written."""
        return self.written[self._starts[start] : self._starts[end]]


# Each group is one Kanji to those who search: the first is kept. Keyboards give the first, files of
# registers and signposts the others (常用漢字表 with its 康熙字典体, and forms common in names).
_KANJI_GROUPS = (
    "高髙 崎﨑嵜碕 辺邊邉 条條 会會 館舘 滝瀧 沢澤 島嶋嶌 広廣 桧檜 駅驛 浜濱濵 "
    "国國 桜櫻 万萬 庄莊荘 与與 富冨 渕淵 岳嶽 学學 栄榮 竜龍 図圖 緑綠 関關 "
    "塩鹽 斎齋 斉齊 恵惠 寿壽 宝寶 楽樂 亀龜 旧舊 県縣 黒黑 黄黃 芦蘆 曽曾 "
    "薮藪 蛍螢 頼賴 真眞 円圓 郷鄕 徳德 礼禮 乗乘 横橫 経經 総總 青靑 蔵藏 "
    "槙槇 桑桒 吉𠮷 土圡 柳栁 鉄鐵 観觀 団團 戸戶 峰峯 台臺 豊豐 当當 実實 "
    "鴎鷗 応應 増增 清淸 弥彌 松枩 梅楳 鶏鷄 篭籠 磯礒 蛎蠣 桝枡 舟舩 翠翆 "
    "静靜 仏佛 沖冲 両兩 来來 為爲 穂穗"
)
_USUAL_KANJI = {ord(other): group[0] for group in _KANJI_GROUPS.split() for other in group[1:]}
_KANJI = "[々〇一-鿿㐀-䶿]"
# What joins two Kanji in a name is written in several ways: 鶴ケ城 鶴ヶ城 鶴が城, 四ツ谷 四ッ谷.
_JOINTS = (("[けゖゕが]", "が"), ("[つっ]", "つ"), ("[の之乃]", "の"))
_JOINED = tuple(
    (re.compile(f"(?<={_KANJI}){marks}(?={_KANJI})"), usual) for marks, usual in _JOINTS
)
_CHOME = re.compile(r"([一二三四五六七八九十]+)(?=丁目)")
_DIGITS = {mark: value for value, mark in enumerate("〇一二三四五六七八九")}


def fold_name(text: str) -> str:
    """Fold a place's name so that its spellings compare equal. Not for display.

    Beyond `fold`: variants of Kanji (髙田 高田), what joins two Kanji (霞ヶ関 霞が関 霞ケ関), and
    the number of a 丁目 (一丁目 １丁目).
    """
    letters = fold(text).translate(_USUAL_KANJI)
    for joint, usual in _JOINED:
        letters = joint.sub(usual, letters)
    return _CHOME.sub(lambda number: str(kanji_number(number[1])), letters)


def kanji_number(number: str) -> int:
    """Return the value of a number below a hundred in Kanji (二十一), or digit by digit (二〇)."""
    tens, ten, units = number.partition("十")
    if not ten:
        return int("".join(str(_DIGITS[mark]) for mark in number))
    return 10 * _DIGITS.get(tens[-1:], 1) + _DIGITS.get(units[:1], 0)
