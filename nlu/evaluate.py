"""Measure the trained model with sentences that stand in no training file. Prints numbers only.

    PYTHONWARNINGS=ignore .venv-rasa/bin/python nlu/evaluate.py FILE… [--model MODEL] [--json OUT]

Each FILE holds one JSON object a line: {"text", "intent"}, and perhaps "voice" or "lang". The
sentences are never printed: whoever improves the training data must not learn them by heart.
"""

import argparse
import asyncio
import json
import logging
import os
import time
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
THRESHOLDS = (0.0, 0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8)
BINS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.01)


class Judged(NamedTuple):
    """One sentence of the file: what was meant, what was understood, how surely and how fast."""

    text: str
    wanted: str
    found: str
    guess: str
    """The likeliest intent before the threshold."""
    confidence: float
    voice: str
    lang: str
    seconds: float
    """Of the processor, which a busy machine does not lengthen."""
    asked: tuple[str, ...] = ()
    """The intents that the citizen is asked back about."""


class Score(NamedTuple):
    """How well one intent is found."""

    precision: float
    recall: float
    f1: float
    sentences: int


class Asking(NamedTuple):
    """When the bot asks back instead of refusing, as actions/talking/fallback.py does it."""

    least: float = 1.0
    """Confidence that a guess needs."""
    about: frozenset[str] = frozenset()
    """The intents that have a title to ask with."""

    def guesses(self, ranking: list[dict]) -> tuple[str, ...]:
        """Return up to two intents to ask about."""
        if not ranking or ranking[0]["name"] not in self.about:
            return ()
        likely = [guess["name"] for guess in ranking if guess["confidence"] >= self.least]
        return tuple(name for name in likely if name in self.about)[:2]


def load(model: Path) -> Agent:
    """Return the trained model, warm."""
    be_quiet()
    agent = Agent.load(str(model))
    asyncio.run(agent.parse_message("こんにちは"))
    return agent


def judge(agent: Agent, file: Path, asking: Asking) -> list[Judged]:
    """Parse every sentence of the file with the trained model, thresholds included."""
    lines = file.read_text("utf-8").splitlines()
    return [judge_one(agent, json.loads(line), asking) for line in lines]


def be_quiet() -> None:
    """Keep the sentences out of the log: Rasa writes down every one, unless told otherwise."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def judge_one(agent: Agent, row: dict, asking: Asking) -> Judged:
    """Parse one line of a file."""
    started = time.process_time()
    parsed = asyncio.run(agent.parse_message(row["text"]))
    seconds = time.process_time() - started
    found = parsed["intent"]["name"]
    ranking = [g for g in parsed["intent_ranking"] if g["name"] != "nlu_fallback"]
    guess = ranking[0] if ranking else {"name": REFUSED, "confidence": 0.0}
    return Judged(
        row["text"],
        row["intent"],
        REFUSED if found in (None, "nlu_fallback") else found,
        guess["name"],
        guess["confidence"],
        row.get("voice", ""),
        row.get("lang", "ja"),
        seconds,
        asking.guesses(ranking) if found == "nlu_fallback" else (),
    )


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


def curve(rows: list[Judged]) -> list[tuple[float, float, float]]:
    """Return (threshold, foreign sentences accepted, real sentences refused) for each threshold."""
    foreign = [row for row in rows if row.wanted == REFUSED]
    real = [row for row in rows if row.wanted != REFUSED]

    def accepted(row: Judged, threshold: float) -> bool:
        return row.guess != REFUSED and row.confidence >= threshold

    return [
        (
            t,
            share(foreign, [row for row in foreign if accepted(row, t)]),
            share(real, [row for row in real if not accepted(row, t)]),
        )
        for t in THRESHOLDS
    ]


def reliability(rows: list[Judged]) -> list[tuple[float, float, int, float, float]]:
    """Return (from, to, sentences, mean confidence, share right) for each bin that has any."""
    bins = []
    for low, high in zip(BINS, BINS[1:]):
        inside = [row for row in rows if low <= row.confidence < high]
        if inside:
            mean = sum(row.confidence for row in inside) / len(inside)
            right = share(inside, [row for row in inside if row.guess == row.wanted])
            bins.append((low, min(high, 1.0), len(inside), mean, right))
    return bins


def percentile(values: list[float], part: float) -> float:
    """Return the value that `part` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def figures(rows: list[Judged]) -> dict[str, float]:
    """Return the numbers that stand for the whole file (at least one sentence)."""
    foreign = [row for row in rows if row.wanted == REFUSED]
    real = [row for row in rows if row.wanted != REFUSED]
    each = scores(rows)
    seconds = [row.seconds for row in rows]
    numbers = {
        "sentences": len(rows),
        "accuracy": accuracy(rows),
        "macro_f1": sum(s.f1 for s in each.values()) / len(each),
        "weakest_recall": min(score.recall for score in each.values()),
        "foreign_accepted": share(foreign, [row for row in foreign if row.found != REFUSED]),
        "real_refused": share(real, [row for row in real if _is_lost(row)]),
        "real_asked_back": share(real, [row for row in real if row.wanted in row.asked]),
        "calibration_error": sum(n * abs(c - r) for _, _, n, c, r in reliability(rows)) / len(rows),
        "parse_p50_ms": 1000 * percentile(seconds, 0.5),
        "parse_p95_ms": 1000 * percentile(seconds, 0.95),
    }
    return {name: round(value, 4) for name, value in numbers.items()}


def _is_lost(row: Judged) -> bool:
    """Whether a real sentence was refused, or asked back about without naming what was meant."""
    return row.found == REFUSED and row.wanted not in row.asked


def summary(numbers: dict[str, float]) -> str:
    """Return the figures as a table."""
    return "\n".join(
        [
            "| figure | |",
            "|---|---|",
            *(f"| {name.replace('_', ' ')} | {value:g} |" for name, value in numbers.items()),
        ]
    )


def details(rows: list[Judged]) -> str:
    """Return the tables by intent, threshold, confidence, voice and language."""
    lines = ["", "| intent | precision | recall | F1 | sentences |", "|---|---|---|---|---|"]
    for intent, s in scores(rows).items():
        lines.append(
            f"| {intent} | {s.precision:.2f} | {s.recall:.2f} | {s.f1:.2f} | {s.sentences} |"
        )
    lines += ["", "| wanted | found instead | times |", "|---|---|---|"]
    pairs = Counter((row.wanted, row.found) for row in rows if row.wanted != row.found)
    lines += [f"| {wanted} | {found} | {n} |" for (wanted, found), n in pairs.most_common(25)]
    lines += ["", "| threshold | foreign accepted | real refused |", "|---|---|---|"]
    lines += [f"| {t:.2f} | {a:.3f} | {r:.3f} |" for t, a, r in curve(rows)]
    lines += ["", "| confidence | sentences | said | right |", "|---|---|---|---|"]
    lines += [
        f"| {a:.1f}–{b:.1f} | {n} | {c:.2f} | {r:.2f} |" for a, b, n, c, r in reliability(rows)
    ]
    for kind in ("voice", "lang"):
        names = sorted({getattr(row, kind) for row in rows} - {""})
        if len(names) > 1:
            lines += ["", f"| {kind} | accuracy | sentences |", "|---|---|---|"]
            for name in names:
                some = [row for row in rows if getattr(row, kind) == name]
                lines.append(f"| {name} | {accuracy(some):.3f} | {len(some)} |")
    return "\n".join(lines)


def tables(rows: list[Judged], trained: set[str]) -> str:
    """Return the report of one file, and the figures without what was trained."""
    lines = [summary(figures(rows)), details(rows)]
    apart = [row for row in rows if row.text.strip() not in trained]
    if len(apart) < len(rows):
        lines.append("\nWithout the sentences that also stand in training data:\n")
        lines.append(summary(figures(apart)))
    return "\n".join(lines)


def main() -> None:
    """Print the report of each file, and its figures without what was trained."""
    parser = argparse.ArgumentParser(description="Measure the trained model; prints numbers only.")
    parser.add_argument("files", type=Path, nargs="*", default=[NLU / "evaluation" / "ja.jsonl"])
    parser.add_argument("--model", type=Path, default=NLU / "models" / "concierge.tar.gz")
    parser.add_argument("--json", type=Path, help="write tables and figures of each file here")
    parser.add_argument("--ask-from", type=float, default=1.0, help="ask back from here")
    parser.add_argument("--ask-about", default="", help="intents to ask about, by commas")
    options = parser.parse_args()
    asking = Asking(options.ask_from, frozenset(options.ask_about.split(",")))
    agent, trained = load(options.model), trained_sentences()
    told = []
    for file in options.files:
        rows = judge(agent, file, asking)
        told.append({"tables": tables(rows, trained), "figures": figures(rows)})
        print(told[-1]["tables"])
    if options.json:
        options.json.write_text(json.dumps(told, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
