"""The search of the FAQ in a talk: nothing of births to somebody who has lost a child."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from actions.danger.kinds import Kind
from actions.danger.vocabulary import kinds_by_words
from actions.faq.losses_parsing import because_of_loss, is_about_births
from kit.wording import SOURCE, language
from services.faq.contract import Entry, FaqClient, SearchResult, Verdict

if TYPE_CHECKING:
    from actions.base import ActionContext, Turn

_IN_RESERVE = 5
_LOSSES = 2
"""Entries about the loss of an unborn child."""
_LOSS = re.compile(r"流産|死産|中絶|りゅうざん|しざん|miscarr|stillb|流产|sảy thai|aborto")
_SENTENCES = re.compile(r"[。！？!?\n;；]+|\.\s|(?<=[㐀-鿿])[\s，,]+(?=[㐀-鿿])")
_EASY = "easy"
_MOST_SENTENCES = 4
_SHORTEST = {"zh": 5}
_SHORTEST_LATIN = 12
"""Characters of a sentence that is searched by itself."""
_SURENESS = (Verdict.unsure, Verdict.likely, Verdict.sure)


async def search(context: ActionContext, turn: Turn, words: str, top: int = 3) -> SearchResult:
    """Return the best entries for words of this talk. Raises UnavailableError."""
    client = context.client(FaqClient)
    if not mourns_a_child(turn):
        return _without_losses(await _surest(client, words, top + _LOSSES), words, top)
    found = await client.search(words, top + _IN_RESERVE)
    if found.verdict is not Verdict.sure or _is_about_births(found.hits[0].entry):
        # 「予約を取り消したい」 is asked because of the loss.
        found = await client.search(because_of_loss(words), top + _IN_RESERVE)
    hits = tuple(hit for hit in found.hits if not _is_about_births(hit.entry))[:top]
    first_stays = bool(hits) and hits[0] == found.hits[0]
    verdict = found.verdict if first_stays else Verdict.unsure
    return found.model_copy(update={"hits": hits, "verdict": verdict})


def _without_losses(found: SearchResult, words: str, top: int) -> SearchResult:
    """Leave out what is told after a miscarriage, where nobody spoke of one: 「母子手帳は？」."""
    if _LOSS.search(words):
        return found.model_copy(update={"hits": found.hits[:top]})
    hits = tuple(hit for hit in found.hits if not _LOSS.search(hit.entry.question))[:top]
    first_stays = hits[:1] == found.hits[:1]
    verdict = found.verdict if first_stays or not hits else Verdict.likely
    return found.model_copy(update={"hits": hits, "verdict": verdict})


async def _surest(client: FaqClient, words: str, top: int) -> SearchResult:
    """Search the whole and, in another language, each of its sentences: one may be surer.

    What is told around a question is measured against every wording of the entries.
    """
    best = await client.search(words, top)
    if best.verdict is Verdict.sure or language() in (SOURCE, _EASY):
        return best
    shortest = _SHORTEST.get(language(), _SHORTEST_LATIN)
    parts = [part for part in map(str.strip, _SENTENCES.split(words)) if len(part) >= shortest]
    for part in parts[:_MOST_SENTENCES] if len(parts) > 1 else ():
        found = await client.search(part, top)
        if _SURENESS.index(found.verdict) > _SURENESS.index(best.verdict):
            best = found
    return best


def mourns_a_child(turn: Turn) -> bool:
    """Tell whether a miscarriage or a stillbirth was told of in this talk."""
    said = [turn.written, *turn.earlier_words]
    return any(Kind.miscarriage in kinds_by_words(text) for text in said)


def _is_about_births(entry: Entry) -> bool:
    return is_about_births(entry.question, entry.answer)
