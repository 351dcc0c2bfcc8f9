"""Our pipeline beside the one that Bürokratt publishes: same sentences, one run, one machine.

    .venv-rasa/bin/python nlu/compare.py [--per-intent N] [--epochs N]

Both learn the same Japanese training sentences, N drawn for each intent, and are asked about
`evaluation/ja.jsonl` in turns. Bürokratt's tokenizer parts at blanks, so its sentences get blanks
between Sudachi's words; that work is left out of its time. It takes some minutes.
"""

import argparse
import asyncio
import contextlib
import json
import random
import sys
import tempfile
import time
from pathlib import Path

import yaml
from components.sudachi_tokenizer import SudachiTokenizer
from evaluate import NLU, Asking, Judged, be_quiet, figures, judge_one
from rasa.core.agent import Agent
from rasa.model_training import train_nlu
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message

SEED = 50
LANGUAGES = ("_en.yml", "_zh.yml", "_vi.yml", "_pt.yml")
FIGURES = (
    "accuracy",
    "macro_f1",
    "foreign_accepted",
    "real_refused",
    "parse_p50_ms",
    "parse_p95_ms",
)


def burokratt(epochs: int) -> dict:
    """Return the configuration that all public copies of Bürokratt's bot share."""
    return {
        "recipe": "default.v1",
        "language": "et",
        "pipeline": [
            {"name": "WhitespaceTokenizer"},
            {"name": "RegexFeaturizer"},
            {"name": "LexicalSyntacticFeaturizer"},
            {"name": "CountVectorsFeaturizer"},
            {
                "name": "CountVectorsFeaturizer",
                "analyzer": "char_wb",
                "min_ngram": 1,
                "max_ngram": 4,
            },
            {
                "name": "DIETClassifier",
                "entity_recognition": False,
                "epochs": epochs,
                "random_seed": SEED,
            },
            {"name": "RegexEntityExtractor"},
            {"name": "FallbackClassifier", "threshold": 0.8},
        ],
    }


def sentences(per_intent: int) -> dict[str, list[str]]:
    """Return Japanese training sentences by intent, drawn in the same way each time."""
    by_intent: dict[str, list[str]] = {}
    for path in sorted((NLU / "data").rglob("*.yml")):
        if path.name in ("rules.yml", "lookups.yml", "follow_ups.yml") or path.name.endswith(LANGUAGES):
            continue
        for example in load_data(str(path)).intent_examples:
            by_intent.setdefault(example.get(INTENT), []).append(example.get(TEXT))
    draw = random.Random(SEED)
    return {
        intent: draw.sample(texts, min(per_intent, len(texts)))
        for intent, texts in sorted(by_intent.items())
    }


def parted(text: str) -> str:
    """Return the text with blanks between its words."""
    tokenizer = SudachiTokenizer(SudachiTokenizer.get_default_config())
    return " ".join(token.text for token in tokenizer.tokenize(Message({TEXT: text}), TEXT))


def trained(folder: Path, config: dict, texts: dict[str, list[str]]) -> tuple[Agent, float]:
    """Train a pipeline and load it; return it with the seconds that training took."""
    examples = [
        {"intent": intent, "examples": "".join(f"- {text}\n" for text in some)}
        for intent, some in texts.items()
    ]
    folder.mkdir()
    data, settings = folder / "nlu.yml", folder / "config.yml"
    data.write_text(
        yaml.safe_dump({"version": "3.1", "nlu": examples}, allow_unicode=True), "utf-8"
    )
    settings.write_text(yaml.safe_dump(config), "utf-8")
    started = time.perf_counter()
    # Rasa prints its progress; what we print is the table.
    with contextlib.redirect_stdout(sys.stderr):
        model = train_nlu(str(settings), str(data), str(folder), fixed_model_name="model")
    seconds = time.perf_counter() - started
    agent = Agent.load(str(model))
    asyncio.run(agent.parse_message("こんにちは"))
    return agent, seconds


def guessed(rows: list[Judged]) -> float:
    """Return the accuracy of the likeliest intents, thresholds left aside."""
    return sum(row.guess == row.wanted for row in rows) / len(rows)


def table(
    ours: list[Judged], theirs: list[Judged], seconds: tuple[float, float]
) -> dict[str, tuple[float, float]]:
    """Return figure → (ours, theirs)."""
    our_figures, their_figures = figures(ours), figures(theirs)
    return {
        "accuracy of the likeliest intent": (guessed(ours), guessed(theirs)),
        **{name.replace("_", " "): (our_figures[name], their_figures[name]) for name in FIGURES},
        "training s": seconds,
    }


def measured(per_intent: int, epochs: int) -> dict[str, tuple[float, float]]:
    """Train both and ask them in turns, so that a busy machine slows both alike."""
    texts = sentences(per_intent)
    words = {intent: [parted(text) for text in some] for intent, some in texts.items()}
    lines = (NLU / "evaluation" / "ja.jsonl").read_text("utf-8").splitlines()
    with tempfile.TemporaryDirectory() as folder:
        settings = yaml.safe_load((NLU / "config.yml").read_text("utf-8"))
        ours, our_time = trained(Path(folder) / "ours", settings, texts)
        theirs, their_time = trained(Path(folder) / "theirs", burokratt(epochs), words)
        rows: tuple[list[Judged], list[Judged]] = ([], [])
        for row in map(json.loads, lines):
            rows[0].append(judge_one(ours, row, Asking()))
            rows[1].append(judge_one(theirs, {**row, "text": parted(row["text"])}, Asking()))
    return table(*rows, (our_time, their_time))


def main() -> None:
    """Print both pipelines' figures and their ratio as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--per-intent", type=int, default=30, help="training sentences an intent")
    parser.add_argument("--epochs", type=int, default=30, help="of DIET; Bürokratt's take 30 to 40")
    options = parser.parse_args()
    be_quiet()
    rows = measured(options.per_intent, options.epochs)
    print(f"Up to {options.per_intent} Japanese training sentences of each intent, ", end="")
    print(
        f"{options.epochs} epochs of DIET, asked about `ja.jsonl`; each with its own threshold.\n"
    )
    print("| figure | ours | Bürokratt's | ratio |", "|---|---|---|---|", sep="\n")
    for name, (our, their) in rows.items():
        print(f"| {name} | {our:.3f} | {their:.3f} | {our / their if their else 0:.2f} |")


if __name__ == "__main__":
    main()
