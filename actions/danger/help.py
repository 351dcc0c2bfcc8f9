"""`city/<city>/danger.toml`, typed: who helps in which danger, and in what words."""

import re
import tomllib
import unicodedata
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from actions.danger.kinds import Kind

_SHORTEST_NAME = 4
Phone = Annotated[str, StringConstraints(pattern=r"^[0-9]+(-[0-9]+)*$")]
Later = Literal["emergency", "overdose", "despair", "violence", "harm", "fraud", "sorrow", "papers"]
Way = Literal["emergency", "violence", "despair"]
Matter = Literal["violence", "hardship", "gas"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HelpLine(_Part):
    """Somebody to call (`phone`) or to write to (`url`); `hours` as they are said."""

    label: str
    phone: Phone | None = None
    url: str | None = None
    hours: str = ""

    @model_validator(mode="after")
    def _can_be_reached(self) -> "HelpLine":
        if (self.phone is None) == (self.url is None):
            raise ValueError(f"{self.label} needs a phone or a url, and one only")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """How it is named, folded: `#8000`, `こども救急`."""
        names = re.split(r"[\s：（）]+", unicodedata.normalize("NFKC", self.label).casefold())
        return tuple(name for name in names if len(name) >= _SHORTEST_NAME)

    @property
    def link(self) -> str:
        """What its button opens."""
        return self.url or f"tel:{self.phone}"


class Papers(_Part):
    """An entry of the FAQ that is offered softly."""

    label: str
    id: str


class Help(_Part):
    """What is said first, and the names of the lines that go with it."""

    words: str
    lines: tuple[str, ...] = ()
    faq: Papers | None = None
    entry: str = ""
    """The id of an entry of the FAQ that what is asked afterwards may be about."""


class Asked(Help):
    """What is told to somebody in danger who asks about one matter of it."""

    about: str
    """A pattern of folded words."""

    @model_validator(mode="after")
    def _is_a_pattern(self) -> "Asked":
        try:
            re.compile(self.about)
        except re.error as error:
            raise ValueError(f"{self.about!r} is no pattern: {error}") from error
        return self

    def is_asked(self, said: str) -> bool:
        """Tell whether folded words are about it."""
        return re.search(self.about, said) is not None


class DangerHelp(_Part):
    """The whole file."""

    lines: dict[str, HelpLine]
    help: dict[Kind, Help]
    later: dict[Later, tuple[str, ...]]
    """What is said one after the other while the talk is about it."""
    listening: str
    """What is said when all of that was said."""
    aside: str
    """What is said before the answer to a question beside it."""
    puzzled: str
    """What is said to somebody who does not see why we warned."""
    over: dict[Later | Literal["fire"], str]
    """What is said when it is over."""
    thanked: str
    hardship: Help
    """Who helps where there is no food, no rent, no home."""
    listeners: Help
    """Who listens, where no more than that is wished for."""
    writing: dict[Way, Help]
    """How to reach somebody without a telephone."""
    acute: Help
    """What to do while whoever harms is breaking in."""
    unwilling: dict[Way, Help]
    """Who helps where the police or an ambulance is not wanted."""
    asked: dict[Matter, tuple[Asked, ...]]
    """What is told of single matters."""
    line_asked: str
    """What is said above a line that was asked about."""

    @model_validator(mode="after")
    def _every_kind_has_help(self) -> "DangerHelp":
        missing = sorted(set(Kind) - set(self.help))
        if missing:
            raise ValueError(f"danger.toml has no [help.…] for: {', '.join(missing)}")
        asked = (one for matters in self.asked.values() for one in matters)
        ways = (*self.writing.values(), *self.unwilling.values(), *asked)
        told = (*self.help.values(), *ways, self.listeners, self.hardship, self.acute)
        unknown = {name for help in told for name in help.lines} - {*self.lines}
        if unknown:
            raise ValueError(f"danger.toml has no such lines: {', '.join(sorted(unknown))}")
        return self

    def lines_of(self, help: Help) -> tuple[HelpLine, ...]:
        """Return the lines behind the names."""
        return tuple(self.lines[name] for name in help.lines)

    def lines_named(self, said: str) -> tuple[HelpLine, ...]:
        """Return the lines with hours whose name stands in folded words: 「#8000って何時まで」."""
        named = (line for line in self.lines.values() if line.hours)
        return tuple(line for line in named if any(name in said for name in line.names))


@lru_cache
def load_help(city_dir: Path) -> DangerHelp:
    """Read a city's `danger.toml`, once in a process. Raises ValueError when it is bad."""
    text = (city_dir / "danger.toml").read_text(encoding="utf-8")
    return DangerHelp.model_validate(tomllib.loads(text))
