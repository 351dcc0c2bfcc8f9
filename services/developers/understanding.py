"""What the city understands by a sentence already, asked of the NLU and of the FAQ."""

import httpx2

from kit.http import call
from services.developers.checks import Understood
from services.faq.contract import FaqClient, Verdict

NOT_UNDERSTOOD = frozenset({"nlu_fallback", "out_of_scope"})
"""Intents that end in the fallback, which alone looks for skills from outside."""


class Understanding:
    """Asks Rasa and the FAQ. Raises UnavailableError while one of them is away."""

    def __init__(self, rasa: httpx2.AsyncClient, faq: FaqClient) -> None:
        """`rasa` reaches Rasa with the internal token."""
        self._rasa = rasa
        self._faq = faq

    async def of(self, sentence: str) -> Understood:
        """Return what a sentence means to the city."""
        said = {"text": sentence}
        read = await call(self._rasa, "POST", "/webhooks/concierge/readings", json=said)
        if read["intent"] not in NOT_UNDERSTOOD:
            return Understood(sentence, str(read["intent"]))
        found = await self._faq.search(sentence, 1)
        if found.verdict is Verdict.sure:
            return Understood(sentence, found.hits[0].entry.id)
        return Understood(sentence, "")
