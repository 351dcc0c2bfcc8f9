"""Where a result made by hand differs from ours, child by child, and why. Pure.

`passed_over`: by hand a family of higher priority went without a choice that it could claim.
`in_their_place`: the child sits by hand where such a family should. `follows`: it moves because
others do. `as_good`: the result by hand has no justified claim either; ours is the one selected.
`not_checked`: the result by hand is none at all, and `problems` says why.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from services.nursery.verifier import Priority, Seat, Verdict, verify

Assignment = Mapping[str, str | None]


class Difference(NamedTuple):
    """A child whose place differs; `claim` is the best that its family could claim by hand."""

    child: str
    family: str
    by_hand: str | None
    ours: str | None
    reason: str
    claim: list[str | None] | None


class Parity(NamedTuple):
    """`problems` are reasons why the result by hand is none at all."""

    problems: list[str]
    same: int
    differences: list[Difference]


def compare(document: Mapping[str, Any], ours: Assignment, by_hand: Assignment) -> Parity:
    """Compare two results of one market; children in the order of the market."""
    verdict = verify(dict(document), {"assignment": dict(by_hand)})
    claims: dict[str, list[str | None]] = {}
    for family, choice in verdict.claims:
        claims.setdefault(family, choice)
    intruders = set(_intruders(document, by_hand, claims))
    found = []
    for child in document["children"]:
        before, now = by_hand.get(child["id"]), ours.get(child["id"])
        if before != now:
            claim = claims.get(child["family"])
            reason = _reason(verdict, claim, child["id"] in intruders)
            found.append(Difference(child["id"], child["family"], before, now, reason, claim))
    return Parity(verdict.problems, len(document["children"]) - len(found), found)


def _reason(verdict: Verdict, claim: Sequence[str | None] | None, is_intruder: bool) -> str:
    if verdict.problems:
        return "not_checked"
    if claim is not None:
        return "passed_over"
    if is_intruder:
        return "in_their_place"
    return "follows" if verdict.claims else "as_good"


def _intruders(
    document: Mapping[str, Any], by_hand: Assignment, claims: Mapping[str, Sequence[str | None]]
) -> Iterator[str]:
    """Yield the children who sit by hand below a family that could claim their seat."""
    pool_of = {
        (nursery["id"], age): (nursery["id"], number)
        for nursery in document["nurseries"]
        for number, pool in enumerate(nursery["pools"])
        for age in pool["ages"]
    }
    children = {child["id"]: child for child in document["children"]}
    members = {family["id"]: family["children"] for family in document["families"]}
    highest: dict[Seat, Priority] = {}
    for family, choice in claims.items():
        for each, place in zip(members[family], choice, strict=True):
            if place is not None and by_hand[each] != place:
                seat = pool_of[place, children[each]["age"]]
                mine = _priority(children[each], place)
                highest[seat] = min(mine, highest.get(seat, mine))
    for child in children.values():
        place = by_hand.get(child["id"])
        if place is None or (place, child["age"]) not in pool_of:
            continue
        held = pool_of[place, child["age"]]
        if held in highest and _priority(child, place) > highest[held]:
            yield child["id"]


def _priority(child: Mapping[str, Any], place: str) -> Priority:
    score = next((score for name, score in child["wishes"] if name == place), child["base"])
    return (0 if child["current"] == place else 1, -score, child["tie"])
