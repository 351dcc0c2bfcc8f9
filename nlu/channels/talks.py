"""The talks of two turns from which the channel learns: `data/talking/follow_ups.yml`.

Shapes: `aspects` name → sentences; `topics` a list of `topic` with `continues` and `corrects`;
`wholes` intent → sentences that need no topic; `small` intent → small talk.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import yaml

from channels.topic import FROM_FAQ, TASKS, Slots, Topic

FILE = Path(__file__).parents[1] / "data" / "talking" / "follow_ups.yml"

CONTINUES, CORRECTS, LEAVES = "continues", "corrects", "leaves"
# With how many topics a sentence that fits any is paired.
_PAIRS = 4
# Of each file's sentences of an intent so many are taken, of at most so many characters.
_OF_EACH, _SHORT = 4, 24
_WHOLE, _LONGEST = 7, 40
# So many questions of their own leave another matter that the FAQ answered.
_OF_FAQ = 150
# To one of these after the other, a bare sentence may well go on.
_NEIGHBOURS = frozenset({"ask_waste_day", "ask_waste_sorting", "set_waste_reminder"})
_WHEN = datetime(2026, 11, 30, tzinfo=timezone.utc)
# What may be asked about which tasks; the rest is asked of what the FAQ answers.
ABOUT: dict[str, frozenset[str]] = {
    "bag": frozenset({"ask_waste_sorting", "ask_waste_day"}),
    "day": frozenset({"ask_waste_sorting", "ask_waste_day"}),
    "keep": frozenset({"ask_waste_day"}),
    **dict.fromkeys(("stop", "resume", "show"), frozenset({"set_waste_reminder"})),
    **dict.fromkeys(
        ("hours", "weekend", "phone", "place", "cost"),
        FROM_FAQ | {"ask_facility", "ask_oncall_clinic", "ask_waste_sorting"},
    ),
    "online": FROM_FAQ | {"ask_waste_sorting", "apply_nursery"},
    **dict.fromkeys(("deadline", "papers", "duration"), FROM_FAQ | {"apply_nursery"}),
}


ANY = frozenset({"go_on"})
"""What may follow any topic."""


@dataclass(frozen=True)
class Example:
    """A sentence said while a topic held, and what it does to it."""

    text: str
    topic: Topic
    relation: str
    aspect: str = ""


@dataclass(frozen=True)
class Talks:
    """All examples, and sentences with the aspect that they ask about (`""` for none)."""

    examples: list[Example] = field(default_factory=list)
    aspects: list[tuple[str, str]] = field(default_factory=list)


def read_talks(path: Path = FILE) -> Talks:
    """Read the file; the order, and so the model, is always the same."""
    data = yaml.safe_load(path.read_text("utf-8"))
    topics = [_topic(one["topic"]) for one in data["topics"]]
    examples = [*_own(data["topics"]), *_asked(data, topics), *_leaving(data, topics)]
    examples += [*_asked_elsewhere(topics), *_asked_of_the_faq(topics)]
    aspects = [(text, name) for name, texts in data["aspects"].items() for text in texts]
    without = [one.text for one in examples if not one.aspect]
    return Talks(examples, [*aspects, *((text, "") for text in dict.fromkeys(without))])


def _topic(value: dict[str, Any]) -> Topic:
    slots: Slots = dict(value["slots"])
    return Topic(value["task"], _WHEN, slots, subject=value.get("subject", ""))


def _own(talks: list[dict[str, Any]]) -> Iterator[Example]:
    for talk in talks:
        for relation in (CONTINUES, CORRECTS):
            for text in talk.get(relation, ()):
                yield Example(text, _topic(talk["topic"]), relation)


def _asked(data: dict[str, Any], topics: list[Topic]) -> Iterator[Example]:
    for aspect, texts in data["aspects"].items():
        fitting = [one for one in topics if one.task in ABOUT.get(aspect, FROM_FAQ)]
        fitting = topics if aspect in ANY else fitting
        turn = cycle(fitting)
        for text in texts:
            for topic in islice(turn, min(_PAIRS, len(fitting))):
                yield Example(text, topic, CONTINUES, aspect)


def _asked_elsewhere(topics: list[Topic]) -> Iterator[Example]:
    """Take a few of every intent's own sentences (Japanese) for questions that leave another topic."""
    turn = cycle(topics)
    for file in sorted((FILE.parents[1]).glob("*/nlu.yml")):
        for intent, texts in _sentences(file):
            short = [text for text in texts if len(text) <= _SHORT]
            for text in short[:: max(1, len(short) // _OF_EACH)]:
                for topic in islice(turn, 2):
                    own = topic.task == intent or {topic.task, intent} <= FROM_FAQ
                    near = {topic.task, intent} <= _NEIGHBOURS
                    if intent in TASKS and not (own or near):
                        yield Example(text, topic, LEAVES)


def _asked_of_the_faq(topics: list[Topic]) -> Iterator[Example]:
    """Take whole questions to the FAQ (Japanese) for ones that leave its other matters."""
    turn = cycle([one for one in topics if one.task in FROM_FAQ and one.subject])
    found = (_sentences(file) for file in sorted((FILE.parents[1]).glob("*/nlu.yml")))
    pairs = [pair for intents in found for pair in intents]
    asked = [text for intent, texts in pairs if intent in FROM_FAQ for text in texts]
    whole = [text for text in asked if _WHOLE <= len(text) <= _LONGEST]
    for text in whole[:: max(1, len(whole) // _OF_FAQ)]:
        for topic in islice(turn, 2):
            if not _shared(text, topic.subject):
                yield Example(text, topic, LEAVES)


def _shared(text: str, subject: str) -> set[str]:
    """Return the pairs of characters other than hiragana that both hold."""
    one, other = ({a + b for a, b in zip(part, part[1:])} for part in (text, subject))
    return {pair for pair in one & other if not any("ぁ" <= mark <= "ゖ" for mark in pair)}


def _sentences(file: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield intent and sentences; read by line, as YAML takes seconds for so many."""
    for block in file.read_text("utf-8").split("- intent: ")[1:]:
        intent, *lines = block.splitlines()
        marked = (line.strip() for line in lines)
        yield intent.strip(), [line[2:] for line in marked if line.startswith("- ")]


def _leaving(data: dict[str, Any], topics: list[Topic]) -> Iterator[Example]:
    turn = cycle(topics)
    for intent, texts in (*data["wholes"].items(), *data["small"].items()):
        for text in texts:
            for topic in islice(turn, _PAIRS):
                # To somebody who set a reminder, 「もういいです」 may well be about that.
                own = topic.task == intent or {topic.task, intent} <= FROM_FAQ
                if not own and (topic.task, intent) != ("set_waste_reminder", "cancel"):
                    yield Example(text, topic, LEAVES)
