"""Choose the two thresholds of confidence by what mistakes cost, on held-out training folds.

    .venv-rasa/bin/python nlu/thresholds.py [--model MODEL]

Training keeps what its folds made of the sentences they had not seen, so this takes a second and
never looks at `evaluation/`. From `answer` on, the likeliest intent is answered; between `ask` and
`answer` the citizen is asked which of two was meant; below, the bot admits that it did not
understand.
"""

import argparse
import json
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from components.linear_model import Model
from numpy.typing import NDArray

NLU = Path(__file__).resolve().parent
FOREIGN = "out_of_scope"

# In messages that the citizen reads or writes without being helped.
ASKED_RIGHT = 1.0
"""One tap on what was meant."""
REFUSED = 3.0
"""Read that it was not understood, say it anew, read the answer."""
ASKED_WRONG = 3.5
"""The same, after a question that shows it was misunderstood; some tap a wrong guess."""
WRONG = 4.0
"""The same, after a longer wrong answer; some will believe it."""
FOREIGN_ASKED = 2.0
"""A question back to somebody whose matter is not the city's."""
FOREIGN_SHARE = 0.1
"""One message in ten is no matter of the city's."""
ALIKE = 1.01
"""Costs within one percent are the same; of these the pair that answers most is taken."""

STEPS = np.round(np.arange(0.1, 0.91, 0.05), 2)
Numbers = NDArray[np.floating]


class Choice(NamedTuple):
    """Two thresholds and what they cost, in messages lost for each message received."""

    answer: float
    ask: float
    cost: float


class Held(NamedTuple):
    """The held-out sentences; every field has one row for each."""

    real: NDArray[np.bool_]
    first_foreign: NDArray[np.bool_]
    """Whether the likeliest class is the explicit one for foreign matters."""
    right: NDArray[np.bool_]
    """(sentences, 2) whether the first or the second guess is what was meant"""
    sure: Numbers
    """(sentences, 2) confidence of the two"""
    weight: Numbers


def held_out(model: Model) -> Held:
    """Return the held-out sentences of a model, foreign ones weighted to FOREIGN_SHARE."""
    data, foreign = model.held_out, model.labels.index(FOREIGN)
    real = data.wanted != foreign
    weight = np.where(real, (1 - FOREIGN_SHARE) / real.sum(), FOREIGN_SHARE / (~real).sum())
    return Held(
        real,
        data.guesses[:, 0] == foreign,
        data.guesses[:, :2] == data.wanted[:, None],
        data.confidences[:, :2],
        weight,
    )


def cost(held: Held, answer: float, ask: float) -> float:
    """Return what a pair of thresholds costs on average."""
    answered = ~held.first_foreign & (held.sure[:, 0] >= answer)
    asked = ~held.first_foreign & ~answered & (held.sure[:, 0] >= ask)
    offered = (held.right & (held.sure >= ask)).any(axis=1)
    of_real = np.select(
        [answered, asked],
        [
            np.where(held.right[:, 0], 0, WRONG),
            np.where(offered, ASKED_RIGHT, ASKED_WRONG),
        ],
        REFUSED,
    )
    of_foreign = np.select([answered, asked], [WRONG, FOREIGN_ASKED], 0.0)
    return float((np.where(held.real, of_real, of_foreign) * held.weight).sum())


def choose(held: Held) -> list[Choice]:
    """Return the pairs of thresholds that cost least or hardly more, the chosen one first."""
    pairs = [(answer, ask) for answer in STEPS for ask in STEPS if ask <= answer]
    choices = [Choice(float(a), float(b), cost(held, a, b)) for a, b in pairs]
    least = min(choice.cost for choice in choices)
    return sorted(choice for choice in choices if choice.cost <= ALIKE * least)


def read(archive: Path) -> Model:
    """Return the classifier of a trained model."""
    with tempfile.TemporaryDirectory() as folder, tarfile.open(archive) as file:
        parts = [m for m in file.getmembers() if "LinearIntentClassifier" in m.name and m.isfile()]
        for part in parts:
            part.name = Path(part.name).name
            file.extract(part, folder)
        return Model.read(Path(folder))


def figures(model: Model) -> dict[str, float]:
    """Return how well the folds understood: the cross-validation that training makes anyway."""
    data = model.held_out
    guess = data.guesses[:, 0]
    f1 = []
    for label in range(len(model.labels)):
        both = ((guess == label) & (data.wanted == label)).sum()
        f1.append(2 * both / max(1, (guess == label).sum() + (data.wanted == label).sum()))
    return {
        "accuracy": round(float((guess == data.wanted).mean()), 4),
        "macro_f1": round(float(np.mean(f1)), 4),
    }


def main() -> None:
    """Print the cross-validation and the thresholds, as Markdown or as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, default=NLU / "models" / "concierge.tar.gz")
    parser.add_argument("--json", action="store_true", help="print the figures and the chosen pair")
    options = parser.parse_args()
    model = read(options.model)
    choices = choose(held_out(model))
    if options.json:
        print(json.dumps({**figures(model), "answer": choices[0].answer, "ask": choices[0].ask}))
        return
    print("| figure | |", "|---|---|", sep="\n")
    for name, value in figures(model).items():
        print(f"| {name.replace('_', ' ')} | {value:g} |")
    print(f"| sharpness | {model.sharpness:.2f} |")
    print("", "| answer from | ask back from | cost |", "|---|---|---|", sep="\n")
    for choice in choices:
        print(f"| {choice.answer:g} | {choice.ask:g} | {choice.cost:.4f} |")


if __name__ == "__main__":
    main()
