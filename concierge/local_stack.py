"""A whole house on free ports, run from a background thread: for tests and benchmarks."""

import asyncio
import os
import random
import signal
import socket
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from rich.console import Console

from concierge.plan import Plan, Ports, make_plan
from concierge.supervisor import Supervisor
from kit.settings import Settings

T = TypeVar("T")

PORTS = (20_000, 32_000)


def free_port() -> int:
    """Return a loopback port that nobody holds at this moment.

    It lies below the range from which the kernel gives ports to connections (from 32768 on), and is
    drawn by chance, so that it is still free when a process started for it binds it.
    """
    while True:
        port = random.randrange(*PORTS)  # noqa: S311  no secret
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def free_ports(*, actions_apart: bool = False) -> Ports:
    """Return free ports for every process; `actions_apart` gives the action server its own."""
    return Ports(
        web=free_port(),
        line=free_port(),
        my_id=free_port(),
        digital_auth=free_port(),
        rasa=free_port(),
        redis=free_port(),
        actions=free_port() if actions_apart else None,
    )


class LocalStack:
    """Everything `make run` starts, with real processes, until `close`."""

    def __init__(self, settings: Settings, data_dir: Path, *, actions_apart: bool = False) -> None:
        """Start and wait until all is ready. Raises CannotRunError with the reason."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.plan: Plan = make_plan(settings, free_ports(actions_apart=actions_apart), data_dir)
        self._supervisor = self._do(self._make())
        try:
            self._do(self._supervisor.start())
        except BaseException:
            self.close()
            raise

    async def _make(self) -> Supervisor:
        return Supervisor(self.plan, Console(stderr=True, quiet=True))

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    @property
    def web(self) -> str:
        """Base address of the web application."""
        return f"http://127.0.0.1:{self.plan.ports.web}"

    @property
    def line(self) -> str:
        """Base address of the LINE emulator."""
        return f"http://127.0.0.1:{self.plan.ports.line}"

    @property
    def my_id(self) -> str:
        """Base address of the stand-in for My-ID."""
        return f"http://127.0.0.1:{self.plan.ports.my_id}"

    @property
    def digital_auth(self) -> str:
        """Base address of the stand-in for the Digital Authentication App."""
        return f"http://127.0.0.1:{self.plan.ports.digital_auth}"

    @property
    def rasa(self) -> str:
        """Base address of Rasa."""
        return f"http://127.0.0.1:{self.plan.ports.rasa}"

    def pid(self, name: str) -> int:
        """Return the process id of a child; after a death this is the new one."""
        process = self._supervisor.child(name).process
        assert process is not None  # noqa: S101  every child was started
        return process.pid

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a child (SIGKILL, or SIGSTOP and SIGCONT for a server that hangs)."""
        os.kill(self.pid(name), number)

    def close(self) -> None:
        """End everything."""
        self._do(self._supervisor.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
