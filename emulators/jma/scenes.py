"""Scenes: sequences of real telegrams about the city, played one after the other.

A city's `disaster/scenes.toml` says which telegram each step is made of and what is put in place of
what: the city and the river of its own, and the grade. The dates are always those of now.
"""

import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

TELEGRAMS = Path(__file__).parent / "telegrams"
_REPORTED = re.compile(r"<ReportDateTime>([^<]+)</ReportDateTime>")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")
_SERIAL = re.compile(r"<Serial>\d*</Serial>")
_JST = timedelta(hours=9)


@dataclass(frozen=True)
class Step:
    """One telegram of a scene."""

    label: str
    telegram: str
    replace: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Resident:
    """Somebody who is worth looking at while the scene is played.

    `taps`: the buttons (what is shown, what it carries) that they tap before it.
    """

    name: str
    taps: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Scene:
    """A sequence of telegrams."""

    id: str
    title: str
    about: str
    steps: tuple[Step, ...]
    residents: tuple[Resident, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """What the control panel shows."""
        return {
            "id": self.id,
            "title": self.title,
            "about": self.about,
            "steps": [step.label for step in self.steps],
            "residents": [person.name for person in self.residents],
        }


def read_scenes(city_dir: Path) -> tuple[Scene, ...]:
    """Return a city's scenes; none where it has no file."""
    file = city_dir / "disaster" / "scenes.toml"
    if not file.is_file():
        return ()
    return tuple(_scene(body) for body in tomllib.loads(file.read_text("utf-8"))["scenes"])


def _scene(body: dict[str, Any]) -> Scene:
    steps = (
        Step(step["label"], step["telegram"], tuple(map(_pair, step.get("replace", ()))))
        for step in body["steps"]
    )
    residents = (
        Resident(one["name"], tuple(map(_pair, one["taps"]))) for one in body.get("residents", ())
    )
    return Scene(body["id"], body["title"], body["about"], tuple(steps), tuple(residents))


def _pair(given: list[str]) -> tuple[str, str]:
    old, new = given
    return old, new


def telegram_of(step: Step, now: datetime, serial: int) -> bytes:
    """Return the telegram of a step as if it were reported `now` (aware).

    Raises ValueError for a replacement that changes nothing: the scene does not fit the telegram.
    """
    text = (TELEGRAMS / step.telegram).read_text("utf-8")
    for old, new in step.replace:
        if old not in text:
            raise ValueError(f"{step.telegram} does not say {old!r}")
        text = text.replace(old, new)
    text = _SERIAL.sub(f"<Serial>{serial}</Serial>", text, count=1)
    return _dated(text, now).encode()


def _dated(text: str, now: datetime) -> str:
    """Shift every moment, so that the report is of now."""
    reported = _REPORTED.search(text)
    assert reported is not None  # noqa: S101  every telegram has it
    shift = now.replace(microsecond=0) - datetime.fromisoformat(reported[1])

    def later(match: re.Match[str]) -> str:
        moment = datetime.fromisoformat(match[0]) + shift
        if match[0].endswith("Z"):
            return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return (moment.astimezone(UTC) + _JST).strftime("%Y-%m-%dT%H:%M:%S+09:00")

    return _MOMENT.sub(later, text)
