"""Reading `nursery-instance/1`: every fault gets its own sentence that says where it is."""

import json
from collections.abc import Mapping
from math import isfinite
from pathlib import Path
from typing import Any, NoReturn

from services.nursery.choices import check_rule, derive_choices, single_choices
from services.nursery.instance import (
    AGES,
    FORMAT,
    Child,
    Choice,
    Family,
    Instance,
    InstanceError,
    Nursery,
    Pool,
    Rule,
)

LARGEST_FILE = 300 * 2**20
"""Bytes; a market of 100,000 children takes about a tenth of it."""
MOST_UNITS = 100
"""Seat units of one child."""


def load_document(path: Path) -> dict[str, Any]:
    """Read one JSON object from a file, or raise `InstanceError` saying why it cannot be done."""
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            _refuse(f"{path} has {size:,} bytes; at most {LARGEST_FILE:,} are read")
        document = json.loads(path.read_bytes(), parse_constant=_refuse_constant)
    except OSError as error:
        raise InstanceError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InstanceError(f"{path} is not text in UTF-8: {error.reason}.") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InstanceError(f"{path} is not JSON: {error.msg} in {where}.") from error
    except (RecursionError, ValueError) as error:
        raise InstanceError(f"{path} cannot be read as JSON: nested or long beyond use.") from error
    if not isinstance(document, dict):
        _refuse(f"{path} must hold one JSON object")
    return document


def read_instance(document: Mapping[str, Any]) -> Instance:
    """Check a document and return the market; raises `InstanceError` at the first fault."""
    if document.get("format", FORMAT) != FORMAT:
        _refuse(f"format must be {FORMAT}, not {document['format']!r}")
    nurseries = _by_id(document, "nurseries", _nursery)
    children = _by_id(document, "children", _child)
    for child in children.values():
        _check_places(child, nurseries)
    _check_ties(children)
    _check_room(children, nurseries)
    return _with_families(document, nurseries, children)


def complete(document: dict[str, Any], instance: Instance) -> dict[str, Any]:
    """Return the document with the choices of families that named only a rule."""
    rows = document.get("families", [])
    if all(row.get("choices") is not None for row in rows):
        return document
    filled = [
        row | {"choices": [list(choice) for choice in instance.families[row["id"]].choices]}
        for row in rows
    ]
    return document | {"families": filled}


def _by_id(document: Mapping[str, Any], key: str, read: Any) -> dict[str, Any]:
    rows = document.get(key)
    if not isinstance(rows, list):
        _refuse(f"{key} must be a list")
    found = {}
    for number, row in enumerate(rows):
        if not isinstance(row, dict) or not isinstance(row.get("id"), str):
            _refuse(f"{key}[{number}] must be an object with a text id")
        if row["id"] in found:
            _refuse(f"{key}: the id {row['id']!r} is used twice")
        found[row["id"]] = read(row)
    return found


def _nursery(row: dict[str, Any]) -> Nursery:
    where = f"nursery {row['id']!r}"
    rows = row.get("pools")
    if not isinstance(rows, list):
        _refuse(f"{where}: pools must be a list")
    pools = tuple(_pool(pool, where) for pool in rows)
    ages = [age for pool in pools for age in pool.ages]
    if len(ages) != len(set(ages)):
        _refuse(f"{where}: an age is in more than one pool")
    xy = row.get("xy", [0, 0])
    if not isinstance(xy, list) or len(xy) != 2 or not all(map(_is_number, xy)):
        _refuse(f"{where}: xy must be two numbers")
    return Nursery(row["id"], (xy[0], xy[1]), pools)


def _pool(row: Any, where: str) -> Pool:
    if not isinstance(row, dict) or not isinstance(row.get("ages"), list) or not row["ages"]:
        _refuse(f"{where}: a pool needs a list of ages and cap")
    if not all(_is_whole(age) and age in AGES for age in row["ages"]):
        _refuse(f"{where}: ages must be whole numbers from 0 to 5")
    cap: Any = row.get("cap")
    if not _is_whole(cap):
        _refuse(f"{where}: cap must be a whole number of seats, not {cap!r}")
    if cap < 0:
        _refuse(f"{where}: cap is {cap}; a pool cannot have fewer than 0 seats")
    return Pool(tuple(row["ages"]), cap)


def _child(row: dict[str, Any]) -> Child:
    where = f"child {row['id']!r}"
    family, age, units = row.get("family"), row.get("age"), row.get("units", 1)
    current = row.get("current")
    base: Any = row.get("base")
    tie: Any = row.get("tie")
    if type(family) is not str:
        _refuse(f"{where}: family must be the id of its family")
    if type(age) is not int or age not in AGES:
        _refuse(f"{where}: age must be a whole number from 0 to 5, not {age!r}")
    if type(units) is not int or not 1 <= units <= MOST_UNITS:
        _refuse(f"{where}: units must be a whole number from 1 to {MOST_UNITS}, not {units!r}")
    if current is not None and type(current) is not str:
        _refuse(f"{where}: current must be a nursery's id or null")
    if not _is_number(base):
        _refuse(f"{where}: base must be a number, not {base!r}")
    if not _is_number(tie):
        _refuse(f"{where}: tie must be a number, not {tie!r}")
    return Child(row["id"], family, age, units, current, base, tie, _wishes(row, where))


def _wishes(row: dict[str, Any], where: str) -> tuple[tuple[str, float], ...]:
    rows = row.get("wishes")
    if not isinstance(rows, list):
        _refuse(f"{where}: wishes must be a list")
    for wish in rows:
        if not isinstance(wish, list) or len(wish) != 2 or type(wish[0]) is not str:
            _refuse(f"{where}: a wish must be [nursery id, score]")
        if type(wish[1]) is not int and not _is_number(wish[1]):
            _refuse(f"{where}: the score at {wish[0]!r} must be a number, not {wish[1]!r}")
    wishes = tuple(map(tuple, rows))
    if len(dict(wishes)) != len(wishes):
        _refuse(f"{where}: the same nursery is wished for twice")
    return wishes


def _check_places(child: Child, nurseries: Mapping[str, Nursery]) -> None:
    for nursery, _ in child.wishes:
        _check_place(child, nursery, nurseries, "wishes for")
    if child.current is not None:
        _check_place(child, child.current, nurseries, "has its current seat in")


def _check_place(child: Child, place: str, nurseries: Mapping[str, Nursery], verb: str) -> None:
    nursery = nurseries.get(place)
    if nursery is None:
        _refuse(f"child {child.id!r} {verb} {place!r}, which is not among the nurseries")
    for pool in nursery.pools:
        if child.age in pool.ages:
            return
    _refuse(f"child {child.id!r} {verb} {place!r}, which has no class of age {child.age}")


def _check_ties(children: Mapping[str, Child]) -> None:
    first: dict[float, str] = {}
    for child in children.values():
        other = first.setdefault(child.tie, child.id)
        if other != child.id:
            _refuse(
                f"children {other!r} and {child.id!r} have the same tie number {child.tie};"
                " give each its own, from the tie table and a lottery"
            )


def _check_room(children: Mapping[str, Child], nurseries: Mapping[str, Nursery]) -> None:
    """The children who have seats fit into them: whoever has a seat can keep it."""
    used: dict[tuple[str, Pool], int] = {}
    for child in children.values():
        if child.current is None:
            continue
        pool = next(pool for pool in nurseries[child.current].pools if child.age in pool.ages)
        key = (child.current, pool)
        used[key] = used.get(key, 0) + child.units
        if used[key] > pool.cap:
            _refuse(
                f"nursery {child.current!r}: the children who have seats for ages"
                f" {list(pool.ages)} need {used[key]} or more, but cap is {pool.cap};"
                " cap includes the seats of children who ask for a transfer"
            )


def _with_families(
    document: Mapping[str, Any], nurseries: dict[str, Nursery], children: dict[str, Child]
) -> Instance:
    remarks: list[str] = []
    of_family: dict[str, list[Child]] = {}
    for child in children.values():
        of_family.setdefault(child.family, []).append(child)

    def read(row: dict[str, Any]) -> Family:
        return _family(row, of_family.get(row["id"], []), nurseries, remarks)

    families = _by_id(document, "families", read) if "families" in document else {}
    for family_id, members in of_family.items():
        if family_id not in families:
            if len(members) > 1:
                _refuse(f"family {family_id!r} has {len(members)} children but is not listed")
            choices = single_choices(members[0])
            families[family_id] = Family(family_id, (members[0].id,), None, choices)
    return Instance(nurseries, children, families, tuple(remarks))


def _family(
    row: dict[str, Any],
    members: list[Child],
    nurseries: Mapping[str, Nursery],
    remarks: list[str],
) -> Family:
    where = f"family {row['id']!r}"
    ids = row.get("children")
    if not isinstance(ids, list) or not ids or not all(type(each) is str for each in ids):
        _refuse(f"{where}: children must be a list of ids, the eldest first")
    by_id = {child.id: child for child in members}
    if len(ids) != len(by_id) or set(ids) != set(by_id):
        _refuse(f"{where}: lists {ids}, but the children who name it are {sorted(by_id)}")
    eldest_first = [by_id[each] for each in ids]
    rule = _rule(row.get("rule"), where)
    if row.get("choices") is None:
        choices = _derived(eldest_first, rule, nurseries, where, remarks)
    else:
        choices = _choices(row["choices"], eldest_first, where)
    return Family(row["id"], tuple(ids), rule, choices)


def _rule(row: Any, where: str) -> Rule | None:
    if row is None:
        return None
    if not isinstance(row, dict):
        _refuse(f"{where}: rule must be an object or null")
    within = row.get("within")
    if within is not None and not _is_number(within):
        _refuse(f"{where}: within must be a number")
    words = {key: row[key] for key in ("mode", "prefer", "solo") if row.get(key) is not None}
    return check_rule(Rule(**words, within=within), where)


def _derived(
    children: list[Child],
    rule: Rule | None,
    nurseries: Mapping[str, Nursery],
    where: str,
    remarks: list[str],
) -> tuple[Choice, ...]:
    if len(children) == 1:
        return single_choices(children[0])
    if rule is None:
        _refuse(f"{where}: siblings need choices, or a rule to derive them from")
    derived = derive_choices(children, rule, nurseries)
    if derived.remark:
        remarks.append(derived.remark)
    return derived.choices


def _choices(rows: Any, children: list[Child], where: str) -> tuple[Choice, ...]:
    if not isinstance(rows, list):
        _refuse(f"{where}: choices must be a list")
    known = [{None, child.current, *(wish[0] for wish in child.wishes)} for child in children]
    size = len(children)
    for row in rows:
        if not isinstance(row, list) or len(row) != size:
            _refuse(f"{where}: each choice must name a nursery or null for its {size} children")
        for place, places, child in zip(row, known, children, strict=True):
            if place is not None and (type(place) is not str or place not in places):
                _refuse(
                    f"{where}: a choice puts child {child.id!r} into {place!r},"
                    " which is not among its wishes"
                )
    return tuple(map(tuple, rows))


def _is_number(value: Any) -> bool:
    return type(value) is int or (type(value) is float and isfinite(value))


def _is_whole(value: Any) -> bool:
    return type(value) is int


def _refuse_constant(word: str) -> NoReturn:
    raise InstanceError(f"{word} is not a number that JSON knows.")


def _refuse(problem: str) -> NoReturn:
    raise InstanceError(f"{problem}.")
