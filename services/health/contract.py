"""What other packages may ask of the handbook: wire types and client."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal
from urllib.parse import quote

import httpx2
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.http import call

AUDIENCE = "services/health"
"""What a grant must be for to open anything here."""

DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_DAY_OR_MONTH = r"^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$"
_BASE = "/services/health"


VACCINES = {
    "HepB": "B型肝炎",
    "Rota1v": "ロタウイルス（1価）",
    "Rota5v": "ロタウイルス（5価）",
    "DPT-IPV-Hib": "五種混合",
    "PCV": "小児用肺炎球菌",
    "BCG": "BCG",
    "MR period 1": "麻しん風しん（MR）1期",
    "MR period 2": "麻しん風しん（MR）2期",
    "Varicella": "水ぼうそう（水痘）",
    "JE period 1": "日本脳炎1期",
    "JE period 2": "日本脳炎2期",
    "DT period 2": "二種混合2期",
    "HPV9": "HPV（子宮頸がん予防）",
    "RSV maternal": "RSウイルス（妊婦）",
    "DPT-IPV": "四種混合",
    "Hib": "ヒブ",
    "Mumps": "おたふくかぜ",
}
"""Code of the schedule → what residents read."""


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Short = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True)]
Long = Annotated[str, StringConstraints(max_length=2000, strip_whitespace=True)]
Needed = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class Source(StrEnum):
    """Where an entry comes from."""

    health_centre = "health_centre"
    clinic = "clinic"
    pharmacy = "pharmacy"
    school = "school"
    guardian = "guardian"


class Vaccination(_Wire):
    """A dose that was given; `date` may be a month alone. `vaccine` is a code of the schedule."""

    kind: Literal["vaccination"] = "vaccination"
    vaccine: Needed
    date: str = Field(pattern=_DAY_OR_MONTH)
    product: Short = ""
    lot: Short = ""
    place: Short = ""


class Growth(_Wire):
    """One measurement, in kg or cm."""

    kind: Literal["growth"] = "growth"
    measure: Literal["weight", "height", "head_circumference"]
    date: date
    value: Decimal = Field(gt=0, lt=300, max_digits=7, decimal_places=3)


class Check(_Wire):
    """A health check: which, when, and what came of it, in the words of who made it."""

    kind: Literal["check"] = "check"
    name: Needed
    date: date
    place: Short = ""
    result: Long = ""
    advice: Long = ""


class Medication(_Wire):
    """A medicine of the notebook."""

    kind: Literal["medication"] = "medication"
    name: Needed
    directions: Short = ""
    start: date
    end: date | None = None
    place: Short = ""


class Allergy(_Wire):
    """What somebody does not bear."""

    kind: Literal["allergy"] = "allergy"
    substance: Needed
    reaction: Short = ""
    since: date | None = None


class Diary(_Wire):
    """What a guardian writes for themselves."""

    kind: Literal["diary"] = "diary"
    date: date
    text: Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]


class Birth(_Wire):
    """The expected day of birth; growth of a child born early is shown at both ages."""

    kind: Literal["birth"] = "birth"
    due_date: date


class Pregnancy(_Wire):
    """That somebody is pregnant, with the expected day of birth."""

    kind: Literal["pregnancy"] = "pregnancy"
    due_date: date


class PregnancyEnd(_Wire):
    """That a pregnancy has ended. `untold`: whoever wrote it did not want to say how."""

    kind: Literal["pregnancy_end"] = "pregnancy_end"
    date: date
    how: Literal["birth", "loss", "untold"]


class MaternalCheck(_Wire):
    """A check-up of a pregnant person; weight in kg, blood pressure in mmHg."""

    kind: Literal["maternal_check"] = "maternal_check"
    date: date
    place: Short = ""
    weight: Decimal | None = Field(default=None, gt=20, lt=250, max_digits=6, decimal_places=2)
    systolic: int | None = Field(default=None, ge=50, le=260)
    diastolic: int | None = Field(default=None, ge=20, le=200)
    result: Long = ""
    advice: Long = ""


class Imaging(_Wire):
    """An examination with pictures, which lie in a hospital's archive under this UID."""

    kind: Literal["imaging"] = "imaging"
    date: date
    modality: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,16}$")]
    """DICOM (0008,0060)."""
    description: Short = ""
    place: Short = ""
    study_uid: Annotated[str, StringConstraints(pattern=r"^[0-2](\.[0-9]+)+$", max_length=64)]


Body = Annotated[
    Vaccination
    | Growth
    | Check
    | Medication
    | Allergy
    | Diary
    | Birth
    | Pregnancy
    | PregnancyEnd
    | MaternalCheck
    | Imaging,
    Field(discriminator="kind"),
]


class Entry(_Wire):
    """One version of one entry; `ended_at` since when it does not count any more."""

    id: str
    body: Body
    source: Source
    is_own: bool
    """Whether the citizen of the grant wrote it, and so may correct it or take it back."""
    written_at: datetime
    corrects: str | None
    record_id: str
    """The same for every version of it."""
    ended_at: datetime | None
    end: Literal["corrected", "withdrawn"] | None


class Handbook(_Wire):
    """Every entry of one person, with the versions that do not count any more."""

    entries: tuple[Entry, ...]
    reminds: bool = False
    """Whether the citizen of the grant wants to be told of this person's vaccinations."""


class Born(_Wire):
    """What of a child the schedule goes by."""

    birthdate: date
    sex: Literal["male", "female"] | None


class NewEntry(_Wire):
    """What a guardian writes at once. The same `key` writes once, whatever comes with it.

    `corrects` goes with a single body of the same kind.
    """

    key: str = Field(min_length=16, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")
    bodies: tuple[Annotated[Growth | Diary | PregnancyEnd, Field(discriminator="kind")], ...] = (
        Field(min_length=1, max_length=3)
    )
    corrects: str | None = Field(default=None, max_length=100)


class Part(StrEnum):
    """What of a handbook can be shown to others; a diary never."""

    vaccinations = "vaccinations"
    growth = "growth"
    checks = "checks"
    medication = "medication"
    images = "images"


class About(_Wire):
    """To whom something is shown, and who the child is, so that nobody takes it for another."""

    recipient: Needed
    name: Needed
    birthdate: date
    sex: Literal["male", "female"] | None


class NewShare(_Wire):
    """What a guardian wants to show, and for how many hours."""

    about: About
    parts: tuple[Part, ...] = Field(min_length=1, max_length=len(Part))
    hours: Literal[1, 24, 168]


class Shared(_Wire):
    """A new sharing: what its QR code holds is told this once."""

    number: int
    code: str
    ends_at: datetime


class Share(_Wire):
    """A sharing as its guardian sees it, with every look."""

    number: int
    recipient: str
    parts: tuple[Part, ...]
    created_at: datetime
    ends_at: datetime
    is_open: bool
    looks: tuple[datetime, ...]


class Shares(_Wire):
    """A guardian's sharings of one child, newest first."""

    shares: tuple[Share, ...]


class Age(_Wire):
    """An age as the schedule counts it.

    `birth`; `months` and `days` after it; `grade`: the fiscal year in which that many years are
    reached; `preschool`: the year before school. The last two have an edge.
    """

    unit: Literal["birth", "months", "days", "grade", "preschool"]
    number: int = 0
    edge: Literal["start", "end"] = "start"


class VaccineAges(_Wire):
    """The published ages of one vaccine: the usual period of its first dose, and all of them."""

    vaccine: str
    doses: int | None
    """How many there are, None where that depends on the age at the first."""
    usual: tuple[Age, Age] | None
    allowed: tuple[Age, Age]
    version: str
    source: str


class AgeVaccines(_Wire):
    """The published schedule at one age, for nobody in particular: codes in its order."""

    months: int
    now: tuple[str, ...]
    """Whose usual period that age lies in."""
    soon: tuple[str, ...]
    """Whose usual period begins within three months."""
    version: str
    source: str


class HealthClient:
    """Client of `/services/health`; raises what `kit.http.call` raises."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def handbook(self, grant: str, person_id: str, *kinds: type[BaseModel]) -> Handbook:
        """Return a person's entries of these kinds, or all (scope health:record:read).

        Raises NotFoundError for everybody for whom the citizen may not act.
        """
        names = ",".join(kind.model_fields["kind"].default for kind in kinds)
        what = f"entries?kinds={names}" if names else "entries"
        return Handbook.model_validate(await self._granted("GET", person_id, what, grant))

    async def write(self, grant: str, person_id: str, new: NewEntry) -> None:
        """Keep entries, or correct an own one (scope health:record:write).

        Raises NotFoundError as `handbook` does, ConflictError where the entry has ended meanwhile,
        and InvalidInputError for a day that is still to come.
        """
        await self._granted("POST", person_id, "entries", grant, new)

    async def withdraw(self, grant: str, person_id: str, entry_id: str) -> None:
        """End an own entry; it stays in the history (scope health:record:withdraw)."""
        path = f"entries/{quote(entry_id, safe='')}"
        await self._granted("DELETE", person_id, path, grant)

    async def share(self, grant: str, person_id: str, new: NewShare) -> Shared:
        """Show parts of a handbook for a time (scope health:share:write)."""
        return Shared.model_validate(await self._granted("POST", person_id, "shares", grant, new))

    async def shares(self, grant: str, person_id: str) -> Shares:
        """Return what the citizen shows of a person (scope health:share:read)."""
        return Shares.model_validate(await self._granted("GET", person_id, "shares", grant))

    async def revoke(self, grant: str, person_id: str, number: int) -> None:
        """End a sharing at once (scope health:share:revoke). Raises NotFoundError for others'."""
        await self._granted("DELETE", person_id, f"shares/{number}", grant)

    async def remind(self, grant: str, person_id: str, born: Born) -> None:
        """Tell the citizen when a vaccination is due (scope health:reminder:write)."""
        await self._granted("PUT", person_id, "reminder", grant, born)

    async def stop_reminding(self, grant: str, person_id: str) -> None:
        """Tell them no more (scope health:reminder:write)."""
        await self._granted("DELETE", person_id, "reminder", grant)

    async def at_age(self, months: int) -> AgeVaccines:
        """Return what the schedule has for an age; it needs no grant and tells of nobody."""
        answer = await call(self._http, "GET", f"{_BASE}/schedule", params={"months": months})
        return AgeVaccines.model_validate(answer)

    async def of_vaccine(self, vaccine: str) -> VaccineAges:
        """Return the published ages of a vaccine of `VACCINES`. Raises NotFoundError without any.

        It needs no grant and tells of nobody.
        """
        answer = await call(self._http, "GET", f"{_BASE}/vaccines", params={"vaccine": vaccine})
        return VaccineAges.model_validate(answer)

    async def _granted(
        self, method: str, person_id: str, what: str, grant: str, body: BaseModel | None = None
    ) -> object:
        headers = {"Authorization": f"Bearer {grant}", "Content-Type": "application/json"}
        content = None if body is None else body.model_dump_json()
        path = f"{_BASE}/people/{quote(person_id, safe='')}/{what}"
        answer: object = await call(self._http, method, path, headers=headers, content=content)
        return answer
