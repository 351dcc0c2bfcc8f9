"""The part of R4 that we know, read from `data/fhir_r4.txt`."""

from dataclasses import dataclass
from functools import lru_cache

from services.health.rules import DATA

PRIMITIVES = frozenset(
    (
        *("base64Binary", "boolean", "canonical", "code", "date", "dateTime", "decimal", "id"),
        *("instant", "integer", "markdown", "oid", "positiveInt", "string", "time"),
        *("unsignedInt", "uri", "url", "uuid", "xhtml"),
    )
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A type; `codes` where a list is required, `targets` where a reference is bound to types."""

    name: str
    codes: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Member:
    """A member as it stands in JSON; the members of one choice share `element`."""

    element: str
    kind: Kind
    required: bool
    repeats: bool


def _split(text: str) -> list[str]:
    """At the bars that stand outside brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == "|" and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def _kind(text: str) -> Kind:
    if text.startswith("code:"):
        return Kind("code", codes=frozenset(text[5:].split(",")))
    if text.startswith("Reference("):
        return Kind("Reference", targets=frozenset(text[10:-1].split("|")))
    return Kind(text)


def _members(line: str) -> dict[str, Member]:
    element, often, types = line.split(" ", 2)
    required, repeats = often in "1+", often in "*+"
    kinds = [_kind(text) for text in _split(types)]
    if not element.endswith("[x]"):
        return {element: Member(element, kinds[0], required, repeats)}
    base = element[:-3]
    return {
        base + kind.name[0].upper() + kind.name[1:]: Member(element, kind, required, repeats)
        for kind in kinds
    }


@lru_cache(maxsize=1)
def definitions() -> dict[str, dict[str, Member]]:
    """Type → its members by name in JSON, with those of the types that it builds on."""
    found: dict[str, dict[str, Member]] = {}
    current: dict[str, Member] = {}
    for line in (DATA / "fhir_r4.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("@"):
            name, _, base = line[1:].partition(" : ")
            current = found[name] = dict(found[base]) if base else {}
        elif line and not line.startswith("#"):
            current.update(_members(line))
    return found


RESOURCES = frozenset(
    (
        *("Patient", "RelatedPerson", "Immunization", "Observation", "MedicationStatement"),
        *("Consent", "ImmunizationEvaluation", "ImmunizationRecommendation", "Medication"),
        *("Organization", "Bundle", "Parameters", "OperationOutcome"),
    )
)
