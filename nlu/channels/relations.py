"""Whether a message continues, corrects or leaves the topic: a calibrated linear model.

It sees the spelling of the message with its entities masked (「〈area〉は？」), what the intent
classifier thinks of it, and how it fits the task that was answered last. Logistic regression, so
its shares are probabilities. `nlu/follow_ups.py` measures it on talks by other hands.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from components.sudachi_tokenizer import fold
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from channels.talks import CONTINUES, CORRECTS, LEAVES, Talks
from channels.topic import FROM_FAQ, TASKS, Topic

Json = dict[str, Any]

SMALL_TALK = frozenset(
    {"greet", "thank", "goodbye", "affirm", "deny", "cancel", "start_over", "help", "chitchat"}
    | {"complain"}
)
_UNSURE = frozenset({"nlu_fallback", "out_of_scope"})
# A sign for each kind of entity stands for its words: any district reads alike.
_MASKS = {
    name: chr(0xE000 + number)
    for number, name in enumerate(sorted({slot for slots in TASKS.values() for slot in slots}))
}
_GROUPS = ("ask_waste_day", "ask_waste_sorting", "set_waste_reminder", "ask_shelter")
# How closely the two models follow their sentences (C). Between 2 and 20 the relations on held-out
# sentences of the talks hardly differ (.88 right, grouped by sentence); that of aspects is a guess.
_STRICTNESS = 6.0
_STRICTNESS_OF_ASPECTS = 40.0
_ENOUGH = 200


@dataclass(frozen=True)
class Judgement:
    """What a message does to the topic, how sure that is, and what it asks about (or `""`)."""

    relation: str
    confidence: float
    aspect: str = ""
    aspect_confidence: float = 0.0


class Relations:
    """The two fitted models: relation, and aspect."""

    def __init__(self, relation: "_Linear", aspect: "_Linear") -> None:
        """`fit_relations` makes them."""
        self._relation = relation
        self._aspect = aspect

    def judge(self, parsed: Json, topic: Topic) -> Judgement:
        """Judge a message, as Rasa parsed it, against the topic."""
        masked = mask(parsed)
        dense = features(parsed, topic)
        relation, chance = self._relation.best([masked], [dense])
        aspect, aspect_chance = self._aspect.best([masked], [[]])
        return Judgement(relation, chance, aspect, aspect_chance)


class _Linear:
    """Spelling and a few numbers, weighed by logistic regression."""

    def __init__(self, texts: Sequence[str], numbers: Sequence[list[float]], wanted: list[str], strictness: float
    ):
        self._words = TfidfVectorizer(
            analyzer="char", ngram_range=(1, 4), sublinear_tf=True, min_df=2
        )
        matrix = self._joined(self._words.fit_transform(texts), numbers)
        self._model = LogisticRegression(
            C=strictness, max_iter=150, tol=1e-3, class_weight="balanced"
        )
        self._model.fit(matrix, wanted)

    def best(self, texts: list[str], numbers: list[list[float]]) -> tuple[str, float]:
        """Return the likeliest class of one message and its probability."""
        matrix = self._joined(self._words.transform(texts), numbers)
        chances: NDArray[np.float64] = self._model.predict_proba(matrix)[0]
        best = int(np.argmax(chances))
        return str(self._model.classes_[best]), float(chances[best])

    @staticmethod
    def _joined(words: csr_matrix, numbers: Sequence[list[float]]) -> csr_matrix:
        return hstack([words, csr_matrix(np.array(numbers, dtype=float))]).tocsr()


def fit_relations(talks: Talks, parse: Callable[[str], Json]) -> Relations:
    """Fit on the talks. `parse` returns Rasa's parse data of a sentence."""
    parsed = {text: parse(text) for text in dict.fromkeys(one.text for one in talks.examples)}
    relation = _Linear(
        [mask(parsed[one.text]) for one in talks.examples],
        [features(parsed[one.text], one.topic) for one in talks.examples],
        [one.relation for one in talks.examples],
        _STRICTNESS,
    )
    aspect = _Linear(
        [mask(parsed[text]) for text, _ in talks.aspects],
        [[] for _ in talks.aspects],
        [name for _, name in talks.aspects],
        _STRICTNESS_OF_ASPECTS,
    )
    return Relations(relation, aspect)


def mask(parsed: Json) -> str:
    """Return the folded text between borders, each entity as one sign."""
    text, place, parts = str(parsed["text"])[:_ENOUGH], 0, []
    for entity in sorted(parsed["entities"], key=lambda one: (one["start"], -one["end"])):
        sign = _MASKS.get(entity["entity"])
        if sign and entity["start"] >= place:
            parts += [text[place : entity["start"]], sign]
            place = entity["end"]
    return f" {fold(''.join([*parts, text[place:]]))} "


def features(parsed: Json, topic: Topic) -> list[float]:
    """Return what else tells: the classifier's view, entities that fit, the kind of topic."""
    ranking = [one for one in parsed["intent_ranking"] if one["name"] != "nlu_fallback"]
    chances = {one["name"]: float(one["confidence"]) for one in ranking}
    best = ranking[0]["name"] if ranking else ""
    sure = chances.get(best, 0.0)
    others = sorted(chances.values(), reverse=True)[1:2]
    fits = [one["entity"] in TASKS.get(topic.task, ()) for one in parsed["entities"]]
    rest = "".join(mark for mark in mask(parsed) if not "\ue000" <= mark <= "\uf8ff").strip()
    small = best in SMALL_TALK
    same = best == topic.task or (best in FROM_FAQ and topic.task in FROM_FAQ)
    return [
        sure * small,
        sure * (best in _UNSURE),
        sure * same,
        sure * (not (small or same or best in _UNSURE)),
        chances.get(topic.task, 0.0),
        sure - (others[0] if others else 0.0),
        min(len(rest), 40) / 20,
        float(len(rest) <= 6),
        float(any(fits)),
        float(not all(fits)),
        float(topic.task in FROM_FAQ),
        *(float(topic.task == group) for group in _GROUPS),
    ]


__all__ = ["CONTINUES", "CORRECTS", "LEAVES", "Judgement", "Relations", "fit_relations"]
