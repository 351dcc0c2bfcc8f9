"""One supervised process: started in its own group, ended with everything it started."""

import asyncio
import contextlib
import ctypes
import os
import signal
import ssl
import sys
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

STOP_SECONDS = 12
_PR_SET_PDEATHSIG = 1

Probe = Callable[[], Awaitable[bool]]


@dataclass(frozen=True)
class ChildSpec:
    """How to start a process and how to know that it is ready."""

    name: str
    command: list[str]
    probe: Probe
    env: dict[str, str] = field(default_factory=dict)
    user: str | None = None
    ready_seconds: float = 60.0
    # SIGINT is PostgreSQL's "fast shutdown"; the others stop on SIGTERM.
    stop_signal: signal.Signals = signal.SIGTERM


# What a program needs to find its files and its language. Everything else is named in its spec.
_NEEDED_BY_ALL = frozenset({"HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "TMPDIR", "TZ", "USER"})
_FAMILIES = ("LC_", "PYTHON", "SSL_CERT_")


def surroundings() -> dict[str, str]:
    """Return what every child inherits of our environment: no secret, and nothing of others."""
    return {
        name: value
        for name, value in os.environ.items()
        if name in _NEEDED_BY_ALL or name.startswith(_FAMILIES)
    }


class Child:
    """A running process and its log file."""

    def __init__(self, spec: ChildSpec, log_dir: Path) -> None:
        """`log_dir` receives `<name>.log`."""
        self.spec = spec
        self.log_path = log_dir / f"{spec.name}.log"
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the process; its output goes to the log file."""
        with self.log_path.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.spec.command,
                env=surroundings() | self.spec.env,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                user=self.spec.user,
                preexec_fn=_die_with_parent,
            )

    async def wait_ready(self) -> str | None:
        """Return None once the probe succeeds, else one sentence that says what happened."""
        assert self.process is not None  # noqa: S101  started before
        deadline = asyncio.get_running_loop().time() + self.spec.ready_seconds
        while not await _succeeds(self.spec.probe):
            if self.process.returncode is not None:
                return f"{self.spec.name} ended at once (exit {self.process.returncode})"
            if asyncio.get_running_loop().time() > deadline:
                return f"{self.spec.name} is not ready after {self.spec.ready_seconds:.0f} s"
            await asyncio.sleep(0.2)
        return None

    async def stop(self) -> None:
        """End the process and its whole group: kindly first, by force after some seconds."""
        if self.process is None:
            return
        self._signal(self.spec.stop_signal)
        try:
            await asyncio.wait_for(self.process.wait(), STOP_SECONDS)
        except TimeoutError:
            self._signal(signal.SIGKILL)
            await self.process.wait()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            if self.process is not None and self.process.returncode is None:
                self.process.send_signal(number)

    def last_lines(self, count: int = 8) -> str:
        """Return the end of the log file."""
        with self.log_path.open(encoding="utf-8", errors="replace") as log:
            return "".join(deque(log, maxlen=count)).rstrip()


def http_probe(url: str) -> Probe:
    """Return a probe that succeeds when `url` answers 200."""
    # Plain HTTP on loopback: loading the machine's certificates for every try would be the
    # most expensive part of it.
    no_certificates = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    async def probe() -> bool:
        async with httpx2.AsyncClient(verify=no_certificates, timeout=2, trust_env=False) as client:
            return (await client.get(url)).status_code == 200

    return probe


async def _succeeds(probe: Probe) -> bool:
    try:
        return await probe()
    except Exception:
        # A probe fails in as many ways as there are servers; all mean "not yet".
        return False


def _die_with_parent() -> None:
    """Ask Linux to end this child when the supervisor dies, even by SIGKILL."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
