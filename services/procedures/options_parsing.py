"""Which options of an event's questions somebody names before they are asked: 会社都合で. Pure."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from services.procedures.events import Event, Fact, Kind, Option

_SENTENCES = re.compile(r"(?<=[。!?\n])|\s+")
_ASKS = re.compile(
    r"\?|(?:です|ます|でしょう|ません)か|いくら|もらえ|どこ|どう(?:す|や)|たい(?:です|ん|$)"
)
_DENIED = re.compile(
    r"(?:証|券)?(?:は|も|が|を|に|で|と|じゃ|では)?(?:まだ|もう|全然|とくに|特に|持って|入って|受けて|して)?(?:い|お)?"
    r"(?:な(?:い|し|く|かっ)|ませ?ん|ありませ|無[いし]|ねえ|ねぇ|違|ちが)"
)
_ASIDE = re.compile(r"（[^）]*）|\([^)]*\)")
_SHORTEST = 3
"""Characters: shorter words (会社) answer their question, and say too little beside it."""


def named_options(words: str, event: Event, known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that statements in `words` name, for facts that are not `known`.

    One option of a choice, a list for several. A name that two facts share says nothing, nor does
    one that is denied or asked about.
    """
    sentences = [s for s in _SENTENCES.split(unicodedata.normalize("NFKC", words)) if s]
    said = [s for s in sentences if not _ASKS.search(s)]
    shared = Counter(name for fact in event.facts for name in {*_names_of(fact)})
    found: dict[str, Any] = {}
    for fact in event.facts:
        if fact.name in known or fact.kind not in (Kind.choice, Kind.several):
            continue
        hits = [
            one.value
            for one in fact.options
            # Who asks how not to be found tells it too.
            if _is_named(one, sentences if one.discreet else said, shared)
        ]
        if fact.kind is Kind.several and hits:
            found[fact.name] = hits
        elif len(hits) == 1:
            found[fact.name] = hits[0]
    return found


def _names_of(fact: Fact) -> Iterator[str]:
    for one in fact.options:
        yield from _names(one)


def _names(option: Option) -> Iterator[str]:
    bare = _ASIDE.sub("", unicodedata.normalize("NFKC", option.label))
    for name in (bare, *(unicodedata.normalize("NFKC", word) for word in option.words)):
        if len(name) >= _SHORTEST:
            yield name


def _is_named(option: Option, said: list[str], shared: Counter[str]) -> bool:
    for name in _names(option):
        if shared[name] > 1:
            continue
        for sentence in said:
            at = sentence.find(name)
            if at >= 0 and not _DENIED.match(sentence, at + len(name)):
                return True
    return False
