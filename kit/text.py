"""Counting and folding text the way LINE and Japanese readers do."""

import unicodedata

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
