"""Which district a message names, and the district that a talk is about."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rasa_sdk.events import SlotSet

from actions.base import ActionContext, Events, Turn
from services.places.contract import Kind, Need, PlacesClient, Resolution

TALK = "waste_talk"
"""Slot of the district that was named in passing: {"area", "at"}; nothing is kept for it."""
FRESH = timedelta(hours=3)


@dataclass(frozen=True)
class Where:
    """What a message says about the district it asks for.

    `area`: exactly one may be meant. `candidates`: several, to be asked about; `about` is the town
    that is divided. `unknown`: a name that is no place of the city, `elsewhere` its municipality.
    `name` is the official name of the place, where it is not the district's own.
    """

    area: str = ""
    settled: bool = False
    candidates: tuple[str, ...] = ()
    about: str = ""
    need: Need = Need.nothing
    name: str = ""
    exceptions: tuple[str, ...] = ()
    not_home: bool = False
    unknown: str = ""
    elsewhere: str = ""
    similar: tuple[str, ...] = ()
    corrected_from: tuple[str, ...] = ()
    whole: bool = False
    written: tuple[str, ...] = ()

    @property
    def says_something(self) -> bool:
        """Whether a place was named at all, known or not."""
        return bool(self.area or self.candidates or self.unknown)


async def read_where(
    context: ActionContext, text: str, *, asked: bool = False, pending: dict[str, Any] | None = None
) -> Where:
    """Read a message; `pending` is the question about a divided town that is open."""
    open_question = pending or {}
    found = await context.client(PlacesClient).resolve(
        text,
        asked=asked,
        about=str(open_question.get("about") or ""),
        among=tuple(open_question.get("among") or ()),
    )
    return where_of(found)


def where_of(found: Resolution) -> Where:
    """Return what a resolution comes to for a calendar of districts."""
    districts = found.districts
    first = found.places[0] if found.places else None
    divided = next((place for place in found.places if place.need), None)
    unknown = found.unknown[0] if found.unknown and not districts else None
    own_name = first is not None and (first.kind is Kind.district or first.name in districts)
    return Where(
        area=districts[0] if len(districts) == 1 else "",
        settled=found.settled,
        candidates=districts if len(districts) > 1 else (),
        about=divided.name if divided and len(found.places) == 1 else "",
        need=divided.need if divided else Need.nothing,
        name="" if first is None or own_name else first.name,
        exceptions=first.exceptions if first else (),
        not_home=any(place.not_home for place in found.places),
        unknown=unknown.text if unknown else "",
        elsewhere=unknown.elsewhere if unknown else "",
        similar=unknown.similar if unknown else (),
        corrected_from=tuple(d for place in found.corrected_from for d in place.districts),
        whole=found.whole,
        written=(
            *(place.text for place in (*found.places, *found.corrected_from)),
            *(name.text for name in found.unknown),
        ),
    )


def talk_area(turn: Turn, now: datetime) -> str | None:
    """Return the district that this talk is about, None where none was named lately."""
    value = turn.slot(TALK)
    try:
        fresh = now - datetime.fromisoformat(value["at"]) <= FRESH
        return str(value["area"]) if fresh else None
    except (TypeError, KeyError, ValueError):
        return None


def talk_about(area: str, now: datetime) -> Events:
    """Return the event that makes a district the one of this talk."""
    return [SlotSet(TALK, {"area": area, "at": now.isoformat()})]


def forget_talk(turn: Turn) -> Events:
    """Return the event after which the kept district counts again."""
    return [SlotSet(TALK, None)] if turn.slot(TALK) else []
