"""A border around each intent, and how sure the distances from the borders make us.

The distances become probabilities by a softmax with one number, the sharpness, chosen on held-out
folds. Measured against one curve for each intent (Platt): docs/decisions/0011.
"""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rasa.nlu.tokenizers.tokenizer import Token
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, hstack
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from components.courtesy import without_courtesy
from components.sentence_meaning import Meaning, Numbers
from components.sentence_vectors import WholeSentence
from components.vocabulary import Vocabulary

Labels = NDArray[np.int64]

FOLDS = 3
TOLERANCE = 0.3
"""Of the solver; finer ones (.1, 1e-4) changed no accuracy and took up to twice as long."""
SHARPNESS = (0.5, 20.0)
"""Bounds within which the sharpness is searched."""
HELD_OUT_RANKS = 3


@dataclass(frozen=True)
class Sentence:
    """What the model reads of one sentence."""

    tokens: list[Token]
    vector: Numbers
    """(width,) of the sentence encoder, for the text without its courtesy"""


@dataclass(frozen=True)
class HeldOut:
    """What the folds made of the training sentences they had not seen; holds no sentence."""

    wanted: Labels
    """(sentences,) numbers of labels"""
    guesses: Labels
    """(sentences, HELD_OUT_RANKS) numbers of labels, likeliest first"""
    confidences: Numbers
    """(sentences, HELD_OUT_RANKS)"""


@dataclass(frozen=True)
class Model:
    """Weights of all features for every intent."""

    vocabulary: Vocabulary
    meaning: Meaning
    whole: WholeSentence
    labels: list[str]
    weights: Numbers
    """(terms, landmarks and numbers of the sentence vector; intents)"""
    intercepts: Numbers
    sharpness: float
    held_out: HeldOut

    def probabilities(self, sentence: Sentence) -> Numbers:
        """Return a probability for each label; they add up to one."""
        tokens = without_courtesy(sentence.tokens)
        indices, values = self.vocabulary.row(tokens)
        terms = np.asarray(values) @ self.weights[indices]
        dense = _dense(self.meaning, self.whole, [sentence])[0]
        numbers = dense @ self.weights[len(self.vocabulary) :]
        return _softmax(self.sharpness * (self.intercepts + terms + numbers))

    def save(self, folder: Path) -> None:
        """Write the model as plain JSON and numbers: nothing in it can run."""
        words = {
            "labels": self.labels,
            "columns": self.vocabulary.columns,
            "rarity": self.meaning.rarity,
            "unknown": self.meaning.unknown,
            "sharpness": self.sharpness,
        }
        (folder / "words.json").write_text(json.dumps(words, ensure_ascii=False), "utf-8")
        # Compressed here: Rasa packs the model at the highest level, which takes seconds.
        np.savez_compressed(
            folder / "numbers.npz",
            weights=self.weights,
            intercepts=self.intercepts,
            landmarks=self.meaning.landmarks,
            whitening=self.meaning.whitening,
            center=self.whole.center,
            directions=self.whole.directions,
        )
        np.savez(folder / "held_out.npz", **vars(self.held_out))

    @classmethod
    def read(cls, folder: Path) -> "Model":
        """Read what `save` wrote."""
        words = json.loads((folder / "words.json").read_text("utf-8"))
        numbers, held_out = _arrays(folder / "numbers.npz"), _arrays(folder / "held_out.npz")
        return cls(
            Vocabulary(words["columns"]),
            Meaning(words["rarity"], words["unknown"], numbers["landmarks"], numbers["whitening"]),
            WholeSentence(numbers["center"], numbers["directions"]),
            words["labels"],
            numbers["weights"],
            numbers["intercepts"],
            words["sharpness"],
            HeldOut(**held_out),
        )


def _arrays(path: Path) -> dict[str, Numbers]:
    with np.load(path, allow_pickle=False) as file:
        return dict(file)


def fit(sentences: list[Sentence], intents: list[str], strictness: float, seed: int) -> Model:
    """Train on sentences. Every intent needs at least `FOLDS` of them."""
    words = [without_courtesy(sentence.tokens) for sentence in sentences]
    vocabulary = Vocabulary.learn(words)
    meaning = Meaning.learn(words, seed)
    whole = WholeSentence.learn(np.array([sentence.vector for sentence in sentences]))
    matrix = hstack(
        [_terms(vocabulary, words), csr_matrix(_dense(meaning, whole, sentences))]
    ).tocsr()
    labels, wanted = np.unique(intents, return_inverse=True)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    parts = list(folds.split(matrix, wanted))

    def machine(rows: Labels) -> LinearSVC:
        solver = LinearSVC(C=strictness, tol=TOLERANCE, random_state=seed)
        return solver.fit(matrix[rows], wanted[rows])

    # The solver leaves Python's lock alone, so threads share the matrix and all cores work. They share
    # its random numbers as well: weights are the same up to the solver's tolerance.
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        full, *partial = threads.map(
            machine, [np.arange(len(wanted)), *(known for known, _ in parts)]
        )
    distances = np.zeros((len(wanted), len(labels)))
    for part, (_, unseen) in zip(partial, parts):
        distances[unseen] = _distances(part, matrix[unseen])
    sharpness = _sharpness(distances, wanted)
    weights, intercepts = _borders(full)
    return Model(
        vocabulary,
        meaning,
        whole,
        [str(label) for label in labels],
        weights.T.astype(np.float16),
        intercepts,
        sharpness,
        _held_out(_softmax(sharpness * distances), wanted),
    )


def _terms(vocabulary: Vocabulary, sentences: list[list[Token]]) -> csr_matrix:
    rows = [vocabulary.row(tokens) for tokens in sentences]
    return csr_matrix(
        (
            np.concatenate([values for _, values in rows]),
            np.concatenate([indices for indices, _ in rows]),
            np.cumsum([0] + [len(indices) for indices, _ in rows]),
        ),
        shape=(len(rows), len(vocabulary)),
    )


def _dense(meaning: Meaning, whole: WholeSentence, sentences: list[Sentence]) -> Numbers:
    """Return (sentences, landmarks and numbers of the sentence vector)."""
    words = [without_courtesy(sentence.tokens) for sentence in sentences]
    vectors = np.array([sentence.vector for sentence in sentences])
    dense: Numbers = np.hstack([meaning.features(words), whole.features(vectors)])
    return dense


def _borders(machine: LinearSVC) -> tuple[Numbers, Numbers]:
    """Return weights (intents, features) and intercepts; sklearn gives two intents one border."""
    if len(machine.classes_) > 2:
        return machine.coef_, machine.intercept_
    return np.vstack([-machine.coef_, machine.coef_]), np.hstack(
        [-machine.intercept_, machine.intercept_]
    )


def _distances(machine: LinearSVC, matrix: csr_matrix) -> Numbers:
    weights, intercepts = _borders(machine)
    distances: Numbers = matrix @ weights.T + intercepts
    return distances


def _softmax(distances: Numbers) -> Numbers:
    powers = np.exp(distances - distances.max(-1, keepdims=True))
    chances: Numbers = powers / powers.sum(-1, keepdims=True)
    return chances


def _sharpness(distances: Numbers, wanted: Labels) -> float:
    """Return the factor under which the held-out answers were least surprising."""
    rows = np.arange(len(wanted))

    def surprise(sharpness: float) -> float:
        chances = _softmax(sharpness * distances)[rows, wanted]
        return float(-np.log(np.maximum(chances, 1e-12)).mean())

    return float(minimize_scalar(surprise, bounds=SHARPNESS, method="bounded").x)


def _held_out(chances: Numbers, wanted: Labels) -> HeldOut:
    guesses = np.argsort(-chances, axis=1)[:, :HELD_OUT_RANKS]
    return HeldOut(wanted, guesses, np.take_along_axis(chances, guesses, axis=1))
