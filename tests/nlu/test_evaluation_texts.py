"""The texts of other hands: they can be read, stand once, and stay out of the training data."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kit.settings import ROOT

EVALUATION = ROOT / "nlu" / "evaluation"
TRAINING = ROOT / "nlu" / "data"
FIRST_SENTENCES = ROOT / "tests" / "services" / "procedures" / "first_sentences.jsonl"
KEYS = {
    EVALUATION / "danger.jsonl": {"text", "kind", "language"},
    EVALUATION / "danger_unseen.jsonl": {"text", "kind", "language"},
    EVALUATION / "follow_ups.jsonl": {"id", "language", "turns", "expect"},
    EVALUATION / "dates.jsonl": {"text", "today", "dates"},
    EVALUATION / "intents_unseen.jsonl": {"text", "intent", "language"},
    EVALUATION / "places_asked.jsonl": {"text", "town", "unknown"},
    FIRST_SENTENCES: {"text", "event", "facts"},
}
DANGERS = {
    *("suicide", "self_harm", "overdose", "child_abuse", "partner_violence", "elder_abuse"),
    *("poisoning", "fire", "drowning", "accident", "sudden_illness", "crime", "disaster_at_door"),
    *("grief", "miscarriage", "loss", "none"),
}
EVENTS = {
    *("moving_in", "moving_out", "moving_within", "birth", "marriage", "divorce", "bereavement"),
    *("lost_job", "retirement", "care", "disability", "mynumber_card", "business", "disaster"),
}
LANGUAGES = {"ja", "easy", "en", "zh", "vi", "pt"}
# Anybody writes 「火事です」: what is this short may stand in both by chance.
SHORT = 6
files = pytest.mark.parametrize("file", KEYS, ids=lambda path: path.stem)


def rows(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def texts(row: dict[str, Any]) -> list[str]:
    return [turn["say"] for turn in row["turns"]] if "turns" in row else [row["text"]]


def identity(row: dict[str, Any]) -> tuple[str, ...]:
    # The same words on another day are another date.
    return (*texts(row), row.get("today", ""))


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from strings(part)


def trained_sentences() -> set[str]:
    """Return what stands in the training data: examples without their marks, strings of JSON."""
    found: set[str] = set()
    for path in (p for p in TRAINING.rglob("*") if p.is_file()):
        for line in path.read_text("utf-8").splitlines():
            found.update(strings(json.loads(line)) if path.suffix == ".jsonl" else [plain(line)])
    return found


def plain(line: str) -> str:
    """Return one line of Rasa's YAML as the resident would have written it."""
    line = line.strip().removeprefix("- ").strip()
    return re.sub(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})", r"\1", line)


@files
def test_every_line_holds_exactly_the_keys_of_its_file(file: Path) -> None:
    assert rows(file)
    for row in rows(file):
        assert set(row) == KEYS[file], row
        assert all(text.strip() for text in texts(row)), row
        assert row.get("language", "ja") in LANGUAGES, row


@files
def test_no_text_stands_twice_in_a_file(file: Path) -> None:
    twice = [key for key, count in Counter(map(identity, rows(file))).items() if count > 1]
    assert not twice


@files
def test_no_text_stands_in_the_training_data(file: Path) -> None:
    written = {text for row in rows(file) for text in texts(row) if len(text) >= SHORT}
    trained = trained_sentences()
    assert len(trained) > 1000
    assert not written & trained


def test_the_kinds_of_danger_are_known_and_each_is_tried() -> None:
    assert {row["kind"] for row in rows(EVALUATION / "danger.jsonl")} == DANGERS


def test_the_life_events_are_known_and_each_is_tried() -> None:
    assert {row["event"] for row in rows(FIRST_SENTENCES)} == EVENTS


def test_the_facts_of_a_life_event_are_said_in_its_sentence() -> None:
    for row in rows(FIRST_SENTENCES):
        said = {key: fact for key, fact in row["facts"].items() if key != "direction"}
        assert all(word in row["text"] for word in strings(said)), row


def test_every_expected_date_exists_and_they_stand_in_order() -> None:
    for row in rows(EVALUATION / "dates.jsonl"):
        assert date.fromisoformat(row["today"])
        if row["dates"] not in ("invalid", "none"):
            days = [date.fromisoformat(day) for day in row["dates"]]
            assert days == sorted(set(days)), row
            assert days, row


def test_a_conversation_has_two_turns_or_more_and_a_relation() -> None:
    for row in rows(EVALUATION / "follow_ups.jsonl"):
        assert len(row["turns"]) > 1, row
        assert set(row["expect"]) == {"relation", "task", "slots"}, row
        assert row["expect"]["relation"] in {"continues", "corrects", "leaves"}, row


def test_a_place_asked_is_of_the_city_or_unknown_but_not_both() -> None:
    for row in rows(EVALUATION / "places_asked.jsonl"):
        assert row["town"] is None or row["unknown"] is None, row
