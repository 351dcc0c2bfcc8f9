"""Entries of the state, how statements combine into one, and what counts as a change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.disaster.facts import Fact, InfoType, Telegram

_CONFIRMED_WITHIN = timedelta(hours=48)
# Anything that says what is in force is shown before "something lower".
_SWITCHED = 1.0


@dataclass(frozen=True, slots=True)
class Statement:
    """A fact and the telegram that says so."""

    fact: Fact
    telegram: Telegram


@dataclass(frozen=True, slots=True)
class Entry:
    """The state of one hazard in one area; `level` and `kind_code` as last said."""

    area: str
    hazard: str
    level: int | None
    kind_code: str
    active: bool
    source: str
    reported_at: datetime
    rank: float = 0.0
    sources: tuple[str, ...] = ()
    # The happenings (earthquakes, records of rain) that the shown grade comes from.
    happenings: frozenset[str] = frozenset()
    # Who is to be credited for it (PublishingOffice).
    publishers: str = ""
    # When it last changed; None while it never did (an end of what was not held).
    since: datetime | None = None
    # It did not end but was cancelled as a mistake.
    retracted: bool = False

    def unconfirmed(self, now: datetime) -> bool:
        """Whether it is so old that it should have been confirmed; a volcano's needs none."""
        lasting = self.hazard in ("volcano", "earthquake")
        return self.active and not lasting and now - self.reported_at >= _CONFIRMED_WITHIN

    @property
    def grade(self) -> int | str | None:
        """The level where the hazard has one, else the code; None when nothing is in force."""
        if not self.active:
            return None
        return self.level if self.level is not None else self.kind_code


@dataclass(frozen=True, slots=True)
class Change:
    """A change of state. `kind`: started, raised, lowered, ended, retracted or text; `before` and
    `after` are grades (level 2–5, else the code), None where nothing is in force."""

    area: str
    hazard: str
    before: int | str | None
    after: int | str | None
    kind: str
    level: int | None
    sources: tuple[str, ...]
    reported_at: datetime


def combine(area: str, hazard: str, said: Iterable[Statement]) -> Entry | None:
    """The gravest statement in force, the newest of equals; else the newest that it has ended."""
    statements = sorted(said, key=_weight)
    if not statements:
        return None
    top = statements[-1]
    equals = [s for s in statements if s.fact.active and s.fact.rank == top.fact.rank]
    fact, telegram = top.fact, top.telegram
    return Entry(
        area=area,
        hazard=hazard,
        level=fact.level if fact.active else None,
        kind_code=fact.kind_code,
        active=fact.active,
        source=telegram.source,
        reported_at=telegram.reported_at,
        rank=fact.rank if fact.active else 0.0,
        sources=tuple(dict.fromkeys(s.telegram.source for s in reversed(equals))),
        happenings=frozenset(s.telegram.event for s in equals if s.telegram.event),
        publishers=telegram.publishers,
        retracted=not fact.active and telegram.info_type is InfoType.CANCELLED,
    )


def _weight(statement: Statement) -> tuple[object, ...]:
    fact = statement.fact
    rank = fact.rank if fact.active else 0.0
    return (fact.active, rank, statement.telegram.revision, fact.area, fact.kind_code)


def contest(statement: Statement) -> tuple[str, tuple[object, ...]]:
    """What the statement competes in ("" for nothing), and how it stands there.

    Warnings of one hazard and area come from an office's telegram and from the national one: the
    newer counts. Intensities of one earthquake come as regions first, then as cities: the latter
    count wherever they speak.
    """
    telegram, fact = statement.telegram, statement.fact
    if telegram.contest == "warnings":
        return f"warnings {fact.area} {fact.hazard}", telegram.revision[:3]
    return telegram.contest, (telegram.standing,)


def ended(fact: Fact) -> Fact:
    """The same fact, over; the code stays, as it does in a telegram's release."""
    return replace(fact, active=False, level=None, rank=0.0)


def left_out(statement: Statement, telegram: Telegram) -> Statement:
    """What becomes of a fact that a newer full state does not name any more."""
    fact = statement.fact
    if not fact.active:
        return statement
    if telegram.switched_down:
        below = replace(fact, level=None, kind_code="00", rank=_SWITCHED, name="")
        return Statement(below, telegram)
    return Statement(ended(fact), telegram)


def narrowed(facts: Iterable[Fact], held: Mapping[tuple[str, str], Statement]) -> list[Fact]:
    """Facts about the cities that the subject named before, where now it names only the wide area:
    a river's later forecasts often leave out the list."""
    named = {key for key, s in held.items() if s.fact.active and not s.fact.presumed}
    cities = {key for key in named if len(key[0]) in (5, 7)}
    if not cities:
        return list(facts)
    return [
        replace(fact, presumed=False)
        for fact in facts
        if not fact.presumed or (fact.area, fact.hazard) in cities
    ]


def compare(before: Entry | None, after: Entry | None, telegram: Telegram) -> Change | None:
    """The change that a telegram made between two states of one area and hazard, if it made one."""
    kind = _kind(before, after, telegram)
    if kind is None or after is None:
        return None
    return Change(
        area=after.area,
        hazard=after.hazard,
        before=None if kind == "started" or before is None else before.grade,
        after=after.grade,
        kind=kind,
        level=after.level,
        sources=after.sources if after.active else (telegram.source,),
        reported_at=telegram.reported_at,
    )


def _kind(before: Entry | None, after: Entry | None, telegram: Telegram) -> str | None:
    was = before is not None and before.active
    if before is None or after is None or not was:
        return "started" if after is not None and after.active else None
    if not after.active:
        return "retracted" if telegram.info_type is InfoType.CANCELLED else "ended"
    if after.rank != before.rank:
        return "raised" if after.rank > before.rank else "lowered"
    if telegram.event in after.happenings - before.happenings:
        return "started"
    if telegram.info_type is InfoType.CORRECTED and after.kind_code != before.kind_code:
        return "text"
    return None
