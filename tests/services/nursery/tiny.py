"""Tiny markets with everything in them: siblings, twins, pooled ages, units, transfers, bonuses."""

from itertools import product
from random import Random
from typing import Any

GROUPINGS = ([[0, 1, 2, 3, 4, 5]], [[0, 1], [2, 3, 4, 5]], [[0], [1], [2], [3, 4, 5]])


def tiny_market(seed: int) -> dict[str, Any]:
    """Make a market of a few families that is easily contested; the seed decides all of it."""
    random = Random(seed)  # noqa: S311
    names = ["A", "B", "C"][: random.choice((2, 2, 3))]
    nurseries = [_nursery(random, number, name) for number, name in enumerate(names)]
    families = [_family(random, number, names) for number in range(random.randint(3, 5))]
    children = [child for _, members in families for child in members]
    ties = random.sample(range(1, len(children) + 1), len(children))
    room = {(n["id"], age): pool for n in nurseries for pool in n["pools"] for age in pool["ages"]}
    left = {id(pool): pool["cap"] for pool in room.values()}
    for child, tie in zip(children, ties, strict=True):
        child["tie"] = tie
        if random.random() < 0.2:
            _seat(random, child, room, left, names)
    return {
        "format": "nursery-instance/1",
        "nurseries": nurseries,
        "children": children,
        "families": [_choices(random, number, members) for number, members in families],
    }


def _nursery(random: Random, number: int, name: str) -> dict[str, Any]:
    pools = [
        {"ages": ages, "cap": random.choice((0, 1, 1, 2, 2, 3))}
        for ages in random.choice(GROUPINGS)
    ]
    return {"id": name, "xy": [number, 0], "pools": pools}


def _family(random: Random, number: int, names: list[str]) -> tuple[int, list[dict[str, Any]]]:
    size = random.choice((1, 1, 2, 2, 2, 3)) if number < 3 else random.choice((1, 1, 2))
    base = random.choice((50, 50, 51, 53))
    members = []
    for index in range(size):
        wished = random.sample(names, random.randint(1, len(names)))
        spread = random.choice((0, 0, 3, 6))
        members.append(
            {
                "id": f"{number}-{index}",
                "family": f"F{number}",
                "age": random.choice((0, 1, 1, 2)),
                "units": 2 if random.random() < 0.12 else 1,
                "current": None,
                "base": base,
                "tie": 0,
                "wishes": [[name, base + random.randint(0, spread)] for name in wished],
            }
        )
    return number, members


def _seat(
    random: Random,
    child: dict[str, Any],
    room: dict[Any, Any],
    left: dict[int, int],
    names: list[str],
) -> None:
    name = random.choice(names)
    pool = room[name, child["age"]]
    if left[id(pool)] >= child["units"]:
        left[id(pool)] -= child["units"]
        child["current"] = name


def _choices(random: Random, number: int, members: list[dict[str, Any]]) -> dict[str, Any]:
    options = [[wish[0] for wish in child["wishes"]] + [child["current"]] for child in members]
    found = list(dict.fromkeys(product(*options)))
    if len(members) == 1:
        return {
            "id": f"F{number}",
            "children": [members[0]["id"]],
            "rule": None,
            "choices": list(map(list, found)),
        }
    random.shuffle(found)
    choices = [list(choice) for choice in found[: random.randint(1, 7)]]
    ids = [child["id"] for child in members]
    return {"id": f"F{number}", "children": ids, "rule": None, "choices": choices}
