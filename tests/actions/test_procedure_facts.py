"""The facts and the event of a first sentence, over sentences of other hands.

`first_sentences.jsonl` was written apart from the rules. While they were built, only totals were
seen; at the end the misses of the first 75 lines were read, and the rules widened by what they had
in common. The other lines have never been read by who wrote the rules: they are gated apart, lower.
Before that reading, the whole file gave precision .957, recall .877, event .865.

Compared are the words: one that was taken counts where it holds, or is held by, what was written
down, with the numbers of children and the direction exact. Classes of school (小3) are no `ages`;
of several vehicles or kinds of work the first counts.
"""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from actions.procedures.facts_parsing import Told, told
from actions.procedures.places_parsing import Here
from kit.settings import Settings
from kit.text import fold
from services.places.service import PlacesService
from tests.actions.told_examples import TODAY

FILE = Path(__file__).parents[1] / "services" / "procedures" / "first_sentences.jsonl"
READ = 75
EXACT = ("direction", "children")


@dataclass
class Figures:
    """How often what was taken is right, and how much of what was said is taken."""

    right: int = 0
    wrong: int = 0
    missed: int = 0
    events: int = 0
    lines: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed)

    @property
    def event(self) -> float:
        return self.events / self.lines


@pytest.fixture(scope="module")
def places() -> PlacesService:
    return PlacesService.of_city(Settings(environment="test").city_dir)


def here(places: PlacesService, text: str) -> Here:
    """Return what the navigator knows of the places in a sentence."""
    found = places.resolve(text)
    own = tuple(place.text for place in (*found.places, *found.corrected_from))
    return Here(("会津若松", "若松", "会津"), own, tuple(name.text for name in found.unknown))


def taken(found: Told) -> dict[str, list[Any]]:
    """Return the facts as the file names them."""
    children = found.children.count if found.children else None
    said = {
        "from": found.place_from,
        "to": found.place_to,
        "direction": found.direction and found.direction.value,
        "insurance": found.insurance and found.insurance.words,
    }
    return {
        **{key: [value] if value else [] for key, value in said.items()},
        "children": [] if children is None else [children],
        "dates": [one.words for one in found.dates],
        "ages": [a.words for a in found.ages if a.least == a.most or a.most - a.least > 5],
        "people": [one.words for one in found.people],
        "pets": [one.words for one in found.pets],
        "car": [one.words for one in found.vehicles[:1]],
        "work": [one.words for one in found.works[:1]],
    }


def is_like(key: str, one: Any, other: Any) -> bool:
    if key in EXACT:
        return bool(one == other)
    one, other = (fold(word).replace(" ", "") for word in (one, other))
    return one in other or other in one


def measured(places: PlacesService, lines: list[dict[str, Any]]) -> Figures:
    figures = Figures(lines=len(lines))
    for line in lines:
        found = told(line["text"], TODAY, here(places, line["text"]))
        figures.events += (found.event and found.event.value) == line["event"]
        for key, words in taken(found).items():
            written = line["facts"].get(key, [])
            left = list(written) if isinstance(written, list) else [written]
            for word in words:
                same = next((one for one in left if is_like(key, word, one)), None)
                figures.right += same is not None
                figures.wrong += same is None
                if same is not None:
                    left.remove(same)
            figures.missed += len(left)
    return figures


def lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in FILE.read_text("utf-8").splitlines()]


def test_what_is_taken_was_said_and_what_was_said_is_taken(places: PlacesService) -> None:
    figures = measured(places, lines())
    assert figures.precision >= 0.97
    assert figures.recall >= 0.95
    assert figures.event >= 0.94


def test_sentences_that_nobody_read_for_their_misses_are_understood_nearly_as_well(
    places: PlacesService,
) -> None:
    figures = measured(places, lines()[READ:])
    assert figures.precision >= 0.94
    assert figures.recall >= 0.90
    assert figures.event >= 0.92


def test_hardly_a_sentence_reaches_another_event(places: PlacesService) -> None:
    missed = Counter[str]()
    for line in lines():
        found = told(line["text"], TODAY, here(places, line["text"])).event
        if found is not None and found.value not in (line["event"], "moving"):
            missed[f"{line['event']} as {found.value}"] += 1
    assert missed.total() <= OTHER_EVENTS, missed


OTHER_EVENTS = 1
