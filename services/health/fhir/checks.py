"""Our own checks of a resource, for what libraries let through.

Structure, required code lists, choices, dates, references, UCUM units, narrative, and whether it
can be true (a dose given tomorrow). A resource is taken whole or not at all.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kit.masking import is_my_number
from services.health.fhir.definitions import PRIMITIVES, RESOURCES, Kind, Member, definitions
from services.health.fhir.narrative import is_narrative
from services.health.fhir.primitives import CHECKS, first_day
from services.health.fhir.problems import FhirError, Problem

UCUM = "http://unitsofmeasure.org"
_UCUM_CODE = re.compile(r"[!-~]+", re.ASCII)
_MEMBER = re.compile(r"_?[A-Za-z][A-Za-z0-9]{0,63}", re.ASCII)
_RELATIVE = re.compile(r"([A-Z][A-Za-z]+)/[A-Za-z0-9\-.]{1,64}(/_history/[A-Za-z0-9\-.]{1,64})?")
_ABSOLUTE = re.compile(rf"https?://[^\s<>\"]+/{_RELATIVE.pattern}")
_URN = re.compile(r"urn:(uuid:[0-9a-f\-]{36}|oid:[0-9.]+)")
# What has happened cannot lie ahead.
_PAST = {
    "Immunization": ("occurrenceDateTime", "recorded"),
    "Observation": ("effectiveDateTime", "effectiveInstant", "issued"),
    "Patient": ("birthDate", "deceasedDateTime"),
    "RelatedPerson": ("birthDate",),
    "MedicationStatement": ("dateAsserted",),
    "Consent": ("dateTime",),
    "ImmunizationEvaluation": ("date",),
}
Exists = Callable[[str], bool]


@dataclass(slots=True)
class _Check:
    problems: list[Problem] = field(default_factory=list)
    references: list[tuple[str, str, Kind]] = field(default_factory=list)

    def say(self, path: str, code: str, message: str) -> None:
        self.problems.append(Problem(path, code, message))

    def resource(self, value: object, path: str) -> None:
        kind = value.get("resourceType") if isinstance(value, dict) else None
        if not isinstance(value, dict) or not isinstance(kind, str) or kind not in RESOURCES:
            self.say(path, "not-supported", "no resource of a type that is taken here")
            return
        members = {name: member for name, member in value.items() if name != "resourceType"}
        self.complex(members, kind, path)
        for word in ("implicitRules", "modifierExtension"):
            if word in value:
                self.say(f"{path}.{word}", "extension", "changes the meaning in a way not known")

    def complex(self, value: object, kind: str, path: str) -> None:
        if not isinstance(value, dict) or not value:
            self.say(path, "structure", "an object with members is wanted")
            return
        known = definitions()[kind]
        for name, member in value.items():
            found = known.get(name)
            if found is not None:
                self.member(member, found, f"{path}.{name}")
            elif not self._extends_primitive(name, known):
                place = f"{path}.{name}" if _MEMBER.fullmatch(name) else path
                self.say(place, "structure", "a member is not known")
            else:
                self._shadow(member, f"{path}.{name}")
        self._required(value, known, path)
        self._special(value, kind, path)

    def _extends_primitive(self, name: str, known: dict[str, Member]) -> bool:
        found = known.get(name[1:]) if name.startswith("_") else None
        return found is not None and found.kind.name in PRIMITIVES

    def _shadow(self, value: object, path: str) -> None:
        """`_name` beside a primitive: an id or extensions of it, with nulls for gaps in a list."""
        for part in value if isinstance(value, list) else [value]:
            if part is not None:
                self.complex(part, "Element", path)

    def _required(self, value: dict[str, Any], known: dict[str, Member], path: str) -> None:
        present: dict[str, int] = {}
        for name in value:
            found = known.get(name)
            if found is not None:
                present[found.element] = present.get(found.element, 0) + 1
        for element, count in present.items():
            if count > 1:
                self.say(f"{path}.{element}", "structure", "only one of the choice may stand")
        for element in dict.fromkeys(m.element for m in known.values() if m.required):
            if element not in present:
                self.say(f"{path}.{element}", "required", "is required")

    def member(self, value: object, member: Member, path: str) -> None:
        if member.repeats != isinstance(value, list):
            self.say(path, "structure", "a list" if member.repeats else "a single value")
            return
        if not isinstance(value, list):
            self.one(value, member.kind, path)
            return
        if not value:
            self.say(path, "structure", "an empty list")
        for place, part in enumerate(value):
            if part is not None or member.kind.name not in PRIMITIVES:
                self.one(part, member.kind, f"{path}[{place}]")

    def one(self, value: object, kind: Kind, path: str) -> None:
        if kind.name == "Resource":
            self.resource(value, path)
        elif kind.name == "xhtml":
            if not is_narrative(value):
                self.say(path, "invalid", "no XHTML of the harmless kind")
        elif kind.name in PRIMITIVES:
            if not CHECKS[kind.name](value):
                self.say(path, "value", f"no {kind.name}")
            elif kind.codes and value not in kind.codes:
                self.say(path, "code-invalid", "not in the required code list")
        else:
            self.complex(value, kind.name, path)
            if kind.name == "Reference" and isinstance(value, dict):
                self._reference(value.get("reference"), kind, path)

    def _reference(self, text: object, kind: Kind, path: str) -> None:
        if not isinstance(text, str):
            return
        self.references.append((path, text, kind))
        found = _RELATIVE.fullmatch(text) or _ABSOLUTE.fullmatch(text)
        if found is None and not _URN.fullmatch(text) and not text.startswith("#"):
            self.say(path, "value", "no reference")
        elif found is not None and kind.targets and found.group(1) not in kind.targets:
            self.say(path, "value", "a reference to a type that cannot stand here")

    def _special(self, value: dict[str, Any], kind: str, path: str) -> None:
        if kind == "Extension" and ("extension" in value) == any(
            name.startswith("value") for name in value
        ):
            self.say(path, "invariant", "a value or extensions are wanted, not both")
        if kind in ("Quantity", "Age", "Duration") and value.get("system") == UCUM:
            code = value.get("code")
            if not isinstance(code, str) or not _UCUM_CODE.fullmatch(code):
                self.say(path, "value", "no UCUM unit")
        if kind == "Identifier" and is_my_number(str(value.get("value"))):
            self.say(path, "business-rule", "a My Number is not taken")
        if kind == "Period":
            self._period(value, path)

    def _period(self, value: dict[str, Any], path: str) -> None:
        start, end = value.get("start"), value.get("end")
        if not (CHECKS["dateTime"](start) and CHECKS["dateTime"](end)):
            return
        width = min(len(str(start)), len(str(end)), 10)
        if str(start)[:width] > str(end)[:width]:
            self.say(path, "invariant", "ends before it starts")


def _contained_ids(resource: dict[str, Any]) -> set[str]:
    contained = resource.get("contained")
    parts = contained if isinstance(contained, list) else []
    return {f"#{part['id']}" for part in parts if isinstance(part, dict) and "id" in part}


def _dangling(resource: dict[str, Any], check: _Check, exists: Exists | None) -> Iterator[Problem]:
    inside = _contained_ids(resource) | {"#"}
    for path, text, _ in check.references:
        if text.startswith("#"):
            missing = text not in inside
        else:
            missing = exists is not None and not exists(text)
        if missing:
            yield Problem(path, "not-found", "refers to nothing that is here")


def _untrue(resource: dict[str, Any], today: date) -> Iterator[Problem]:
    kind = str(resource["resourceType"])
    for name in _PAST.get(kind, ()):
        value = resource.get(name)
        if CHECKS["dateTime"](value) and first_day(str(value)) > today:
            yield Problem(f"{kind}.{name}", "business-rule", "lies in the future")
    expires, given = resource.get("expirationDate"), resource.get("occurrenceDateTime")
    given_full = isinstance(given, str) and len(given) >= 10
    if kind == "Immunization" and CHECKS["date"](expires) and given_full:
        end = str(expires)
        if end < str(given)[: len(end)] and resource.get("status") == "completed":
            yield Problem(f"{kind}.expirationDate", "business-rule", "was over on the day given")


def problems_of(
    resource: dict[str, Any], *, today: date | None = None, exists: Exists | None = None
) -> list[Problem]:
    """Everything wrong with a resource; empty when it can be taken.

    `today` refuses what lies in the future, `exists` references to what is not there."""
    check = _Check()
    kind = resource.get("resourceType")
    check.resource(resource, kind if isinstance(kind, str) and kind in RESOURCES else "$this")
    if kind != "Bundle":
        check.problems += _dangling(resource, check, exists)
    if today is not None and isinstance(kind, str):
        check.problems += _untrue(resource, today)
    return check.problems


def check(
    resource: dict[str, Any],
    expected: str | None = None,
    *,
    today: date | None = None,
    exists: Exists | None = None,
) -> None:
    """Raises `FhirError` unless the resource can be taken, as one of the expected type."""
    if expected is not None and resource.get("resourceType") != expected:
        raise FhirError.of("$this", "invalid", f"the resource is no {expected}")
    problems = problems_of(resource, today=today, exists=exists)
    if problems:
        raise FhirError(problems)


def references_of(resource: dict[str, Any]) -> list[str]:
    """Every literal reference in a resource."""
    walk = _Check()
    walk.resource(resource, "$this")
    return [text for _, text, _ in walk.references]
