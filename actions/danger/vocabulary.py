"""The patterns of `words/*.toml`, compiled, and the spellings of a message they are tried on."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from actions.danger.kinds import Kind

WORDS = Path(__file__).with_name("words")
_PART = re.compile(r"<([a-z]+)>")
_KANA = re.compile(r"[ぁ-ゖァ-ヺ]")
_HAN = re.compile(r"[㐀-鿿]")
_KATAKANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ"))}
# 「しにたぁぁい〜」「死…に…た…い」: drawn out, broken up.
_DRAWN_OUT = re.compile(r"[ー〜~ぁぃぅぇぉ…‥・.,\-_*'\"´`]+")
_LAUGHTER = re.compile(r"(?:w+|笑+|草|汗|泣|\(笑\)|\(泣\))$")
_SIGNS, _JAPANESE, _CHINESE = ("signs",), ("ja",), ("zh",)
_LATIN = ("en", "vi", "pt")
# Vietnamese as many type it: without its accents, which these syllables tell from other languages.
_BARE_VIETNAMESE = re.compile(
    r"\b(?:toi|minh|khong|ko|cua|dang|roi|duoc|nguoi|vo|chong|anh|bi|voi|trong|giup|cuu|nha|muon"
    r"|qua|lam|chau|ong|ba|nay|cho|khi|het|hom|bay gio)\b"
)
_SYLLABLES = 2
# Words of the other kinds are everyday ones without their accents: chó and cho, giật and giặt.
_HEARD_BARE = frozenset(
    {
        *(Kind.fire, Kind.accident, Kind.sudden_illness, Kind.sick_child, Kind.overdose),
        *(Kind.self_harm, Kind.suicide, Kind.partner_violence, Kind.disaster_at_door),
    }
)
# A story is read whole, but nothing of this length is written by hand.
_LONGEST = 3_000


@dataclass(frozen=True)
class Vocabulary:
    """One language: what is taken out first, and the patterns of each kind."""

    harmless: re.Pattern[str]
    kinds: dict[Kind, re.Pattern[str]]

    def heard_in(self, text: str) -> frozenset[Kind]:
        """Return the kinds that a folded text, without what is harmless, tells of."""
        return frozenset(kind for kind, pattern in self.kinds.items() if pattern.search(text))


@lru_cache
def vocabulary(language: str) -> Vocabulary:
    """Read `words/<language>.toml`; of `vi-bare` that of `vi`, without its accents.

    Raises ValueError or KeyError when it is wrong.
    """
    language, _, bare = language.partition("-")
    with (WORDS / f"{language}.toml").open("rb") as file:
        data = tomllib.load(file)
    parts: dict[str, str] = data.get("parts", {})

    def compiled(patterns: list[str]) -> re.Pattern[str]:
        whole = "|".join(patterns) or r"(?!)"
        while _PART.search(whole):
            whole = _PART.sub(lambda match: parts[match[1]], whole)
        whole = _plain(whole) if bare else whole
        return re.compile(whole.translate(_KATAKANA) if language == "ja" else whole)

    kinds = {
        Kind(name): compiled(patterns)
        for name, patterns in data["kinds"].items()
        if not bare or Kind(name) in _HEARD_BARE
    }
    return Vocabulary(compiled(data.get("harmless", {}).get("patterns", [])), kinds)


def kinds_by_words(text: str) -> frozenset[Kind]:
    """Return what the words of a message tell of, in whatever language it is."""
    spellings = _spellings(text)
    return frozenset(
        kind
        for languages, said in spellings
        for language in languages
        for kind in vocabulary(language).heard_in(_without_harmless(languages, said))
    )


def sounds_harmless(text: str) -> bool:
    """Tell whether a message holds words that only sound like danger."""
    return any(_without_harmless(langs, said) != said for langs, said in _spellings(text))


def _without_harmless(languages: tuple[str, ...], said: str) -> str:
    for language in languages:
        said = vocabulary(language).harmless.sub(" ", said)
    return said


def _spellings(text: str) -> set[tuple[tuple[str, ...], str]]:
    """Return (languages, folded text) pairs. Latin letters also without their marks."""
    text = unicodedata.normalize("NFKC", text[:_LONGEST]).replace("’", "'").casefold()
    joined = re.sub(r"\s+", "", text)
    japanese = joined.translate(_KATAKANA)
    plain_japanese = _LAUGHTER.sub("", _DRAWN_OUT.sub("", _without_harmless(_JAPANESE, japanese)))
    found: set[tuple[tuple[str, ...], str]] = {
        (_SIGNS, joined),
        (_JAPANESE, japanese),
        (_JAPANESE, plain_japanese),
    }
    if not _KANA.search(joined):
        found |= {(_CHINESE, joined), (_CHINESE, _DRAWN_OUT.sub("", joined))}
    spaced = re.sub(r"\s+", " ", _HAN.sub("", text)).strip()
    # A few letters in a Japanese sentence (DV, ATM) are no English.
    if 2 * len(re.findall(r"[a-z]", _plain(spaced))) > len(joined):
        found |= {(_LATIN, spaced), (("pt",), _plain(_without_harmless(_LATIN, spaced)))}
    if spaced.isascii() and len({*_BARE_VIETNAMESE.findall(spaced)}) >= _SYLLABLES:
        found.add((("vi-bare",), spaced))
    return found


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).replace("đ", "d")
