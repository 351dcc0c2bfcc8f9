"""Ploughs that drive on paper: true ways, what a receiver makes of them, and the true passages.

Nothing here uses the code under test beyond its plain types.
"""

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from itertools import pairwise

from services.snow.geometry import Place
from services.snow.roads import Road
from services.snow.tracks import Fix

JST = timezone(timedelta(hours=9))
START = datetime(2026, 1, 15, 4, 0, tzinfo=JST)
CENTRE = Place(37.4948, 139.9298)
_EAST = 111_195.0 * math.cos(math.radians(CENTRE.lat))


def place(x: float, y: float) -> Place:
    """Return the place so many metres east and north of the centre."""
    return Place(CENTRE.lat + y / 111_195.0, CENTRE.lon + x / _EAST)


def road(section: str, *points: tuple[float, float]) -> Road:
    """Return a road through points in metres."""
    return Road(section, tuple(place(x, y) for x, y in points))


@dataclass(frozen=True)
class Street:
    """A straight or bent street of the paper town, in metres."""

    section: str
    points: tuple[tuple[float, float], ...]

    @property
    def road(self) -> Road:
        return road(self.section, *self.points)

    @property
    def length(self) -> float:
        return sum(math.dist(a, b) for a, b in pairwise(self.points))

    def at(self, metres: float) -> tuple[float, float]:
        for a, b in pairwise(self.points):
            length = math.dist(a, b)
            if metres <= length:
                share = metres / length
                return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
            metres -= length
        return self.points[-1]


def town(columns: int, rows: int, block: float) -> list[Street]:
    """Return the streets of a grid, each between two crossings, slightly crooked."""
    rng = random.Random(7)  # noqa: S311
    corner = {
        (i, j): (i * block + rng.uniform(-8, 8), j * block + rng.uniform(-8, 8))
        for i in range(columns + 1)
        for j in range(rows + 1)
    }
    streets = []
    for i, j in corner:
        for name, end in ((f"E{i}-{j}", (i + 1, j)), (f"N{i}-{j}", (i, j + 1))):
            if end in corner:
                a, b = corner[i, j], corner[end]
                bend = ((a[0] + b[0]) / 2 + rng.uniform(-6, 6), (a[1] + b[1]) / 2)
                streets.append(Street(name, (a, bend, b)))
    return streets


@dataclass
class Drive:
    """One plough's true way, written down each second."""

    vehicle: str
    clock: float = 0.0
    down: bool = True
    way: list[tuple[float, tuple[float, float], bool]] = field(default_factory=list)
    passages: list[tuple[str, float, float]] = field(default_factory=list)
    doubtful: list[tuple[str, float, float]] = field(default_factory=list)
    """What positions every five seconds cannot tell: neither right nor wrong to claim."""

    def along(
        self,
        street: Street,
        speed: float,
        *,
        backwards: bool = False,
        turn_at: float | None = None,
        wait_at: float | None = None,
        wait: float = 0.0,
        lift_at: float | None = None,
        lower: bool = False,
    ) -> None:
        """Drive a street from end to end, or turn at a share of it and come back."""
        entered, clean, lifted = self.clock, self.down, lift_at
        target = street.length * (1.0 if turn_at is None else turn_at)
        metres = 0.0
        waited = wait_at is None
        while metres < target:
            self._note(street, metres, backwards)
            metres += speed * 0.5
            self.clock += 0.5
            if not waited and wait_at is not None and metres >= street.length * wait_at:
                self._stand(street, metres, backwards, wait)
                waited = True
            if lift_at is not None and metres >= street.length * lift_at:
                self.down, lift_at = not self.down, None
                clean = False
        if turn_at is not None:
            while metres > 0:
                self._note(street, metres, backwards)
                metres -= speed * 0.5
                self.clock += 0.5
        drive = street.section, entered, self.clock
        if turn_at is None and clean and self.down:
            self.passages.append(drive)
        elif self._doubted(street, speed, lifted, turn_at):
            self.doubtful.append(drive)

    @staticmethod
    def _doubted(street: Street, speed: float, lifted: float | None, turn: float | None) -> bool:
        if lifted is not None:
            return min(lifted, 1 - lifted) * street.length < 5 * speed + 15
        return turn is not None and (1 - turn) * street.length < 30

    def stand(self, seconds: float) -> None:
        """Stand still where it is."""
        _, xy, _ = self.way[-1]
        for _ in range(int(seconds * 2)):
            self.way.append((self.clock, xy, self.down))
            self.clock += 0.5

    def _stand(self, street: Street, metres: float, backwards: bool, seconds: float) -> None:
        for _ in range(int(seconds * 2)):
            self._note(street, metres, backwards)
            self.clock += 0.5

    def _note(self, street: Street, metres: float, backwards: bool) -> None:
        at = street.at(street.length - metres if backwards else metres)
        self.way.append((self.clock, at, self.down))

    def finish(self, street: Street, backwards: bool = False) -> None:
        """Write down the last end."""
        self._note(street, street.length, backwards)

    def heard(
        self,
        rng: random.Random,
        *,
        every: float = 5.0,
        noise: float = 5.0,
        silences: Sequence[tuple[float, float]] = (),
    ) -> list[Fix]:
        """Return the positions that arrive: noisy, none in a silence."""
        fixes = []
        due = self.way[0][0]
        for time, (x, y), down in self.way:
            if time < due:
                continue
            due += every
            if any(begin < time < end for begin, end in silences):
                continue
            at = place(x + rng.gauss(0, noise), y + rng.gauss(0, noise))
            fixes.append(Fix(self.vehicle, START + timedelta(seconds=time), at, down))
        return fixes


def disturbed(rng: random.Random, fixes: Iterable[Fix]) -> list[Fix]:
    """Double some positions and mix up the order."""
    fixes = list(fixes)
    fixes += rng.sample(fixes, len(fixes) // 10)
    rng.shuffle(fixes)
    return fixes


def _corner(street: Street, backwards: bool) -> tuple[float, float]:
    return street.points[0] if backwards else street.points[-1]


def wander(
    rng: random.Random, streets: Sequence[Street], vehicle: str, seconds: float
) -> tuple[Drive, list[Fix]]:
    """Let a plough wander through a town with all that happens to ploughs; see `Drive`.

    Returns the drive with the passages that can be known, and the positions that arrive.
    """
    begins: dict[tuple[float, float], list[tuple[Street, bool]]] = {}
    for street in streets:
        begins.setdefault(street.points[0], []).append((street, False))
        begins.setdefault(street.points[-1], []).append((street, True))
    street, backwards = rng.choice(begins[rng.choice(list(begins))])
    drive = Drive(vehicle, clock=rng.uniform(0, 5))
    while drive.clock < seconds:
        event = rng.random()
        speed = rng.uniform(2.5, 9.0)
        if event < 0.08:
            drive.along(street, speed, backwards=backwards, turn_at=rng.uniform(0.3, 0.65))
            here = street.points[-1] if backwards else street.points[0]
        else:
            if event < 0.16:
                drive.along(street, speed, backwards=backwards, lift_at=rng.uniform(0.3, 0.7))
            elif event < 0.24:
                wait = rng.uniform(20, 240)
                drive.along(
                    street, speed, backwards=backwards, wait_at=rng.uniform(0.3, 0.7), wait=wait
                )
            else:
                if event > 0.9:
                    drive.down = not drive.down
                drive.along(street, speed, backwards=backwards)
            here = _corner(street, backwards)
        ways = [way for way in begins[here] if way[0] is not street] or begins[here]
        last, last_backwards = street, backwards
        street, backwards = rng.choice(ways)
    drive.finish(last, last_backwards)
    silences = []
    for _ in range(int(seconds / 900)):
        begin = rng.uniform(0, drive.clock)
        silences.append((begin, begin + rng.choice([20, 40, 50, 80, 150])))
    fixes = drive.heard(rng, silences=silences)
    known = [passage for passage in drive.passages if _known(passage, fixes)]
    drive.doubtful += [passage for passage in drive.passages if passage not in known]
    drive.passages = known
    return drive, fixes


def _known(passage: tuple[str, float, float], fixes: Sequence[Fix]) -> bool:
    """Tell whether a passage and its times can be known.

    They cannot where a silence above 60 s touches it, or one of 15 s in which the blade changed or
    the plough came to an end of the section.
    """
    _, entered, left = passage
    for before, after in pairwise(fixes):
        first, last = ((fix.time - START).total_seconds() for fix in (before, after))
        touched = first < left + 6 and last > entered - 6
        inside = entered + 6 < first and last < left - 6
        limit = 60 if inside and before.down == after.down else 15
        if last - first > limit and touched:
            return False
    return left <= (fixes[-1].time - START).total_seconds()


def compared(drive: Drive, found: Iterable[tuple[str, float, float]]) -> tuple[int, int, int]:
    """Return how many passages are (right to ten seconds, missed, claimed without truth)."""
    rest = list(found)
    right = missed = 0
    for section, entered, left in drive.passages:
        match = next((other for other in rest if _same(other, (section, entered, left))), None)
        if match is None:
            missed += 1
        else:
            rest.remove(match)
            right += 1
    claimed = [
        other
        for other in rest
        if not any(
            other[0] == section and other[1] < left + 30 and other[2] > entered - 30
            for section, entered, left in drive.doubtful
        )
    ]
    return right, missed, len(claimed)


def _same(found: tuple[str, float, float], true: tuple[str, float, float]) -> bool:
    near = abs(found[1] - true[1]) <= 10 and abs(found[2] - true[2]) <= 10
    return found[0] == true[0] and near
