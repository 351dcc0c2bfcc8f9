"""`city/<city>/handoff/replies.toml`, typed: what the desk says again and again."""

import tomllib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kit.errors import ConciergeError

FILE = "handoff/replies.toml"


class RepliesFileError(ConciergeError):
    """The city's handoff/replies.toml cannot be used. Correct the named place."""

    code = "bad_handoff_replies"


class Reply(BaseModel):
    """One canned reply; `desk` is None where every desk has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9-]{1,40}$")
    title: str = Field(min_length=1, max_length=40)
    text: str = Field(min_length=1, max_length=2000)
    desk: str | None = None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    replies: tuple[Reply, ...] = ()


@lru_cache
def load_replies(city_dir: Path) -> tuple[Reply, ...]:
    """Read the file of a city, once in a process; none where the city has none.

    Raises RepliesFileError.
    """
    try:
        told = tomllib.loads((city_dir / FILE).read_text(encoding="utf-8"))
        return _File.model_validate(told).replies
    except FileNotFoundError:
        return ()
    except (OSError, ValidationError, tomllib.TOMLDecodeError) as error:
        raise RepliesFileError(f"{FILE}: {error}") from error


def replies_for(replies: Sequence[Reply], desk: str) -> list[Reply]:
    """Return what a desk may insert."""
    return [reply for reply in replies if reply.desk in (None, desk)]
