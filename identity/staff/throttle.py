"""The pace of guessing: after a few tries each further one has to wait, longer every time.

Counted per name, whether or not there is such an account, and per address. In Redis, because it
may be lost; while Redis is away nobody logs in.
"""

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import timedelta

from auth.store import Store
from identity.staff.problems import FormProblemError

COUNTED_FOR = timedelta(minutes=30)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=15)


class TooManyTriesError(FormProblemError):
    """続けて試した回数が多いため、しばらくログインできません。15分ほどおいて、もう一度お試しください。"""

    status = 429
    code = "too_many_tries"


@dataclass(frozen=True)
class Counter:
    """Whose tries are counted together, and how many do not have to wait."""

    key: str
    free: int


def of_account(name: str) -> Counter:
    """Count the tries of one name."""
    return Counter(f"account:{hashlib.sha256(name.encode()).hexdigest()}", 5)


def of_address(address: str) -> Counter:
    """Count the tries from one address; a whole city hall may share it."""
    return Counter(f"address:{hashlib.sha256(_network(address).encode()).hexdigest()}", 50)


class Throttle:
    """Counts tries before they are made, so that many at once are not free."""

    def __init__(self, store: Store) -> None:
        """Only `store` remembers."""
        self._store = store

    async def enter(self, *counters: Counter) -> None:
        """Count a try. Raises TooManyTriesError when it has to wait; that is not counted."""
        for counter in counters:
            if await self._store.has(_wait(counter)):
                raise TooManyTriesError
        for counter in counters:
            tries = await self._store.count(_count(counter), COUNTED_FOR)
            if tries >= counter.free:
                wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(10, tries - counter.free))
                # Of several tries at once, one gets through.
                if not await self._store.spend(_wait(counter), wait):
                    raise TooManyTriesError

    async def succeeded(self, account: Counter, address: Counter) -> None:
        """Forget an account's tries after a success, and this one try of the address."""
        await self._store.drop(_count(account), _wait(account))
        await self._store.count(_count(address), COUNTED_FOR, by=-1)


def coarse_network(address: str) -> str:
    """Return the network of an address that may stand in a log: a /24 of IPv4, a /48 of IPv6."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network((known, 24 if known.version == 4 else 48), strict=False))


def _network(address: str) -> str:
    """Return what one subscriber has: an IPv4 address, or a /64 of IPv6 (RFC 6177)."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(known if known.version == 4 else ipaddress.ip_network((known, 64), strict=False))


def _count(counter: Counter) -> str:
    return f"staff-tries:{counter.key}"


def _wait(counter: Counter) -> str:
    return f"staff-wait:{counter.key}"
