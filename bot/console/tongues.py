"""Which parts of a conversation stand in another language than staff read. Pure."""

from collections.abc import Mapping, Sequence

from bot.console.transcript import Entry
from bot.handoff.translating import Wanted
from bot.turns.language import language_of
from messages.languages import Language

NAMES = {
    Language.en: "英語",
    Language.zh: "中国語",
    Language.vi: "ベトナム語",
    Language.pt: "ポルトガル語",
}
MOST = 30
"""The newest so many are translated; older ones are few people's concern."""


def foreign_words(entries: Sequence[Entry], chosen: str) -> dict[int, Wanted]:
    """Return what to translate: place among the entries → language and words.

    `chosen` is the citizen's language where the words do not tell theirs.
    """
    found = {}
    for place in range(len(entries) - 1, -1, -1):
        entry = entries[place]
        words = "\n".join(part.text for part in entry.parts if part.kind == "text")
        language = _foreign(words, chosen) if entry.side != "event" and words else None
        if language is not None:
            found[place] = (language, words)
        if len(found) == MOST:
            break
    return found


def language_of_talk(entries: Sequence[Entry], chosen: str) -> Language | None:
    """Return the language to answer in, None where that is Japanese: the newest words count."""
    for entry in reversed(entries):
        words = "\n".join(part.text for part in entry.parts if part.kind == "text")
        written = language_of(words) if entry.side == "citizen" and words else None
        if written is not None:
            return written if written in NAMES else None
    return _named(chosen)


def _foreign(words: str, chosen: str) -> Language | None:
    written = language_of(words)
    return _named(chosen) if written is None else _named(written)


def _named(language: str) -> Language | None:
    known: Mapping[str, Language] = {str(one): one for one in NAMES}
    return known.get(language)
