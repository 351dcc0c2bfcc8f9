"""Hold both locks against what is known of weaknesses in them (requirements/advisories.toml).

Nothing is asked of any network: the list is kept by people, and says when it was looked at.
"""

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from packaging.version import Version

FOLDER = Path(__file__).resolve().parent.parent / "requirements"
LOCKS = ("product", "rasa", "vectors")
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_NEEDED = {
    "floor": {"package", "fixed", "ids"},
    "accepted": {"lock", "package", "version", "fixed", "ids", "reach", "reason", "until"},
}

Locks = Mapping[str, Mapping[str, set[str]]]
"""By lock and package: the versions in it, of which there is one for each kind of machine."""


def read_lock(text: str) -> dict[str, set[str]]:
    """Return the versions of each package that a lock holds."""
    found: dict[str, set[str]] = {}
    for package, version in _PINNED.findall(text):
        found.setdefault(package.lower().replace("_", "-"), set()).add(version)
    return found


def problems(locks: Locks, known: Mapping[str, Any], today: date) -> Iterator[str]:
    """Yield a sentence for everything that has to be looked at."""
    floors, accepted = known.get("floor", []), known.get("accepted", [])
    for kind, entries in (("floor", floors), ("accepted", accepted)):
        for entry in entries:
            if entry.keys() != _NEEDED[kind] or not entry["ids"]:
                yield f"{kind} {entry.get('package')}: needs {', '.join(sorted(_NEEDED[kind]))}"
                return
    for entry in accepted:
        yield from _of_accepted(entry, locks, today)
    agreed = {(entry["lock"], entry["package"]): set(entry["ids"]) for entry in accepted}
    for floor in floors:
        yield from _of_floor(floor, locks, agreed)


def _of_accepted(entry: Mapping[str, Any], locks: Locks, today: date) -> Iterator[str]:
    package, version, fixed = entry["package"], entry["version"], entry["fixed"]
    found = locks.get(entry["lock"], {}).get(package, set())
    where = f"{entry['lock']}: {package}"
    if found != {version}:
        told = ", ".join(sorted(found)) or "not there"
        yield f"{where} was accepted at {version} and is {told} now: look at it again"
    elif fixed and Version(version) >= Version(fixed):
        yield f"{where} {version} is fixed: take its acceptance out"
    elif today > entry["until"]:
        yield f"{where} {version} was accepted until {entry['until']}: look at it again"


def _of_floor(
    floor: Mapping[str, Any], locks: Locks, agreed: Mapping[tuple[str, str], set[str]]
) -> Iterator[str]:
    package, ids = floor["package"], set(floor["ids"])
    for name, lock in locks.items():
        low = [v for v in lock.get(package, ()) if Version(v) < Version(floor["fixed"])]
        if low and not ids <= agreed.get((name, package), set()):
            told = ", ".join(sorted(ids))
            yield f"{name}: {package} {', '.join(low)} has {told}; {floor['fixed']} has not"


def main() -> int:
    """Print what has to be looked at; 1 when there is anything."""
    locks = {name: read_lock((FOLDER / f"{name}.txt").read_text("utf-8")) for name in LOCKS}
    known = tomllib.loads((FOLDER / "advisories.toml").read_text("utf-8"))
    found = list(problems(locks, known, datetime.now(UTC).date()))
    for problem in found:
        print(problem, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
