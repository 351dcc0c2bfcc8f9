"""A service's `manifest.toml`: its title, its desk, its scopes, and what it keeps for how long.

It is the one home of which scope needs which level of assurance.
"""

import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from kit.errors import ConciergeError

FILE = "manifest.toml"
LevelName = Literal["L0", "L1", "L2", "L3", "L3-fresh"]
ScopeName = Annotated[str, StringConstraints(pattern=r"^[a-z_]+(:[a-z_]+)+$", max_length=60)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class BadManifestError(ConciergeError):
    """A manifest cannot be read. Correct it and start again."""

    code = "bad_manifest"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class ScopeRule(_Strict):
    """What a scope asks of whoever uses it."""

    level: LevelName | None = None
    """What a citizen has to prove; without it the scope is for staff alone."""
    once: bool = False
    """A grant opens it one time: for everything that writes, deletes or hands out."""
    staff: bool = False
    """Whether staff of the owning desk may use it, with a reason."""

    @model_validator(mode="after")
    def _somebody_may(self) -> "ScopeRule":
        if self.level is None and not self.staff:
            raise ValueError("a scope needs a level, or staff = true")
        return self


class KeptFor(_Strict):
    """How long rows are kept where a job erases them by their age: that number's one home."""

    days: int = Field(ge=1)
    note: str = ""


class Manifest(_Strict):
    """One service. `scopes` by name, `retention` by table; a service of open data has no scopes."""

    title: Text
    desk: Text
    demonstration: bool = False
    intents: list[Annotated[str, StringConstraints(pattern=r"^[a-z_]+$")]]
    scopes: Mapping[ScopeName, ScopeRule] = Field(default_factory=dict)
    retention: Mapping[Annotated[str, StringConstraints(pattern=r"^[a-z_]+$")], Text | KeptFor]

    def kept_for(self, table: str) -> timedelta:
        """Return how long rows of a table are kept. Raises LookupError where age does not count."""
        found = self.retention[table]
        if not isinstance(found, KeptFor):
            raise LookupError(f"{table} is not kept by age")
        return timedelta(days=found.days)


class Scope(_Strict):
    """One scope with everything that its guard has to know."""

    name: str
    audience: str
    """The service, as grants name it: `services/<noun>`."""
    desk: str | None
    """Whose staff may use it; None for nobody's."""
    level: LevelName | None
    once: bool


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a service's folder. Raises BadManifestError naming what is wrong."""
    file = folder / FILE
    where = f"{folder.name}/{FILE}"
    try:
        content = tomllib.loads(file.read_text("utf-8"))
        manifest = Manifest.model_validate(content)
    except OSError as error:
        raise BadManifestError(f"{where}: there is no such file.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadManifestError(f"{where}: this is not TOML: {error}") from error
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, f['loc']))}: {f['msg']}" for f in error.errors())
        raise BadManifestError(f"{where}: {'; '.join(faults)}") from error
    strange = [name for name in manifest.scopes if name.partition(":")[0] != folder.name]
    if strange:
        raise BadManifestError(f"{where}: scopes begin with “{folder.name}:”, unlike {strange[0]}")
    return manifest


def read_scopes(folder: Path) -> dict[str, Scope]:
    """Return the scopes of a service's folder by name. Raises BadManifestError."""
    manifest = read_manifest(folder)
    return {
        name: Scope(
            name=name,
            audience=f"services/{folder.name}",
            desk=manifest.desk if rule.staff else None,
            level=rule.level,
            once=rule.once,
        )
        for name, rule in manifest.scopes.items()
    }
