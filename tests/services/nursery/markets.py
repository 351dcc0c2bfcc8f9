"""Small markets for tests, written shortly."""

from typing import Any

Document = dict[str, Any]


def nursery(name: str, *pools: tuple[list[int], int], xy: tuple[float, float] = (0, 0)) -> Document:
    """A nursery; without pools, two seats for all ages together."""
    rows = [{"ages": ages, "cap": cap} for ages, cap in pools or (([0, 1, 2, 3, 4, 5], 2),)]
    return {"id": name, "xy": list(xy), "pools": rows}


def child(name: str, family: str, tie: int, wishes: str | list[Any], **more: Any) -> Document:
    """A child of age 1 with base 50; wishes as letters, or with scores as pairs."""
    base = more.get("base", 50)
    rows = [[place, base] if isinstance(place, str) else list(place) for place in wishes]
    row = {"id": name, "family": family, "age": 1, "units": 1, "current": None, "base": 50}
    return row | {"tie": tie, "wishes": rows} | more


def family(name: str, children: list[str], choices: list[Any] | None, **rule: Any) -> Document:
    """A family with its choices, or with a rule to derive them from."""
    rows = None if choices is None else [list(choice) for choice in choices]
    return {"id": name, "children": children, "rule": rule or None, "choices": rows}


def market(
    nurseries: list[Document], children: list[Document], families: list[Document] | None = None
) -> Document:
    """A whole document; children of families that are not given are families of their own."""
    listed = list(families or [])
    named = {row["id"] for row in listed}
    for row in children:
        if row["family"] not in named:
            choices = [[place] for place, _ in row["wishes"]]
            listed.append(family(row["family"], [row["id"]], choices))
    document = {"nurseries": nurseries, "children": children, "families": listed}
    return {"format": "nursery-instance/1"} | document


def two_families(first: tuple[int, int] = (1, 4), second: tuple[int, int] = (2, 3)) -> Document:
    """Two families of two for two nurseries of two seats; the tie numbers decide who is first."""
    wishes = [("A", "A"), ("B", "B"), ("A", "B"), ("B", "A")]
    children = [
        child("1", "X", first[0], "AB"),
        child("4", "X", first[1], "AB"),
        child("2", "Y", second[0], "AB"),
        child("3", "Y", second[1], "AB"),
    ]
    families = [family("X", ["1", "4"], wishes), family("Y", ["2", "3"], wishes)]
    return market([nursery("A"), nursery("B")], children, families)
