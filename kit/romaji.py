"""Kana to Latin letters, and one key for the many ways in which people write them."""

import re
import unicodedata

_ROWS = {
    "a": "アイウエオ",
    "k": "カキクケコ",
    "s": "サシスセソ",
    "t": "タチツテト",
    "n": "ナニヌネノ",
    "h": "ハヒフヘホ",
    "m": "マミムメモ",
    "r": "ラリルレロ",
    "g": "ガギグゲゴ",
    "z": "ザジズゼゾ",
    "d": "ダヂヅデド",
    "b": "バビブベボ",
    "p": "パピプペポ",
}
_SYLLABLES = {
    kana: ("" if row == "a" else row) + vowel
    for row, line in _ROWS.items()
    for kana, vowel in zip(line, "aiueo", strict=True)
} | dict(zip("ヤユヨワヲン", ("ya", "yu", "yo", "wa", "o", "n"), strict=True))
_SYLLABLES |= {
    "シ": "shi",
    "チ": "chi",
    "ツ": "tsu",
    "フ": "fu",
    "ジ": "ji",
    "ヂ": "ji",
    "ヅ": "zu",
}
_SMALL_Y = {"ャ": "a", "ュ": "u", "ョ": "o"}
_HIRAGANA = {code: code + 0x60 for code in range(ord("ぁ"), ord("ゖ") + 1)}
_LONG = re.compile(r"([aiueo])\1+|ou(?!i)|oh(?![aiueo])")
_KUNREI = (
    *(("shi", "si"), ("sh", "sy"), ("chi", "ti"), ("cch", "tty"), ("tch", "tty"), ("ch", "ty")),
    *(("tsu", "tu"), ("dzu", "zu"), ("du", "zu"), ("ji", "zi"), ("dz", "z"), ("di", "zi")),
    *(("jy", "zy"), ("j", "zy"), ("fu", "hu"), ("mb", "nb"), ("mp", "np"), ("mm", "nm")),
    *(("l", "r"), ("wo", "o"), ("tty", "tty"), ("yi", "i")),
)


def hepburn(kana: str) -> str:
    """Return kana in Hepburn letters, long vowels written out: ギョウニン → gyounin.

    What is no kana stays as it is.
    """
    out = ""
    doubled = False
    for mark in kana.translate(_HIRAGANA):
        if mark == "ッ":
            doubled = True
            continue
        if mark in _SMALL_Y and out.endswith("i"):
            stem = out[:-1]
            out = stem + ("" if stem.endswith(("sh", "ch", "j")) else "y") + _SMALL_Y[mark]
            continue
        sound = out[-1:] if mark == "ー" else _SYLLABLES.get(mark, mark)
        if doubled:
            sound = ("t" if sound.startswith("ch") else sound[:1]) + sound
        out, doubled = out + sound, False
    return out


def plain_letters(text: str) -> str:
    """Return `text` in small Latin letters without their accents; its length may change."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def latin_key(word: str) -> str:
    """Return one key for a Japanese name in any Latin spelling.

    Hepburn and Kunrei, with or without long vowels, hyphens and apostrophes: Gyōnin, Gyounin,
    Gyonin; Jōsai, Zyosai.
    """
    letters = "".join(c for c in plain_letters(word) if "a" <= c <= "z")
    for written, kept in _KUNREI:
        letters = letters.replace(written, kept)
    shortened = _LONG.sub(lambda m: m[1] or "o", letters)
    return shortened.replace("nn", "n")
