"""Many ploughs for a long time, through the hook's parsing, the tables and the worker's following.

The clock is simulated; what is told is compared with the true drives. Used by the suite for a few
minutes and by `make bench` for an hour.
"""

import json
import random
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from sqlalchemy import select

from kit.db import Database
from kit.settings import Settings
from services.snow.models import SnowPassage
from services.snow.parsing import read_fix
from services.snow.ploughs import Ploughs
from services.snow.position_forms import read_entries
from services.snow.roads_known import RoadsKnown
from services.snow.tracks import Fix
from tests.services.snow.ploughing import START, Drive, Street, compared, disturbed, town, wander

_SPREAD_SECONDS = 600
"""So long after the last position a track is closed."""


@dataclass(frozen=True)
class Hour:
    """What came of it; `busy` is the processor's seconds that the program took."""

    right: int
    missed: int
    extra: int
    busy: float
    simulated: float

    @property
    def share(self) -> float:
        """How much of one core it takes."""
        return self.busy / self.simulated


async def ploughed(
    database: Database, folder: Path, vehicles: int, seconds: float, restarts: int
) -> Hour:
    """Let ploughs wander; kill and replace the following process `restarts` times."""
    streets = town(12, 12, 150)
    city = _city(folder, streets)
    drives, arriving = _driven(streets, vehicles, seconds)
    clock = [START]
    roads = RoadsKnown(database, lambda: clock[0], city)
    following = Ploughs(database, lambda: clock[0], city, roads)
    minutes = int((seconds + _SPREAD_SECONDS) // 60) + 2
    kills = {minutes * kill // (restarts + 1) for kill in range(1, restarts + 1)}
    busy, parcels = 0.0, _parcels(arriving)
    for minute in range(minutes):
        if minute in kills:
            following = Ploughs(database, lambda: clock[0], city, roads)
        clock[0] = START + timedelta(minutes=minute + 1)
        bodies = [_body(fixes) for fixes in parcels.get(minute, ())]
        began = time.process_time()
        for body in bodies:
            await following.take([read_fix(entry) for entry in read_entries(body)])
        await following.follow()
        busy += time.process_time() - began
    right, missed, extra = await _judged(database, drives)
    return Hour(right, missed, extra, busy, minutes * 60.0)


def _city(folder: Path, streets: list[Street]) -> Settings:
    features = [
        {
            "type": "Feature",
            "properties": {"section": street.section},
            "geometry": {
                "type": "LineString",
                "coordinates": [[place.lon, place.lat] for place in street.road.line],
            },
        }
        for street in streets
    ]
    (folder / "snow").mkdir(parents=True)
    body = json.dumps({"type": "FeatureCollection", "features": features})
    (folder / "snow" / "roads.geojson").write_text(body)
    return cast(Settings, SimpleNamespace(city_dir=folder))


def _driven(streets: list[Street], vehicles: int, seconds: float) -> tuple[list[Drive], list[Fix]]:
    drives, arriving = [], []
    for number in range(vehicles):
        rng = random.Random(number)  # noqa: S311
        drive, fixes = wander(rng, streets, f"v{number}", seconds)
        drives.append(drive)
        arriving += disturbed(rng, fixes)
    return drives, arriving


def _parcels(arriving: list[Fix]) -> dict[int, list[list[Fix]]]:
    """Return the positions of each minute as they come: one parcel every five seconds."""
    parcels: dict[int, dict[int, list[Fix]]] = {}
    for fix in arriving:
        slot = int((fix.time - START).total_seconds() // 5)
        parcels.setdefault(slot // 12, {}).setdefault(slot, []).append(fix)
    return {minute: [slots[slot] for slot in sorted(slots)] for minute, slots in parcels.items()}


def _body(fixes: list[Fix]) -> bytes:
    entries = [
        {
            "vehicle": fix.vehicle,
            "time": fix.time.isoformat(),
            "lat": fix.place.lat,
            "lon": fix.place.lon,
            "plough_down": fix.down,
        }
        for fix in fixes
    ]
    return json.dumps(entries).encode()


async def _judged(database: Database, drives: list[Drive]) -> tuple[int, int, int]:
    async with database.transaction() as session:
        rows = list(await session.scalars(select(SnowPassage).order_by(SnowPassage.left)))
    found: dict[str, list[tuple[str, float, float]]] = {}
    for row in rows:
        entered, left = ((at - START).total_seconds() for at in (row.entered, row.left))
        found.setdefault(row.vehicle, []).append((row.section, entered, left))
    counts = [compared(drive, found.get(drive.vehicle, [])) for drive in drives]
    right, missed, extra = (sum(each) for each in zip(*counts, strict=True))
    return right, missed, extra
