"""What a skill may say: plain dictionaries in the form of the protocol, within its limits."""

from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]

LONGEST_LABEL, LONGEST_TEXT, LONGEST_TITLE, LONGEST_SUMMARY = 20, 1000, 40, 400
MOST_MESSAGES, MOST_CARDS = 3, 10


def text(said: str, *choices: Json) -> Json:
    """Plain words with buttons under them (at most 8)."""
    _check(said, LONGEST_TEXT, "a text")
    return {"type": "text", "text": said, "choices": _few(choices, 8)}


def cards(summary: str, found: Sequence[Json], *choices: Json) -> Json:
    """Cards side by side (1 to 10); `summary` says the same in words, for who cannot see them."""
    _check(summary, LONGEST_SUMMARY, "a summary")
    if not 1 <= len(found) <= MOST_CARDS:
        raise ValueError(f"1 to {MOST_CARDS} cards")
    told = {"type": "cards", "summary": summary, "cards": list(found)}
    return {**told, "choices": _few(choices, 8)}


def card(title: str, *facts: Json, subtitle: str = "", choices: Sequence[Json] = ()) -> Json:
    """One thing among several, with labelled lines (at most 6) and buttons (at most 3)."""
    _check(title, LONGEST_TITLE, "a title")
    told = {"title": title, "subtitle": subtitle, "facts": _few(facts, 6)}
    return {**told, "choices": _few(choices, 3)}


def fact(label: str, value: str) -> Json:
    """Return a labelled line of a card."""
    _check(label, LONGEST_LABEL, "a label")
    return {"label": label, "value": value}


def again(label: str, **slots: str) -> Json:
    """Return a button that calls the skill again with these slots; the manifest declares them."""
    _check(label, LONGEST_LABEL, "a label")
    return {"kind": "again", "label": label, "slots": slots}


def link(label: str, url: str) -> Json:
    """Return a button that opens an https page; its host stands in the manifest's `links`."""
    _check(label, LONGEST_LABEL, "a label")
    if not url.startswith("https://"):
        raise ValueError("a link begins with https://")
    return {"kind": "link", "label": label, "url": url}


def _check(said: str, longest: int, what: str) -> None:
    if not said.strip() or len(said) > longest:
        raise ValueError(f"{what} has 1 to {longest} characters")


def _few(found: Sequence[Json], most: int) -> list[Json]:
    if len(found) > most:
        raise ValueError(f"at most {most} of them")
    return list(found)
