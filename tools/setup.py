"""Set up both Python environments and the word vectors from hashed locks. Standard library only.

    python tools/setup.py            # set up what is missing or out of date
    python tools/setup.py --check    # exit status 1 if something is

Environment: PYTHON_PRODUCT and PYTHON_RASA name interpreters to use (3.11/3.12 and 3.10).
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"


class SetupError(Exception):
    """One clear sentence about what is missing and how to get it."""


class Environment:
    """One virtual environment: where, which Python, which lock."""

    def __init__(self, name: str, variable: str, versions: tuple[str, ...], lock: str) -> None:
        self.folder = ROOT / name
        self.variable = variable
        self.versions = versions
        self.lock = ROOT / "requirements" / lock
        self.stamp = self.folder / "lock.sha256"

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    def digest(self) -> str:
        return hashlib.sha256(self.lock.read_bytes()).hexdigest()

    def is_current(self) -> bool:
        return (
            self.python.exists() and self.stamp.exists() and self.stamp.read_text() == self.digest()
        )


PRODUCT = Environment(".venv", "PYTHON_PRODUCT", ("3.11", "3.12"), "product.txt")
RASA = Environment(".venv-rasa", "PYTHON_RASA", ("3.10",), "rasa.txt")


class Vectors:
    """The word vectors that both environments read: taken out of one package, once."""

    folder = ROOT / ".vectors"
    lock = ROOT / "requirements" / "vectors.txt"
    script = ROOT / "tools" / "vectors.py"
    stamp = folder / "lock.sha256"

    def digest(self) -> str:
        return hashlib.sha256(self.lock.read_bytes() + self.script.read_bytes()).hexdigest()

    def is_current(self) -> bool:
        return self.stamp.exists() and self.stamp.read_text() == self.digest()


VECTORS = Vectors()


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--check", action="store_true", help="only tell whether set-up is due")
    check = arguments.parse_args().check
    due = [environment for environment in (PRODUCT, RASA) if not environment.is_current()]
    if check:
        return 1 if due or not VECTORS.is_current() else 0
    try:
        uv = find_uv() if due or not VECTORS.is_current() else None
        for environment in due:
            set_up(environment, uv)
        if not VECTORS.is_current():
            set_up_vectors(uv)
        write_launcher()
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as error:
        print(f"setup: this command failed: {' '.join(map(str, error.cmd))}", file=sys.stderr)
        return 1
    return 0


def find_uv() -> str | None:
    """Return uv from PATH or a tool environment of ours; None leaves the work to venv and pip."""
    on_path = shutil.which("uv")
    if on_path and runs(on_path):
        return on_path
    own = TOOLS / "bin" / "uv"
    if not own.exists():
        print("setup: installing uv into .tools", flush=True)
        try:
            subprocess.run([sys.executable, "-m", "venv", str(TOOLS)], check=True)
            pip = [str(TOOLS / "bin" / "python"), "-m", "pip", "install", "--quiet", "uv"]
            subprocess.run(pip, check=True)
        except subprocess.CalledProcessError:
            print("setup: uv cannot be installed; going on with venv and pip", flush=True)
            return None
    return str(own)


def runs(command: str) -> bool:
    """Tell whether a program really starts: version managers put shims that fail on the PATH."""
    try:
        done = subprocess.run([command, "--version"], capture_output=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def find_python(environment: Environment, uv: str | None) -> str:
    """Return an interpreter of a wanted version: variable, pyenv, PATH, and at last uv."""
    for candidate in candidates(environment):
        if version_of(candidate) in environment.versions:
            return candidate
    if uv is not None:
        wanted = environment.versions[0]
        subprocess.run([uv, "python", "install", wanted], check=False)
        found = subprocess.run([uv, "python", "find", wanted], capture_output=True, text=True)
        if found.returncode == 0:
            return found.stdout.strip()
    versions = " or ".join(environment.versions)
    raise SetupError(
        f"Python {versions} is needed and was not found: install it (for example with pyenv, uv or"
        f" your system's packages) or name it in {environment.variable}, then run this again."
    )


def candidates(environment: Environment) -> list[str]:
    named = os.environ.get(environment.variable)
    found = [named] if named else []
    if sys.version_info[:2] in {tuple(map(int, v.split("."))) for v in environment.versions}:
        found.append(sys.executable)
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for version in environment.versions:
        found += sorted((str(p) for p in pyenv.glob(f"{version}.*/bin/python")), reverse=True)
        on_path = shutil.which(f"python{version}")
        found += [on_path] if on_path else []
    return found


def version_of(python: str) -> str | None:
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([python, "-c", code], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def set_up(environment: Environment, uv: str | None) -> None:
    python = find_python(environment, uv)
    print(f"setup: {environment.folder.name} with {python}", flush=True)
    lock = str(environment.lock)
    shutil.rmtree(environment.folder, ignore_errors=True)
    if uv is not None:
        subprocess.run([uv, "venv", "--quiet", "--python", python, environment.folder], check=True)
        subprocess.run(
            [uv, "pip", "sync", "--require-hashes", "--python", str(environment.python), lock],
            check=True,
        )
    else:
        subprocess.run([python, "-m", "venv", environment.folder], check=True)
        pip = [str(environment.python), "-m", "pip", "install", "--quiet", "--no-deps"]
        subprocess.run([*pip, "--require-hashes", "-r", lock], check=True)
    environment.stamp.write_text(environment.digest())


def set_up_vectors(uv: str | None) -> None:
    print(f"setup: {VECTORS.folder.name}", flush=True)
    with tempfile.TemporaryDirectory() as packages:
        install_apart(VECTORS.lock, packages, uv)
        script = [str(PRODUCT.python), str(VECTORS.script), packages, str(VECTORS.folder)]
        subprocess.run(script, check=True)
    VECTORS.stamp.write_text(VECTORS.digest())


def install_apart(lock: Path, target: str, uv: str | None) -> None:
    """Put a lock's packages into a folder of their own, without what they depend on."""
    python = str(PRODUCT.python)
    if uv is not None:
        install = [uv, "pip", "install", "--python", python]
    else:
        install = [python, "-m", "pip", "install", "--no-compile"]
    wanted = ["--quiet", "--target", target, "--no-deps", "--require-hashes", "-r", str(lock)]
    subprocess.run([*install, *wanted], check=True)


def write_launcher() -> None:
    """Put `concierge` beside the product's Python; it runs this checkout from any folder."""
    launcher = PRODUCT.folder / "bin" / "concierge"
    launcher.write_text(
        f"#!{PRODUCT.python}\nimport sys\nsys.path.insert(0, {str(ROOT)!r})\n"
        "from concierge.cli import app\napp()\n"
    )
    launcher.chmod(0o755)


if __name__ == "__main__":
    raise SystemExit(main())
