"""What a city itself decides, read from its folder: its code, and the matrix of what is told."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from kit.errors import ConciergeError
from services.disaster.decision import Matrix, Rule


class BadMatrixError(ConciergeError):
    """The city's disaster/matrix.toml cannot be used. Correct what is named."""

    code = "bad_disaster_matrix"


@lru_cache
def city_file(folder: Path) -> dict[str, Any]:
    """Return the city's own file."""
    return tomllib.loads((folder / "city.toml").read_text(encoding="utf-8"))


def jis_code(folder: Path) -> str:
    """Return the city's JIS code (five digits)."""
    return str(city_file(folder)["jis_code"])


def city_name(folder: Path) -> str:
    """Return the city's name."""
    return str(city_file(folder)["name"])


@lru_cache
def load_matrix(folder: Path) -> Matrix:
    """Read the city's matrix. Raises BadMatrixError naming the place."""
    file = folder / "disaster" / "matrix.toml"
    try:
        read = tomllib.loads(file.read_text(encoding="utf-8"))
        return Matrix(
            rules=tuple(_rule(number, body) for number, body in enumerate(read["rules"], 1)),
            stale_minutes=int(read["stale_minutes"]),
            cool_down_hours=int(read["cool_down_hours"]),
            rivers={code: tuple(names) for code, names in read.get("rivers", {}).items()},
        )
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise BadMatrixError(f"{file.name}: {error}") from error


def _rule(number: int, body: dict[str, Any]) -> Rule:
    try:
        lists = {name: frozenset(value) for name, value in body.items() if isinstance(value, list)}
        return Rule(**{**body, **lists})
    except TypeError as error:
        raise ValueError(f"rule {number}: {error}") from error
