"""Trouble on order. `POST /emulator/faults` adds one fault, `DELETE` removes them all.

A fault is one flat object; every key may be left out:

* `path` (glob, default `*`), `method`: which of LINE's calls it strikes
* `times`: how often it strikes at most; `seed`: makes its dice repeatable
* `latency_ms`: wait this long before anything else
* `error_rate` (0–1) with `status` (default 500): answer so, nothing was done
* `rate_limit` (0–1): answer 429, nothing was done
* `connection_reset` (0–1): drop the connection, nothing was done
* `timeout_after_accept` (0–1): do the work, hold the answer `hold_ms` (default 30000), then drop
* `slow_body` (0–1): do the work, then send the answer in drips over `hold_ms`
* `webhook_lost` (0–1): a webhook is not sent; `webhook_repeat` (n): sent n times more
"""

import random
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from emulators.line.errors import ControlError, Json

_SHARES = (
    "error_rate",
    "rate_limit",
    "connection_reset",
    "timeout_after_accept",
    "slow_body",
    "webhook_lost",
)
_COUNTS = ("times", "seed", "latency_ms", "status", "hold_ms", "webhook_repeat")
_TEXTS = ("path", "method")


@dataclass
class Effect:
    """What happens to one call."""

    delay_ms: int = 0
    status: int | None = None
    reset: bool = False
    hold_ms: int | None = None
    drip_ms: int | None = None
    names: list[str] = field(default_factory=list)


class Fault:
    """One rule with its own dice."""

    def __init__(self, wanted: Json) -> None:
        """Read the rule. Raises ControlError for a key or value that means nothing."""
        for name, value in wanted.items():
            _check(name, value)
        self.wanted = wanted
        self.left: int | None = wanted.get("times")
        # Dice, not secrets: the seed makes a run repeatable.
        self.dice = random.Random(wanted.get("seed"))  # noqa: S311

    def matches(self, method: str, path: str) -> bool:
        """Say whether the rule is about this call and still has strikes left."""
        return (
            self.left != 0
            and self.wanted.get("method", method).upper() == method
            and fnmatchcase(path, self.wanted.get("path", "*"))
        )

    def rolls(self, name: str) -> bool:
        """Throw the dice for one share."""
        share = self.wanted.get(name, 0)
        return bool(share) and self.dice.random() < share

    def spend(self) -> None:
        """Count one strike."""
        if self.left:
            self.left -= 1


class Faults:
    """All faults in force."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, wanted: Json) -> None:
        """Put one fault in force. Raises ControlError when it cannot be read."""
        self._faults.append(Fault(wanted))

    def clear(self) -> None:
        """Remove them all."""
        self._faults.clear()

    def as_list(self) -> list[Json]:
        """Return the faults as they were given, with the strikes left."""
        return [f.wanted | ({} if f.left is None else {"left": f.left}) for f in self._faults]

    def on_call(self, method: str, path: str) -> Effect | None:
        """Decide about one API call; None means that nothing happens to it."""
        if not self._faults:
            return None
        effect = Effect()
        for fault in self._faults:
            if fault.matches(method, path) and _strike(fault, effect):
                fault.spend()
        return effect if effect.names else None

    def on_webhook(self) -> tuple[bool, int]:
        """Return whether this delivery is lost, and how often it is repeated."""
        lost, repeats = False, 0
        for fault in self._faults:
            if fault.left == 0:
                continue
            mine = fault.rolls("webhook_lost")
            again = fault.wanted.get("webhook_repeat", 0)
            if mine or again:
                fault.spend()
            lost, repeats = lost or mine, repeats + again
        return lost, repeats


def _strike(fault: Fault, effect: Effect) -> bool:
    struck = len(effect.names)
    if fault.wanted.get("latency_ms"):
        effect.delay_ms += fault.wanted["latency_ms"]
        effect.names.append("latency")
    if fault.rolls("connection_reset"):
        effect.reset = True
        effect.names.append("connection_reset")
    elif fault.rolls("rate_limit"):
        effect.status = 429
        effect.names.append("rate_limit")
    elif fault.rolls("error_rate"):
        effect.status = fault.wanted.get("status", 500)
        effect.names.append("error")
    elif fault.rolls("timeout_after_accept"):
        effect.hold_ms = fault.wanted.get("hold_ms", 30_000)
        effect.names.append("timeout_after_accept")
    elif fault.rolls("slow_body"):
        effect.drip_ms = fault.wanted.get("hold_ms", 30_000)
        effect.names.append("slow_body")
    return len(effect.names) > struck


def _check(name: str, value: Any) -> None:
    if name in _SHARES:
        fits = type(value) in (int, float) and 0 <= value <= 1
    elif name in _COUNTS:
        fits = type(value) is int and value >= 0
    elif name in _TEXTS:
        fits = isinstance(value, str)
    else:
        known = ", ".join((*_TEXTS, *_COUNTS, *_SHARES))
        raise ControlError(400, f"There is no fault key '{name}'. Known: {known}.")
    if not fits:
        raise ControlError(400, f"The fault key '{name}' cannot be {value!r}.")
