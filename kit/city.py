"""One municipality of an installation: what belongs to it alone."""

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class City:
    """A city. Its tables are a PostgreSQL schema of its own; its words and data are a folder."""

    name: str
    """The folder's name, by which jobs, grants and caches know it."""
    folder: Path
    timezone: ZoneInfo
    """The zone in which residents count their days. UTC is what is stored."""

    @property
    def schema(self) -> str:
        """The PostgreSQL schema that holds its tables."""
        return f"city_{self.name}"

    @property
    def wording(self) -> Path:
        """The folder of what the city itself says in other languages (`kit.wording`)."""
        return self.folder / "locales"
