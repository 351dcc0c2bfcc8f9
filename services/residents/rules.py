"""Whom a citizen may act for, and until which day. Pure functions.

A child's parents (親権) and guardians (未成年後見) act until the child is of age: eighteen years,
民法第4条. By 年齢計算ニ関スル法律 and 民法第143条 the eighteenth year is complete at the end of the
day before the birthday, so that day is the last. Somebody born on 29 February completes it at the
end of February, because eighteen years later there is no such day. A proxy (委任) acts until the
day that stands in the mandate.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kit.lifecycle import Lifecycle, check_step

ADULT = 18
_RESIDENT_ID = re.compile(r"res_[0-9a-f]{32}", re.ASCII)


class Kind(StrEnum):
    """Why somebody may act for another."""

    parent = "parent"
    guardian = "guardian"
    proxy = "proxy"


class CaseReason(StrEnum):
    """Why a person of the staff has to look."""

    incomplete = "incomplete"
    """The card did not give all four items."""
    absent = "absent"
    ambiguous = "ambiguous"
    other_resident = "other_resident"
    """The citizen stands for another resident already."""
    other_citizen = "other_citizen"
    """Another citizen stands for this resident already."""


CASE_STATES: Lifecycle = {
    "open": frozenset({"matched", "declined", "withdrawn"}),
}


@dataclass(frozen=True)
class Authority:
    """One entry of the register by which somebody may act; both days are included."""

    kind: Kind
    starts_on: date
    last_day: date | None


def new_resident_id() -> str:
    """Return an opaque id, which says nothing of the person or of the register's own number."""
    return f"res_{secrets.token_hex(16)}"


def is_resident_id(text: str) -> bool:
    """Tell whether a text could be such an id."""
    return _RESIDENT_ID.fullmatch(text) is not None


def of_age_on(birthdate: date) -> date:
    """Return the first day on which somebody is of age."""
    year = birthdate.year + ADULT
    try:
        return birthdate.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def last_day(authority: Authority, birthdate: date) -> date | None:
    """Return the last day of an authority over somebody born then; None while it has no end."""
    if authority.kind is Kind.proxy:
        return authority.last_day
    ends = of_age_on(birthdate) - timedelta(days=1)
    return ends if authority.last_day is None else min(ends, authority.last_day)


def holds(authority: Authority, birthdate: date, on: date) -> bool:
    """Tell whether an authority over somebody born then opens anything on a day."""
    end = last_day(authority, birthdate)
    return authority.starts_on <= on and (end is None or on <= end)


def check_case_step(before: str, after: str) -> None:
    """Raise IllegalTransitionError unless a case may go from one state to the other."""
    check_step(CASE_STATES, before, after)
