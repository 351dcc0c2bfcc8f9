"""NGSI-v2 subscriptions: what may be asked for, and which changes are told. Pure.

After the FIWARE NGSI-v2 specification, "Subscriptions". We answer a part of it and refuse the rest
by name, so that nobody waits for notifications that never come.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from services.developers.skill_manifest import public_web

Entity = dict[str, Any]

MOST_SUBSCRIPTIONS = 10
"""Of one developer."""
ENTITIES_AT_ONCE = 100
"""In one notification; the others follow with the next look."""
GIVEN_UP_AFTER = 30
"""Failures in a row: half an hour of an address that does not answer."""
LONGEST_THROTTLING = 86_400

_ID = Annotated[str, StringConstraints(min_length=1, max_length=256, pattern=r"^[^,]+$")]
_Type = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_]{1,60}$")]
_Attribute = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,59}$")]
_Words = Annotated[str, StringConstraints(max_length=300)]


class SubscriptionState(StrEnum):
    """What the specification calls `status`."""

    active = "active"
    inactive = "inactive"
    """Its owner put it to rest."""
    failed = "failed"
    """Given up: its address did not take notifications for a long while."""
    expired = "expired"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EntityPattern(_Part):
    """Entities by `id` and `type`; `idPattern` takes `.*` alone, which is every id."""

    id: _ID | None = None
    idPattern: Literal[".*"] | None = None  # noqa: N815  NGSI-v2
    type: _Type


class Expression(_Part):
    """Conditions of the simple query language, and where."""

    q: _Words = ""
    georel: _Words = ""
    geometry: _Words = ""
    coords: _Words = ""


class Condition(_Part):
    """What has to change (`attrs`; any attribute without them), and what has to hold."""

    attrs: tuple[_Attribute, ...] = Field(default=(), max_length=20)
    expression: Expression = Expression()


class Subject(_Part):
    """Which entities are watched."""

    entities: tuple[EntityPattern, ...] = Field(min_length=1, max_length=5)
    condition: Condition = Condition()


class Target(_Part):
    """Where notifications go: https, and no address inside."""

    url: Annotated[str, StringConstraints(max_length=500), AfterValidator(public_web)]


class Notification(_Part):
    """What is sent: all attributes without `attrs`."""

    http: Target
    attrs: tuple[_Attribute, ...] = Field(default=(), max_length=20)
    attrsFormat: Literal["normalized", "keyValues"] = "normalized"  # noqa: N815  NGSI-v2


class NewSubscription(_Part):
    """A subscription as it is asked for."""

    description: _Words = ""
    subject: Subject
    notification: Notification
    expires: datetime | None = None
    throttling: int = Field(default=0, ge=0, le=LONGEST_THROTTLING)
    """Least seconds between two notifications."""
    status: Literal["active", "inactive"] = "active"


class StatusChange(_Part):
    """The one change of a subscription: rest and go on."""

    status: Literal["active", "inactive"]


def state_of(status: str, expires: datetime | None, now: datetime) -> SubscriptionState:
    """Return how a subscription stands."""
    if expires is not None and expires <= now:
        return SubscriptionState.expired
    return SubscriptionState(status)


def is_due(last: datetime | None, throttling: int, now: datetime) -> bool:
    """Tell whether enough time has passed since the last notification."""
    return last is None or now - last >= timedelta(seconds=throttling)


def digest(entity: Entity, attrs: Sequence[str]) -> str:
    """Return what an entity's watched attributes come to."""
    watched = {name: part for name, part in entity.items() if not attrs or name in attrs}
    text = json.dumps(watched, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def changed(
    found: Sequence[Entity], seen: Mapping[str, str], attrs: Sequence[str]
) -> tuple[list[Entity], dict[str, str]]:
    """Return the entities to tell of, and what is known once they are told.

    An entity that is gone is forgotten: should it come again, it is told again.
    """
    now = {entity["id"]: digest(entity, attrs) for entity in found}
    news = [entity for entity in found if seen.get(entity["id"]) != now[entity["id"]]]
    told = news[:ENTITIES_AT_ONCE]
    late = {entity["id"] for entity in news[ENTITIES_AT_ONCE:]}
    known = {name: seen.get(name, "") if name in late else now[name] for name in now}
    return told, known


def shown(entity: Entity, wanted: Notification) -> Entity:
    """Return an entity as a notification holds it."""
    kept = {
        name: part
        for name, part in entity.items()
        if not wanted.attrs or name in ("id", "type", *wanted.attrs)
    }
    if wanted.attrsFormat == "normalized":
        return kept
    return {name: part["value"] if isinstance(part, dict) else part for name, part in kept.items()}
