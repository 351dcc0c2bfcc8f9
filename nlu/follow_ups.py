"""Measure how messages are read together with what was said before. Prints numbers only.

    PYTHONPATH=nlu .venv-rasa/bin/python nlu/follow_ups.py [FILE] [--model MODEL] [--json OUT]

FILE (`nlu/evaluation/follow_ups.jsonl`) holds one talk a line: `turns`, and of the last one what is
expected: its relation to what came before, the task and the slots. What the actions would have
known besides (the entry that was told) is not there. A talk whose last sentence stands in the
training data is left out.
"""

import argparse
import asyncio
import json
import logging
import os
from collections import Counter
from datetime import datetime, timezone
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

# After the line above: TensorFlow reads its log level when Rasa imports it.
import structlog
from channels.learning import learn_relations
from channels.relations import Relations
from channels.resolving import Resolved, left, resolve
from channels.talks import read_talks
from channels.topic import FOLLOW_UP, FROM_FAQ, fresh
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage

NLU = Path(__file__).resolve().parent
_NOW = datetime(2026, 11, 30, 9, tzinfo=timezone.utc)
_META = {"at": _NOW.isoformat()}


def main() -> None:
    """Print the shares of right relations and tasks, by relation and by language."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "file", nargs="?", type=Path, default=NLU / "evaluation" / "follow_ups.jsonl"
    )
    parser.add_argument("--model", type=Path, default=NLU / "models" / "concierge.tar.gz")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    logging.disable(logging.WARNING)
    agent = Agent.load(str(given.model))
    talks = [json.loads(line) for line in given.file.read_text("utf-8").splitlines()]
    relations = asyncio.run(learn_relations(agent.processor))
    figures = asyncio.run(measure(agent, relations, talks))
    for name, figure in figures.items():
        print(f"{name:32} {figure:.3f}")  # noqa: T201
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")


async def measure(agent: Agent, relations: Relations, talks: list[dict]) -> dict[str, float]:
    """Return name → share; `…/talks` are counts."""
    known = {one.text for one in read_talks().examples}
    right: Counter[str] = Counter()
    played: Counter[str] = Counter()
    for talk in talks:
        if talk["turns"][-1]["say"] in known:
            continue
        resolved = await _played(agent, relations, talk["turns"])
        wanted = talk["expect"]
        same_relation = resolved.told.get("relation", "leaves") == wanted["relation"]
        followed = resolved.told.get("relation", "leaves") != "leaves"
        for group in ("all", wanted["relation"], talk["language"]):
            played[group] += 1
            right[f"relation/{group}"] += same_relation
            # Whether it goes on at all; what is taken for the other of the two ends well, too.
            right[f"follows/{group}"] += followed == (wanted["relation"] != "leaves")
            right[f"aspect/{group}"] += _same_aspect(resolved, wanted["slots"].get("aspect"))
            right[f"task/{group}"] += _same_task(resolved, wanted["task"])
    shares = {name: count / played[name.partition("/")[2]] for name, count in sorted(right.items())}
    return {**{f"talks/{name}": float(count) for name, count in played.items()}, **shares}


async def _played(agent: Agent, relations: Relations, turns: list[dict]) -> Resolved:
    topic, resolved = None, None
    for turn in turns:
        parsed = await agent.processor.parse_message(UserMessage(turn["say"], metadata=_META))
        ranking = [one for one in parsed["intent_ranking"] if one["name"] != "nlu_fallback"]
        if resolved is None and parsed["intent"]["name"] == "nlu_fallback" and ranking:
            # Asked back, the resident taps what was meant.
            topic = fresh(ranking[0]["name"], turn["say"], parsed["entities"], _NOW)
            resolved = left(parsed, topic, _NOW)
            continue
        resolved = resolve(relations, parsed, topic, _NOW)
        topic = resolved.topic
    return resolved


def _same_aspect(resolved: Resolved, wanted: str | None) -> bool:
    return wanted is None or resolved.told.get("aspect") == wanted


def _same_task(resolved: Resolved, wanted: str) -> bool:
    found = resolved.parsed["intent"]["name"]
    task = resolved.told["task"] if found == FOLLOW_UP else found
    return task == wanted or {task, wanted} <= FROM_FAQ


if __name__ == "__main__":
    main()
