"""Packages from the npm registry that tests use, fetched once for each lock file."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from kit.settings import ROOT

# Node comes with the development environment, from its wheel.
WITH_NODE = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
_INSTALL = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]


def installed(sources: Path, name: str) -> Path:
    """Return a folder with the packages of a lock file and the files that stand beside it."""
    lock = (sources / "package-lock.json").read_bytes()
    folder = ROOT / ".tools" / f"{name}-{hashlib.sha256(lock).hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    for source in sources.iterdir():
        if source.is_file():
            shutil.copy(source, folder)
    done = folder / "installed"
    if not done.exists():
        subprocess.run(_INSTALL, cwd=folder, env=WITH_NODE, check=True, timeout=240)
        done.touch()
    return folder
