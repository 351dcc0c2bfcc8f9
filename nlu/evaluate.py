"""Measure the trained model with sentences that stand in no training file. Prints numbers only.

    PYTHONWARNINGS=ignore .venv-rasa/bin/python nlu/evaluate.py [FILE] [--model MODEL]

FILE holds one JSON object a line: {"text", "intent", "voice"}. The sentences are never printed:
whoever improves the training data must not learn them by heart.
"""

import argparse
import asyncio
import json
import logging
import os
from collections import Counter
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# After the line above: TensorFlow reads its log level when Rasa imports it.
import structlog
from rasa.core.agent import Agent
from rasa.shared.importers.importer import TrainingDataImporter

NLU = Path(__file__).resolve().parent
REFUSED = "out_of_scope"
"""Stands for `nlu_fallback` as well: both are answered alike."""


class Judged(NamedTuple):
    """One sentence of the file: what was meant, what was understood, and by whom it is said."""

    text: str
    wanted: str
    found: str
    voice: str


class Score(NamedTuple):
    """How well one intent is found."""

    precision: float
    recall: float
    f1: float
    sentences: int


def judge(model: Path, file: Path) -> list[Judged]:
    """Parse every sentence of the file with the trained model, threshold included."""
    # Rasa logs every sentence that it parses, unless told otherwise.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    agent = Agent.load(str(model))
    judged = []
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found = asyncio.run(agent.parse_message(row["text"]))["intent"]["name"]
        found = REFUSED if found in (None, "nlu_fallback") else found
        judged.append(Judged(row["text"], row["intent"], found, row.get("voice", "")))
    return judged


def trained_sentences() -> set[str]:
    """Return every training sentence, without its annotations."""
    config, domain, data = (str(NLU / name) for name in ("config.yml", "domain", "data"))
    importer = TrainingDataImporter.load_from_config(config, domain, [data])
    return {example.get("text").strip() for example in importer.get_nlu_data().intent_examples}


def share(rows: list[Judged], counts: list[Judged]) -> float:
    """Return which part of the rows counts; 0 where there are none."""
    return len(counts) / len(rows) if rows else 0.0


def accuracy(rows: list[Judged]) -> float:
    """Return the share of sentences that reach their intent."""
    return share(rows, [row for row in rows if row.found == row.wanted])


def scores(rows: list[Judged]) -> dict[str, Score]:
    """Return precision, recall and F1 for each intent of the file."""
    result = {}
    for intent in sorted({row.wanted for row in rows}):
        wanted = [row for row in rows if row.wanted == intent]
        found = [row for row in rows if row.found == intent]
        right = [row for row in wanted if row.found == intent]
        precision, recall = share(found, right), share(wanted, right)
        f1 = 2 * len(right) / (len(wanted) + len(found))
        result[intent] = Score(precision, recall, f1, len(wanted))
    return result


def summary(rows: list[Judged]) -> str:
    """Return the numbers that stand for the whole file (at least one sentence)."""
    foreign = [row for row in rows if row.wanted == REFUSED]
    real = [row for row in rows if row.wanted != REFUSED]
    each = scores(rows).values()
    return "\n".join(
        (
            f"sentences                     {len(rows)}",
            f"accuracy                      {accuracy(rows):.3f}",
            f"macro-F1                      {sum(s.f1 for s in each) / len(each):.3f}",
            "foreign sentences accepted    "
            f"{share(foreign, [row for row in foreign if row.found != REFUSED]):.3f}",
            "real sentences refused        "
            f"{share(real, [row for row in real if row.found == REFUSED]):.3f}",
        )
    )


def details(rows: list[Judged]) -> str:
    """Return a line for each intent and voice, and the most frequent confusions."""
    lines = [f"\n{'intent':22}precision  recall      F1  sentences"]
    for intent, score in scores(rows).items():
        numbers = f"{score.precision:9.2f}{score.recall:8.2f}{score.f1:8.2f}"
        lines.append(f"{intent:22}{numbers}{score.sentences:11}")
    lines.append("\nwanted -> found instead")
    pairs = Counter((row.wanted, row.found) for row in rows if row.wanted != row.found)
    lines += [f"{n:3}  {wanted} -> {found}" for (wanted, found), n in pairs.most_common(25)]
    lines.append("\nvoice          accuracy  sentences")
    for voice in sorted({row.voice for row in rows}):
        spoken = [row for row in rows if row.voice == voice]
        lines.append(f"{voice:15}{accuracy(spoken):8.2f}{len(spoken):11}")
    return "\n".join(lines)


def main() -> None:
    """Print the report of the whole file, and the summary without what was trained."""
    parser = argparse.ArgumentParser(description="Measure the trained model; prints numbers only.")
    parser.add_argument("file", type=Path, nargs="?", default=NLU / "evaluation" / "ja.jsonl")
    parser.add_argument("--model", type=Path, default=NLU / "models" / "concierge.tar.gz")
    options = parser.parse_args()
    rows = judge(options.model, options.file)
    trained = trained_sentences()
    print(summary(rows), details(rows), sep="\n")
    print("\nwithout the sentences that stand in a training file")
    print(summary([row for row in rows if row.text.strip() not in trained]))


if __name__ == "__main__":
    main()
