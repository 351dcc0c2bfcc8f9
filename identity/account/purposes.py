"""For what the city asks consent: `city/<city>/consents.toml`."""

import tomllib
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kit.errors import ConciergeError
from kit.settings import Settings

FILE = "consents.toml"
_Text = Annotated[str, Field(min_length=1, max_length=500)]


class BadConsentsError(ConciergeError):
    """The city's consents.toml cannot be read. Correct it and start again."""

    code = "bad_consents"


class Purpose(BaseModel):
    """One purpose, in the wording of its version. A changed wording needs a higher version."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: Annotated[str, Field(pattern=r"^[a-z][a-z_]{0,39}$")]
    version: Annotated[int, Field(ge=1)]
    title: _Text
    text: _Text
    """What is used for what, and what stops without it."""


class _Consents(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    purposes: list[Purpose]


def load_purposes(settings: Settings) -> tuple[Purpose, ...]:
    """Return the city's purposes, in the order of the file. Raises BadConsentsError."""
    try:
        content = (settings.city_dir / FILE).read_text(encoding="utf-8")
        purposes = _Consents.model_validate(tomllib.loads(content)).purposes
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise BadConsentsError(f"{FILE}: {error}") from error
    if len({purpose.name for purpose in purposes}) < len(purposes):
        raise BadConsentsError(f"{FILE}: two purposes of one name")
    return tuple(purposes)
