"""Machine translation for the desk, by an endpoint that the city names; without it there is none.

The endpoint answers as LibreTranslate's `/translate`. It gets masked text and no word of whose it
is, has little time, and is not trusted: what it answers is text and nothing else.
"""

import asyncio
import unicodedata
from collections import OrderedDict
from collections.abc import Iterable

import httpx2

from bot.handoff.writing import masked
from kit.errors import UnavailableError
from kit.logging import get_logger
from kit.outbound import fetch_json
from kit.settings import Settings
from messages.languages import Language

log = get_logger(__name__)

# For everything that one page wants; what comes later stands there at the next look.
PATIENCE_SECONDS = 2.0
LONGEST = 2000
_KEPT = 2000
_AT_ONCE = 4
# No translation is so much longer than its original.
_TIMES, _MORE = 4, 200

Wanted = tuple[Language, str]
"""A text and the language that it is written in."""


class Translator:
    """Translates, and remembers what it has translated as long as the process lives."""

    def __init__(self, settings: Settings, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.outbound.provider_client`."""
        self._url = settings.translation_url
        self._key = settings.translation_key.get_secret_value()
        self._http = http
        self._known: OrderedDict[tuple[str, str, str], str] = OrderedDict()
        self._gate = asyncio.Semaphore(_AT_ONCE)

    @property
    def is_there(self) -> bool:
        """Whether the city names an endpoint."""
        return bool(self._url)

    async def into_japanese(self, wanted: Iterable[Wanted]) -> dict[Wanted, str]:
        """Return the translations that are there in good time."""
        asked = {
            asyncio.create_task(self.translate(text, language, Language.ja)): (language, text)
            for language, text in dict.fromkeys(wanted)
        }
        if not asked:
            return {}
        done, late = await asyncio.wait(asked, timeout=PATIENCE_SECONDS)
        for task in late:
            task.cancel()
        found = {asked[task]: task.result() for task in done}
        return {one: words for one, words in found.items() if words is not None}

    async def translate(self, text: str, source: Language, target: Language) -> str | None:
        """Return a text in another language; None where that cannot be had now."""
        words = masked(text.strip())[:LONGEST]
        key = (words, source, target)
        if not self.is_there or not words:
            return None
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), self._gate:
                found = _clean(await self._ask(words, source, target), words)
        except (UnavailableError, TimeoutError) as error:
            log.warning("not_translated", reason=type(error).__name__)
            return None
        if found is not None:
            self._known[key] = found
            if len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return found

    async def _ask(self, words: str, source: Language, target: Language) -> object:
        asked = {"q": words, "source": source, "target": target, "format": "text"}
        if self._key:
            asked["api_key"] = self._key
        status, answer = await fetch_json(self._http, "POST", self._url, json=asked)
        return answer.get("translatedText") if status == httpx2.codes.OK else None


def _clean(answer: object, original: str) -> str | None:
    """Return what was answered as plain text; None where it is none, or far too much."""
    if not isinstance(answer, str):
        return None
    # Control and format characters: among these are those that turn the reading direction.
    plain = "".join(c for c in answer if c == "\n" or unicodedata.category(c)[0] != "C").strip()
    return plain if 0 < len(plain) <= _TIMES * len(original) + _MORE else None
