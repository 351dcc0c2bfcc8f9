"""GeoJSON (RFC 7946): a city's roads in, reports out. Pure."""

import json
from pathlib import Path
from typing import Any

from kit.errors import InvalidInputError
from services.snow.parsing import LineError, read_id, read_positions
from services.snow.roads import Road


def read_roads(file: Path) -> list[Road]:
    """Return the sections of a FeatureCollection of LineStrings with the property `section`.

    Raises InvalidInputError, one line, naming the file, the feature (from 1) and the reason.
    """
    roads: list[Road] = []
    known: set[object] = set()
    for number, feature in enumerate(_features(file), start=1):
        try:
            road = _road(feature)
            if road.section in known:
                raise LineError(f"section {road.section} is there twice")
        except LineError as error:
            raise InvalidInputError(f"{file.name}: feature {number}: {error}") from None
        known.add(road.section)
        roads.append(road)
    if not roads:
        raise InvalidInputError(f"{file.name}: there is no road in it")
    return roads


def _features(file: Path) -> list[Any]:
    try:
        collection = json.loads(file.read_bytes())
    except OSError as error:
        raise InvalidInputError(f"{file}: {error.strerror or 'cannot be read'}") from None
    except (ValueError, RecursionError):
        raise InvalidInputError(f"{file.name}: is not JSON") from None
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list):
        raise InvalidInputError(f"{file.name}: is not a GeoJSON FeatureCollection")
    return features


def _road(feature: Any) -> Road:
    if not isinstance(feature, dict) or not isinstance(feature.get("geometry"), dict):
        raise LineError("is no feature with a geometry")
    geometry, properties = feature["geometry"], feature.get("properties")
    if not isinstance(properties, dict):
        raise LineError("has no properties")
    if geometry.get("type") != "LineString":
        raise LineError("its geometry is no LineString")
    positions = geometry.get("coordinates")
    line = read_positions(positions if isinstance(positions, list) else [])
    if len(set(line)) < 2:
        raise LineError("its line has not two different positions")
    return Road(read_id(properties, "section"), line, properties)
