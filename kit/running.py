"""The address of the servers that `make run` has started, for commands in a second terminal."""

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path

from kit.errors import ConciergeError
from kit.settings import ROOT, Settings, get_settings

FILE = "running.json"
DATA = ROOT / ".data"
_TOLD = ("CITY", "DATABASE_URL", "REDIS_URL")


class NothingRunsError(ConciergeError):
    """There is no database: start `make run` in another terminal, or set DATABASE_URL."""

    code = "nothing_runs"


def tell(data_dir: Path, env: Mapping[str, str]) -> None:
    """Leave the addresses in the folder of a run, readable by nobody else."""
    file = data_dir / FILE
    file.unlink(missing_ok=True)
    with open(os.open(file, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as written:
        json.dump({name: env[name] for name in _TOLD} | {"pid": os.getpid()}, written)


def forget(data_dir: Path) -> None:
    """Take the addresses away when the servers end; those of another run stay."""
    if _told(data_dir).get("pid") == os.getpid():
        (data_dir / FILE).unlink(missing_ok=True)


def running_settings(data: Path | None = None) -> Settings:
    """Return the settings for a command: the environment's, else those of the running `make run`.

    What the environment says counts. Raises NothingRunsError without any database.
    """
    settings = get_settings()
    if settings.database_url:
        return settings
    told = _told(data or DATA)
    if not (told and _is_alive(told.get("pid"))):
        raise NothingRunsError
    found = {name.lower(): told[name] for name in _TOLD if name not in os.environ}
    return settings.model_copy(update=found)


def _told(data: Path) -> dict[str, object]:
    with contextlib.suppress(OSError, ValueError):
        told = json.loads((data / FILE).read_text(encoding="utf-8"))
        if isinstance(told, dict) and set(_TOLD) <= told.keys():
            return told
    return {}


def _is_alive(pid: object) -> bool:
    try:
        os.kill(int(str(pid)), 0)
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return True
