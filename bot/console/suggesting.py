"""What the FAQ would answer to a citizen's last words: shown to a person, sent by nobody else."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence

from bot.console.transcript import Entry
from bot.handoff.writing import masked
from bot.turns.language import language_of
from kit.clock import Clock
from kit.errors import UnavailableError
from kit.wording import load_wording, spoken_in
from messages.languages import Language
from services.faq import contract
from services.faq.contract import FaqClient, Verdict

PATIENCE_SECONDS = 1.0
MOST = 2
# A page looks again at every change; the same words are searched once in this many seconds.
FRESH_SECONDS = 60.0
_KEPT = 500
_LAST = 3
LONGEST = 300


def last_words(entries: Sequence[Entry]) -> str:
    """Return what a citizen has written since a person last answered, empty for nothing."""
    said: list[str] = []
    for entry in reversed(entries):
        if entry.side == "staff" or len(said) == _LAST:
            break
        if entry.side == "citizen":
            said += [" ".join(part.text for part in entry.parts if part.kind == "text")]
    return masked("\n".join(words for words in reversed(said) if words))[-LONGEST:]


class Suggestions:
    """Asks the FAQ. Without it, or where nothing fits, there are none."""

    def __init__(self, faq: FaqClient, clock: Clock) -> None:
        """Both are made once per process."""
        self._faq = faq
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, tuple[contract.Entry, ...]]] = OrderedDict()

    async def to(self, entries: Sequence[Entry]) -> tuple[contract.Entry, ...]:
        """Return the entries that may answer a conversation as it stands, the best first."""
        asked, now = last_words(entries), self._clock().timestamp()
        if not asked:
            return ()
        at, found = self._known.get(asked, (0.0, ()))
        if now - at < FRESH_SECONDS:
            return found
        try:
            spoken = load_wording(language_of(asked) or Language.ja)
            with spoken_in(spoken):
                async with asyncio.timeout(PATIENCE_SECONDS):
                    result = await self._faq.search(asked, MOST)
        except (TimeoutError, UnavailableError):
            return ()
        fits = result.verdict is not Verdict.unsure
        found = tuple(hit.entry for hit in result.hits) if fits else ()
        self._known[asked] = (now, found)
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return found
