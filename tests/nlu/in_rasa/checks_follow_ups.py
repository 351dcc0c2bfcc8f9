"""How messages go on with what was said before, on talks by other hands: a floor against decay."""

import asyncio
import json

from channels.relations import Relations
from follow_ups import NLU, measure
from rasa.core.agent import Agent

TALKS = NLU / "evaluation" / "follow_ups.jsonl"
# A little under what was measured (2026-11-30): shares of the talks.
FLOORS = {"follows/all": 0.84, "follows/continues": 0.84, "task/all": 0.84, "follows/leaves": 0.85}


def check_talks_by_other_hands_are_followed_as_well_as_they_were(
    agent: Agent, relations: Relations
) -> None:
    talks = [json.loads(line) for line in TALKS.read_text("utf-8").splitlines()]
    figures = asyncio.run(measure(agent, relations, talks))
    assert figures["talks/all"] > 150
    assert {name for name, floor in FLOORS.items() if figures[name] < floor} == set()
