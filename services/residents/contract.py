"""What other packages may ask of the register: wire types and client."""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from urllib.parse import quote

import httpx2
from pydantic import BaseModel, ConfigDict, Field, field_validator

from kit.http import call
from kit.masking import mask_numbers

AUDIENCE = "services/residents"
"""What a grant must be for to open anything here."""

MAX_TEXT = 500
MAX_NUMBERS = 1000
MAX_BIRTH_DAYS = 31
_BASE = "/services/residents"


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Identification(_Wire):
    """A citizen and the four items of their card; None for an item that the card did not give."""

    citizen_id: str = Field(min_length=1, max_length=100)
    name: str | None = Field(max_length=MAX_TEXT)
    address: str | None = Field(max_length=MAX_TEXT)
    birthdate: date | None
    sex: Literal["male", "female", "unknown"] | None


class IdentifyAnswer(_Wire):
    """What came of it.

    `matched`: exactly one resident is meant, and the citizen now stands for them. `pending`: staff
    look into it, because nobody or several fit, or the citizen or the resident is known otherwise.
    `refused`: staff have looked and said no. Repeats of the same items change nothing.
    """

    outcome: Literal["matched", "pending", "refused"]


class MayAct(_Wire):
    """Whether a citizen may act for a resident on a day; an unknown resident is a plain no."""

    allowed: bool
    is_self: bool = False
    """Whether they are that resident."""


class Relation(StrEnum):
    """Why a citizen may act for a resident."""

    self = "self"
    parent = "parent"
    guardian = "guardian"
    proxy = "proxy"


class ActsFor(_Wire):
    """A resident for whom a citizen may act; `last_day` is the last on which they may."""

    resident_id: str
    name: str
    birthdate: date
    sex: str
    """male, female or unknown."""
    relation: Relation
    last_day: date | None
    same_household: bool


class PeopleList(_Wire):
    """The citizen themself first, then the others by age, the oldest first."""

    people: tuple[ActsFor, ...]


class Numbers(_Wire):
    """The register's own numbers of persons."""

    numbers: tuple[str, ...] = Field(max_length=MAX_NUMBERS)


class ResidentIds(_Wire):
    """Number → resident id, of those whom the register has."""

    ids: dict[str, str]


class Confirmation(_Wire):
    """The register's own number of a person and the birth date that somebody says they have."""

    number: str = Field(max_length=40)
    birthdate: date


class Confirmed(_Wire):
    """Whom both mean; `acted_for_by` are the citizens who may act for them today."""

    resident_id: str
    sex: str
    """male, female or unknown."""
    acted_for_by: tuple[str, ...]
    self_is: str | None = None
    """The citizen who is that resident, where one is."""


class ConfirmAnswer(_Wire):
    """None where no present resident has both."""

    found: Confirmed | None


class Born(_Wire):
    """A resident without a name, as lists of a city's children are reckoned from."""

    resident_id: str
    birthdate: date
    sex: str
    """male, female or unknown."""
    town: str
    """As the address has it, such as 中央; empty where it cannot be told."""


class Cohort(_Wire):
    """Those born in the days asked for."""

    people: tuple[Born, ...]


class ListWish(_Wire):
    """Whom a desk's list wants to name."""

    ids: tuple[str, ...] = Field(max_length=MAX_NUMBERS)


class Listed(_Wire):
    """A resident as a desk's list names them; `acted_for_by` are the citizens who may today."""

    resident_id: str
    name: str
    birthdate: date
    address: str
    acted_for_by: tuple[str, ...]


class ListedPeople(_Wire):
    """Those who are present residents, of the ids asked for."""

    people: tuple[Listed, ...]


class HasChild(_Wire):
    """Whether a citizen has a child born since a day."""

    has_child: bool


class ContactDetails(_Wire):
    """Where the city's notices about a resident go; None for what is not told."""

    phone: str | None = Field(default=None, pattern=r"^0[0-9]{1,4}-?[0-9]{1,4}-?[0-9]{3,4}$")
    mail: str | None = Field(default=None, max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")

    @field_validator("phone", "mail")
    @classmethod
    def _no_my_number(cls, value: str | None) -> str | None:
        if value is not None and mask_numbers(value)[1]:
            raise ValueError("a My Number is not kept here")
        return value


class Export(_Wire):
    """Everything that is kept here of a resident, for the resident (開示)."""

    resident_id: str
    name: str
    kana: str
    birthdate: date
    sex: str
    address: str
    contact: ContactDetails
    source: str


class OpenCase(_Wire):
    """Something that waits for a decision, without anything personal."""

    case_id: int
    citizen_id: str
    reason: str
    opened_at: datetime


class OpenCases(_Wire):
    """What waits, oldest first."""

    cases: tuple[OpenCase, ...]


class CaseDetails(_Wire):
    """What the card said, for staff to compare with the register itself."""

    reason: str
    opened_at: datetime
    name: str | None
    address: str | None
    birthdate: date | None
    sex: str | None


class Decision(_Wire):
    """Staff's decision: the register's own number of the person, or None for nobody."""

    number: str | None = Field(max_length=40)


class ResidentsClient:
    """Client of `/services/residents`; raises what `kit.http.call` raises.

    Methods that take a `grant` open personal records; the others are for packages of this
    installation and, but for `listed`, tell nothing personal.
    """

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def identify(self, who: Identification) -> IdentifyAnswer:
        """Find a citizen in the register. Raises InvalidInputError where a My Number is in it."""
        path, body = f"{_BASE}/identifications", who.model_dump(mode="json")
        return IdentifyAnswer.model_validate(await call(self._http, "POST", path, json=body))

    async def may_act(self, citizen_id: str, resident_id: str, on: date) -> bool:
        """Tell whether a citizen may act for a resident (themself, a child, a principal)."""
        return (await self.authority(citizen_id, resident_id, on)).allowed

    async def authority(self, citizen_id: str, resident_id: str, on: date) -> MayAct:
        """Tell the same, and whether the citizen is that resident."""
        path = f"{_citizen_path(citizen_id)}/authority"
        params = {"resident_id": resident_id, "on": on.isoformat()}
        answer = await call(self._http, "GET", path, params=params)
        return MayAct.model_validate(answer)

    async def ids_of(self, numbers: Collection[str]) -> dict[str, str]:
        """Return the ids of the residents with these numbers; one that is nobody's is left out.

        For other packages' imports, which name people by the register's own number.
        """
        wanted, found = sorted(set(numbers)), dict[str, str]()
        for start in range(0, len(wanted), MAX_NUMBERS):
            asked = Numbers(numbers=tuple(wanted[start : start + MAX_NUMBERS]))
            body = asked.model_dump(mode="json")
            answer = await call(self._http, "POST", f"{_BASE}/numbers", json=body)
            found |= ResidentIds.model_validate(answer).ids
        return found

    async def confirm(self, number: str, birthdate: date) -> Confirmed | None:
        """Return whom a number and a birth date mean together, None where they do not fit.

        For desks of other packages: it tells nothing of a person but their sex.
        """
        asked = Confirmation(number=number, birthdate=birthdate).model_dump(mode="json")
        answer = await call(self._http, "POST", f"{_BASE}/confirmations", json=asked)
        return ConfirmAnswer.model_validate(answer).found

    async def born(self, first: date, last: date) -> tuple[Born, ...]:
        """Return the present residents born in those days, at most `MAX_BIRTH_DAYS` of them.

        For lists of other packages: it names nobody.
        """
        params = {"first": first.isoformat(), "last": last.isoformat()}
        answer = await call(self._http, "GET", f"{_BASE}/cohorts", params=params)
        return Cohort.model_validate(answer).people

    async def listed(self, ids: Collection[str]) -> tuple[Listed, ...]:
        """Return who these residents are; who is none any more is left out.

        For a desk's list: its page has to have noted a look for everybody whom it then shows.
        """
        asked = ListWish(ids=tuple(ids)).model_dump(mode="json")
        answer = await call(self._http, "POST", f"{_BASE}/lists", json=asked)
        return ListedPeople.model_validate(answer).people

    async def has_child_born(self, citizen_id: str, since: date) -> bool:
        """Tell whether the register has a child of the citizen's born since a day."""
        path, params = f"{_citizen_path(citizen_id)}/births", {"since": since.isoformat()}
        answer = await call(self._http, "GET", path, params=params)
        return HasChild.model_validate(answer).has_child

    async def forget(self, citizen_id: str) -> None:
        """End what ties a citizen to the register, their open cases too; the register stays."""
        await call(self._http, "DELETE", _citizen_path(citizen_id))

    async def open_cases(self) -> OpenCases:
        """Return what waits for staff."""
        return OpenCases.model_validate(await call(self._http, "GET", f"{_BASE}/cases"))

    async def case(self, grant: str) -> CaseDetails:
        """Return the open case of the grant's citizen (scope residents:case:read, staff)."""
        return CaseDetails.model_validate(await self._granted("GET", "case", grant))

    async def decide(self, grant: str, decision: Decision) -> None:
        """Decide that case (scope residents:case:decide, staff). NotFoundError: no such number."""
        await self._granted("POST", "case/decision", grant, decision)

    async def people(self, grant: str) -> PeopleList:
        """Return for whom the citizen may act today (scope residents:people:read)."""
        return PeopleList.model_validate(await self._granted("GET", "people", grant))

    async def contact(self, grant: str, resident_id: str) -> ContactDetails:
        """Return a resident's contact (scope residents:contact:read)."""
        path = _contact_path(resident_id)
        return ContactDetails.model_validate(await self._granted("GET", path, grant))

    async def save_contact(self, grant: str, resident_id: str, contact: ContactDetails) -> None:
        """Replace a resident's contact (scope residents:contact:write)."""
        await self._granted("PUT", _contact_path(resident_id), grant, contact)

    async def delete_contact(self, grant: str, resident_id: str) -> None:
        """Delete a resident's contact (scope residents:contact:delete)."""
        await self._granted("DELETE", _contact_path(resident_id), grant)

    async def export(self, grant: str, resident_id: str) -> Export:
        """Return everything kept of a resident (scope residents:export)."""
        path = f"people/{quote(resident_id, safe='')}/export"
        return Export.model_validate(await self._granted("GET", path, grant))

    async def _granted(
        self, method: str, path: str, grant: str, body: BaseModel | None = None
    ) -> object:
        headers = {"Authorization": f"Bearer {grant}", "Content-Type": "application/json"}
        content = None if body is None else body.model_dump_json()
        answer: object = await call(
            self._http, method, f"{_BASE}/{path}", headers=headers, content=content
        )
        return answer


def _contact_path(resident_id: str) -> str:
    return f"people/{quote(resident_id, safe='')}/contact"


def _citizen_path(citizen_id: str) -> str:
    return f"{_BASE}/citizens/{quote(citizen_id, safe='')}"
