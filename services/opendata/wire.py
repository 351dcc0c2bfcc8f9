"""What `/open/v1` answers: pages of items, each page with the terms on which it may be used."""

from datetime import date, datetime
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

T = TypeVar("T")


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ErrorDetail(_Wire):
    """What went wrong and what to do about it."""

    code: str = Field(examples=["not_found"])
    message: str = Field(examples=["There is nothing under that address. Check the identifier."])
    details: list[dict[str, object]] | None = None


class ErrorBody(_Wire):
    """The one form of every error; it never repeats what was sent."""

    error: ErrorDetail


class Source(_Wire):
    """Where the data comes from, and on which terms it may be used."""

    id: str = Field(examples=["shelters"])
    title: str = Field(examples=["指定緊急避難場所・指定避難所"])
    publisher: str = Field(examples=["会津若松市"])
    licence: str = Field(examples=["https://www.apache.org/licenses/LICENSE-2.0"])
    credit: str = Field(examples=["出典：国土地理院 指定緊急避難場所・指定避難所データ"])
    demonstration: bool
    """True where the records were made to try the system and are not the city's own."""


class Page(_Wire, Generic[T]):
    """A stretch of a list. `next` is the path of the following page, null on the last."""

    source: Source
    total: int = Field(examples=[301])
    offset: int = Field(examples=[0])
    limit: int = Field(examples=[50])
    next: str | None = Field(examples=["/open/v1/shelters?offset=50&limit=50"])
    items: tuple[T, ...]


class WasteArea(_Wire):
    """A district of the waste calendar."""

    name: str = Field(examples=["城西"])


class WasteDay(_Wire):
    """One kind of waste on one day; `stopped` where it would be collected, but the city pauses."""

    date: date
    category: str = Field(examples=["燃やせるごみ"])
    remarks: tuple[str, ...] = ()
    stopped: bool = False


class WasteThing(_Wire):
    """A thing, and what kind of waste it is."""

    name: str = Field(examples=["アイロン"])
    category: str = Field(examples=["燃やせないごみ"])
    notice: str = ""
    how: str = ""
    """How the kind is put out."""


class PlaceItem(_Wire):
    """A facility or a shelter. Positions are WGS 84 degrees."""

    id: str = Field(examples=["facility:1"])
    kind: str = Field(examples=["facility"])
    name: str = Field(examples=["会津若松市役所"])
    address: str = ""
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    categories: tuple[str, ...] = ()
    phone: str = ""
    hours: str = ""
    spot: str = ""
    hazards: tuple[str, ...] = Field(default=(), examples=[["flood", "landslide"]])
    doubles_as_shelter: bool = False
    accepts: str = ""
    capacity: str = ""
    note: str = ""
    url: str = ""
    credit: str = ""
    demonstration: bool


class FaqItem(_Wire):
    """One question with its answer, the desk that owns it and what it rests on."""

    id: str = Field(examples=["moving-in"])
    category: str
    question: str
    answer: str
    desk: str
    source: str
    source_url: str | None = None
    review_by: date
    updated: date | None = None
    demonstration: bool


class RoadReport(_Wire):
    """What a citizen reported of a road, as the public map shows it; positions are rounded."""

    id: str = Field(examples=["S-12"])
    type: str = Field(examples=["snow-ridge"])
    type_name: str
    status: str
    open: bool
    status_notes: str = ""
    description: str | None = None
    photo_url: str | None = None
    address: str | None = None
    reporters: int = 1
    filed_at: datetime
    updated_at: datetime
    expected_at: datetime | None = None
    last_passage: datetime | None = None
    latitude: float
    longitude: float


class Alert(_Wire):
    """A warning for the city, or an order of the city's (`hazard` is `order` then), in force."""

    hazard: str = Field(examples=["landslide"])
    name: str = Field(examples=["レベル４土砂災害危険警報"])
    level: int | None = None
    place: str
    reported_at: datetime
    since: datetime | None = None
    publisher: str = ""


class ShelterState(_Wire):
    """How a shelter stands: `open`, `full` or `closed`."""

    name: str
    state: str
    capacity: int | None = None
    people: int | None = None
    updated_at: datetime


class Vacancy(_Wire):
    """Seats of a nursery that are free for some ages together."""

    facility_id: str
    name: str
    kind: str
    district: str
    first_age: int
    last_age: int
    seats: int
    updated_on: date


class River(_Wire):
    """The newest level of a river's gauge, and the line that matters there."""

    name: str
    unit: str = Field(examples=["m"])
    value: float | None = None
    observed_at: datetime | None = None
    trend: str = ""
    line: str = ""
    line_value: float | None = None
    reached: bool = False
    stale: bool = False
    demonstration: bool = False
