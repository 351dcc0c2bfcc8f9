"""Recipients and filters of a narrowcast: trees whose leaves differ."""

from typing import Any

from emulators.line.errors import Json
from emulators.line.validation.rules import Report, Rule, array, integer, obj, string, variant

_words = array(string(1), 1, 100)
_range = {"gte": string(1), "lt": string(1)}


def _tree(leaves: dict[str, Rule]) -> Rule:
    def operator(report: Report, value: Any, path: str) -> None:
        parts = array(tree, 1, 100)
        rules = {"and": parts, "or": parts, "not": tree}
        obj({"type": string()}, rules, _one_operator)(report, value, path)

    tree = variant({"operator": operator, **leaves})
    return tree


def _one_operator(report: Report, value: Json, path: str) -> None:
    if sum(value.get(name) is not None for name in ("and", "or", "not")) != 1:
        report.add(path, "Exactly one of and, or, not must be specified")


def _one_of() -> Rule:
    return obj({"type": string(), "oneOf": _words})


def _between() -> Rule:
    return obj({"type": string()}, _range)


recipient = _tree(
    {
        "audience": obj({"type": string(), "audienceGroupId": integer(1)}),
        "redelivery": obj({"type": string(), "requestId": string(1)}),
    }
)
demographic = _tree(
    {
        "gender": _one_of(),
        "area": _one_of(),
        "appType": _one_of(),
        "age": _between(),
        "subscriptionPeriod": _between(),
    }
)
