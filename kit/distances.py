"""Distances on the ground, on a sphere of the Earth's mean radius. Degrees are WGS 84."""

import math

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the Earth (IUGG)."""

METRES_PER_DEGREE = math.radians(1) * EARTH_RADIUS_M


def great_circle_m(lat: float, lon: float, to_lat: float, to_lon: float) -> float:
    """Return the great-circle distance in metres (haversine)."""
    phi, to_phi = math.radians(lat), math.radians(to_lat)
    half_lat = math.sin((to_phi - phi) / 2) ** 2
    half_lon = math.sin(math.radians(to_lon - lon) / 2) ** 2
    half = half_lat + math.cos(phi) * math.cos(to_phi) * half_lon
    return 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(1.0, half)))
