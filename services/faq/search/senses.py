"""How near whole sentences are in meaning, by sentence vectors (`kit.embedding`)."""

import logging
from collections.abc import Sequence

import numpy as np

from kit.embedding import Embedder, Vectors
from kit.errors import UnavailableError
from services.faq.rules import Entry
from services.faq.search.postings import Scores

# An answer's first sentences say what it is about; more of it blurs the vector.
READ_OF_ANSWER = 100

_log = logging.getLogger(__name__)


class Senses:
    """The sentence vectors of all entries: of each with its answer, and of each wording."""

    def __init__(self, entries: Sequence[Entry], embedder: Embedder) -> None:
        """Make the vectors. Where that is not possible now, the first questions try again."""
        self._embedder = embedder
        self._passages = [entry.question + entry.answer[:READ_OF_ANSWER] for entry in entries]
        asked = [(entry.question, *entry.variants) for entry in entries]
        self._wordings = [wording for wordings in asked for wording in wordings]
        self._firsts = np.cumsum([0, *(len(wordings) for wordings in asked[:-1])])
        self._vectors: Vectors | None = None
        self.vector("")

    def vector(self, text: str) -> Vectors | None:
        """Return the vector (width,) of a question; None while the embedder fails."""
        try:
            if self._vectors is None:
                texts = [*self._passages, *self._wordings]
                self._vectors = self._embedder.embed(texts, "passage")
            vector: Vectors = self._embedder.embed([text], "query")[0]
        except UnavailableError as error:
            _log.warning("faq_ranks_by_words_only", extra={"reason": error.message})
            return None
        return vector

    def cosines(self, vector: Vectors) -> dict[str, Scores]:
        """Return the signals `passage` and `wording`, a number for each entry."""
        if self._vectors is None:
            return {}
        cosines: Scores = self._vectors @ vector
        count = len(self._passages)
        nearest: Scores = np.maximum.reduceat(cosines[count:], self._firsts)
        return {"passage": cosines[:count], "wording": nearest}
