"""Statistics: deliveries a day, sendings by request, and units that a bot names itself.

Here everybody who gets a message has seen it, and nobody's tap on a link is counted. LINE hides
small groups: a value below 20 is null.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime

from emulators.line.errors import Json
from emulators.line.instants import japan_day, japan_month

_SMALL = 20
_UNITS_A_MONTH = 1000
_TO_MANY = frozenset({"broadcast", "narrowcast", "multicast"})


@dataclass
class Sending:
    """One accepted request to many people, or one with a unit."""

    request_id: str
    via: str
    at: datetime
    messages: int
    people: tuple[str, ...]
    unit: str = ""


@dataclass
class Figures:
    """Everything that was counted."""

    _by_day: Counter[tuple[str, date]] = field(default_factory=Counter)
    _sendings: dict[str, Sending] = field(default_factory=dict)
    _units: dict[str, list[str]] = field(default_factory=dict)

    def sent(self, sending: Sending) -> None:
        """Count an accepted request. Beyond 1,000 units a month a name is dropped in silence."""
        self._by_day[sending.via, japan_day(sending.at)] += len(sending.people)
        if sending.via not in _TO_MANY and not sending.unit:
            return
        names = self._units.setdefault(japan_month(sending.at), [])
        if sending.unit and sending.unit not in names:
            if len(names) < _UNITS_A_MONTH:
                names.append(sending.unit)
            else:
                sending.unit = ""
        self._sendings[sending.request_id] = sending

    def on_day(self, via: str, day: date) -> int:
        """Return how many messages were delivered on a day (UTC+9)."""
        return self._by_day[via, day]

    def sending(self, request_id: str) -> Sending | None:
        """Return an accepted request, or None."""
        return self._sendings.get(request_id)

    def units(self, now: datetime) -> list[str]:
        """Return this month's names of units."""
        return self._units.get(japan_month(now), [])

    def of_unit(self, unit: str, first: date, last: date) -> Json:
        """Return the statistics of a unit's sendings on these days."""
        found = [
            s
            for s in self._sendings.values()
            if s.unit == unit and first <= japan_day(s.at) <= last
        ]
        people = {user_id for s in found for user_id in s.people}
        longest = max((s.messages for s in found), default=0)
        messages = []
        for number in range(1, longest + 1):
            seen = [s.people for s in found if s.messages >= number]
            unique = {user_id for group in seen for user_id in group}
            messages.append(
                {
                    "seq": number,
                    "impression": _visible(sum(map(len, seen))),
                    "uniqueImpression": _visible(len(unique)),
                }
            )
        return {"overview": _overview(len(people)), "messages": messages, "clicks": []}

    def of_request(self, sending: Sending) -> Json:
        """Return the statistics of one sending to many."""
        overview = {
            "requestId": sending.request_id,
            "timestamp": int(sending.at.timestamp()),
            "delivered": len(sending.people),
            **_overview(len(sending.people)),
        }
        numbers = range(1, sending.messages + 1)
        messages = [{"seq": n, "impression": _visible(len(sending.people))} for n in numbers]
        return {"overview": overview, "messages": messages, "clicks": []}

    def clear(self) -> None:
        """Forget everything."""
        self._by_day.clear()
        self._sendings.clear()
        self._units.clear()


def _overview(people: int) -> Json:
    return {
        "uniqueImpression": _visible(people),
        "uniqueClick": None,
        "uniqueMediaPlayed": None,
        "uniqueMediaPlayed100Percent": None,
    }


def _visible(value: int) -> int | None:
    return value if value >= _SMALL else None
