"""Bundles in and out of the kept entries: a transaction is written whole, and twice is once.

A person is named by our own id alone, `Patient/res-…`; who they are is the register's, so nothing
of a Patient is taken. What a guardian wrote is not changed by other systems.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import NotFoundError
from kit.vault import PersonKeys
from services.health import repository
from services.health.contract import Body, Growth, Medication, Source, Vaccination
from services.health.dates import parse_day, parse_month
from services.health.fhir import records as fhir
from services.health.fhir.bundles import Change, plan
from services.health.fhir.problems import FhirError
from services.health.maternity import MATERNAL
from services.health.models import HealthEntry
from services.health.parsing import Dose
from services.health.repository import New, fhir_id
from services.health.service import Records, is_of_pregnancy

TAKEN = ("Immunization", "Observation", "MedicationStatement")
_PERSON = re.compile(r"Patient/(res-[0-9a-f]{32})")
_BY = "fhir"


def resource_of(row: HealthEntry, body: Body) -> dict[str, Any] | None:
    """Return an entry as a resource, None for a kind that is not exchanged."""
    child, given = fhir_id(row.person_id), row.record_id
    if isinstance(body, Vaccination):
        return fhir.immunization(_vaccination(given, child, row.source, body))
    if isinstance(body, Growth):
        value = Decimal(str(body.value))
        return fhir.observation(fhir.Growth(given, child, body.measure, body.date, value))
    if isinstance(body, Medication):
        status = "active" if body.end is None else "completed"
        medicine = (body.name, status, body.start, body.end, body.directions or None)
        return fhir.medication_statement(fhir.Medicine(given, child, *medicine))
    return None


def _vaccination(given: str, child: str, source: str, body: Vaccination) -> fhir.Vaccination:
    day = parse_day(body.date)
    month = (day, day) if day else parse_month(body.date)
    if month is None:
        raise ValueError("an entry without a day")
    return fhir.Vaccination(
        id=given,
        child_id=child,
        dose=Dose(body.vaccine, month[1], month[0], body.product or None, body.date),
        lot=body.lot or None,
        place=body.place or None,
        self_reported=source == Source.guardian,
    )


def body_of(resource: Mapping[str, Any]) -> tuple[str, Body]:
    """Return the person and what a resource says. Raises FhirError for what has to be guessed."""
    kind = resource["resourceType"]
    reads = {
        "Immunization": fhir.read_immunization,
        "Observation": fhir.read_observation,
        "MedicationStatement": fhir.read_medication_statement,
    }
    if kind not in reads:
        raise FhirError.of(kind, "not-supported", "resources of this type are not kept here")
    found = reads[kind](dict(resource))
    try:
        return found.child_id, _body(found)  # type: ignore[union-attr]
    except (AttributeError, ValueError):
        reason = found.reason if isinstance(found, fhir.Question) else "value"
        raise FhirError.of(kind, "business-rule", f"a person has to look: {reason}") from None


def _body(found: fhir.Vaccination | fhir.Growth | fhir.Medicine | fhir.Question) -> Body:
    if isinstance(found, fhir.Vaccination):
        dose = found.dose
        extras = {"product": dose.product or "", "lot": found.lot or "", "place": found.place or ""}
        return Vaccination(vaccine=dose.vaccine, date=dose.written, **extras)
    if isinstance(found, fhir.Growth):
        fields = {"measure": found.kind, "date": found.day, "value": Decimal(str(found.value))}
        return Growth.model_validate(fields)
    if isinstance(found, fhir.Medicine) and found.start is not None:
        told = found.directions or ""
        return Medication(name=found.name, directions=told, start=found.start, end=found.end)
    raise ValueError("nothing to keep")


class FhirExchange:
    """Reads and writes handbooks as FHIR."""

    def __init__(self, records: Records) -> None:
        """`records` has the keys."""
        self._records = records

    async def everything(self, person_id: str, *, is_self: bool) -> list[dict[str, Any]]:
        """Return what counts in a handbook as resources, in the order of writing.

        Of a minor's pregnancy her parents take nothing along: `is_self` is who asks for herself.
        """
        async with self._records.database.transaction() as session:
            found = await self._kept(session, person_id, is_self=is_self)
        return [resource for _, resource in found.values()]

    async def take(self, bundle: dict[str, Any]) -> list[Change]:
        """Write a transaction. Raises FhirError with everything that is wrong; then nothing is."""
        indexes = await self._records.indexes()
        async with self._records.database.transaction() as session:
            kept, people = await self._named(session, bundle)
            store = {place: resource for place, (_, resource) in kept.items()}
            store |= {f"Patient/{p}": {"resourceType": "Patient", "id": p} for p in people}
            changes = plan(bundle, store, today=self._records.today())
            ids = {change.place.partition("/")[2] for change in changes}
            owners = await repository.of_records(session, ids)
            for change in changes:
                new = _new(change, kept, people)
                if new is not None and owners.get(new.record_id or "") not in (None, new.person_id):
                    raise FhirError.of(change.place, "conflict", "the id is another person's")
                if new is not None:
                    keys = people[fhir_id(new.person_id)]
                    if new.corrects is not None:
                        now = self._records.clock()
                        await repository.end(session, new.corrects, "corrected", now)
                    await repository.add(session, keys, indexes, new, self._records.clock())
        return [_told(change) for change in changes]

    async def _named(
        self, session: AsyncSession, bundle: dict[str, Any]
    ) -> tuple[dict[str, tuple[HealthEntry, dict[str, Any]]], dict[str, PersonKeys]]:
        """Return what is kept of everybody whom the bundle names, and their keys by FHIR id."""
        kept: dict[str, tuple[HealthEntry, dict[str, Any]]] = {}
        people: dict[str, PersonKeys] = {}
        for name in sorted(set(_people(bundle))):
            person_id = name.replace("-", "_")
            try:
                people[name] = await self._records.vault.keys(session, person_id)
            except NotFoundError:
                continue
            kept |= await self._kept(session, person_id)
        return kept, people

    async def _kept(
        self, session: AsyncSession, person_id: str, *, is_self: bool = True
    ) -> dict[str, tuple[HealthEntry, dict[str, Any]]]:
        rows = await repository.entries_of(session, person_id)
        if not rows:
            return {}
        keys = await self._records.vault.keys(session, person_id)
        found = {}
        bodies = {row.id: repository.open_body(keys, row) for row in rows}
        hides = not is_self and any(isinstance(body, MATERNAL) for body in bodies.values())
        for row in rows:
            if hides and is_of_pregnancy(bodies[row.id]):
                continue
            resource = resource_of(row, bodies[row.id])
            if resource is not None and row.ended_at is None:
                found[f"{resource['resourceType']}/{row.record_id}"] = (row, resource)
        return found


def _people(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for part in value.values():
            yield from _people(part)
    elif isinstance(value, list):
        for part in value:
            yield from _people(part)
    elif isinstance(value, str) and (found := _PERSON.fullmatch(value)):
        yield found[1]


def _told(change: Change) -> Change:
    """Nothing of a Patient is taken, whatever it says."""
    is_person = change.place.startswith("Patient/")
    return replace(change, status="200 unchanged") if is_person else change


def _new(
    change: Change,
    kept: Mapping[str, tuple[HealthEntry, dict[str, Any]]],
    people: Mapping[str, PersonKeys],
) -> New | None:
    """Return what a change writes, None for nothing. Raises FhirError for what it may not write."""
    kind, _, given = change.place.partition("/")
    if kind == "Patient":
        if given not in people:
            raise FhirError.of(kind, "not-supported", "persons come from the register")
        return None
    if not change.is_written:
        return None
    child, body = body_of(change.resource)
    if child not in people:
        raise FhirError.of(kind, "not-found", "nobody of this id is known here")
    before = kept[change.place][0] if change.place in kept else None
    if before is not None and before.source == Source.guardian:
        raise FhirError.of(kind, "forbidden", "a guardian wrote this entry")
    return New(
        person_id=child.replace("-", "_"),
        body=body,
        source=Source.clinic if before is None else Source(before.source),
        written_by=_BY,
        key=f"{_BY}\x1f{change.place}",
        corrects=None if before is None else before.id,
        record_id=given,
        key_index=None if before is None else before.key_index,
    )
