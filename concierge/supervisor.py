"""`make run`: every process, started in order, watched, and ended together."""

import asyncio
import contextlib
import errno
import signal
import socket
import time
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import Console

from concierge.child import Child, ChildSpec
from concierge.city import load_city
from concierge.database import create_if_missing, migrate
from concierge.menus import sync_menus
from concierge.plan import Plan, application, free_gigabytes
from concierge.staff import seed_demonstration
from concierge.training import train
from kit import running
from kit.errors import ConciergeError
from kit.tables import ImportReport

NEEDED_GIGABYTES = 0.5
RESTARTS_ALLOWED = 5
RESTART_WINDOW_SECONDS = 60
MENUS_SECONDS = 5.0


class CannotRunError(ConciergeError):
    """The concierge cannot be started."""


class Supervisor:
    """Starts a plan's processes, restarts those that die, and ends all of them."""

    def __init__(self, plan: Plan, console: Console) -> None:
        """Nothing starts before `run`."""
        self._plan = plan
        self._console = console
        self._children: list[Child] = []
        self._watchers: list[asyncio.Task[None]] = []
        self._log_dir = plan.data_dir / "log"
        self.ready = asyncio.Event()
        self._fatal: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        """Run until a signal or a fatal fault. Raises CannotRunError with one clear sentence."""
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        try:
            starting = asyncio.create_task(self.start())
            stopping = asyncio.create_task(stop.wait())
            either: list[asyncio.Future[Any]] = [starting, stopping]
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if not starting.done():
                starting.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await starting
                return
            await starting
            ends: list[asyncio.Future[Any]] = [stopping, self._fatal]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if self._fatal.done():
                raise CannotRunError(self._fatal.result())
        finally:
            await self.stop()

    async def start(self) -> None:
        """Start everything in dependency order and wait until it is ready."""
        self._check_machine()
        self._log_dir.mkdir(parents=True, exist_ok=True)
        with self._step("starting PostgreSQL and Redis"):
            await self._start_all([s for s in (self._plan.postgres, self._plan.redis) if s])
        with self._step("preparing the database"):
            await asyncio.to_thread(self._prepare_database)
            running.tell(self._plan.data_dir, self._plan.env)
        with self._step("reading the city's data"):
            self._report(await load_city(self._plan.settings))
        if self._plan.settings.is_demo:
            with self._step("enrolling the demonstration's staff and residents"):
                await seed_demonstration(self._plan.settings)
        await train(self._log_dir / "training.log", self._console)
        line, *first, worker = application(self._plan)
        with self._step(f"starting {', '.join(spec.name for spec in (line, *first, worker))}"):
            await self._start_all([line])
            menus = asyncio.create_task(self._sync_menus())
            self._watchers.append(menus)
            await self._start_all(first)
            await self._start_all([worker])
            await menus
        self.ready.set()

    @contextlib.contextmanager
    def _step(self, doing: str) -> Iterator[None]:
        """Show what is being done, and in the end what it took."""
        began = time.monotonic()
        with self._console.status(doing):
            yield
        self._console.print(f"{doing} ({time.monotonic() - began:.0f} s)", style="dim")

    async def stop(self) -> None:
        """End all children, the last started first."""
        running.forget(self._plan.data_dir)
        for watcher in self._watchers:
            watcher.cancel()
        databases = {"postgres", "redis"}
        applications = [c for c in self._children if c.spec.name not in databases]
        await asyncio.gather(*(child.stop() for child in applications))
        await asyncio.gather(*(c.stop() for c in self._children if c.spec.name in databases))
        self._children.clear()

    def child(self, name: str) -> Child:
        """Return a running child by name."""
        return next(child for child in self._children if child.spec.name == name)

    def _check_machine(self) -> None:
        self._plan.data_dir.mkdir(parents=True, exist_ok=True)
        if free_gigabytes(self._plan.data_dir) < NEEDED_GIGABYTES:
            raise CannotRunError(
                f"The disk of {self._plan.data_dir} is full: free {NEEDED_GIGABYTES} GB, run again."
            )
        ports = self._plan.ports
        wanted = {
            "web": ports.web,
            "line": ports.line,
            "my-id": ports.my_id,
            "digital-auth": ports.digital_auth,
            "rasa": ports.rasa,
        }
        if self._plan.redis is not None:
            wanted["redis"] = ports.redis
        for name, port in wanted.items():
            if _is_taken(port):
                raise CannotRunError(
                    f"Port {port} is in use: stop the program that holds it (`ss -ltnp 'sport ="
                    f" :{port}'` names it), or choose another with `concierge run --{name}-port`."
                )

    def _prepare_database(self) -> None:
        if self._plan.postgres is not None:
            create_if_missing(self._plan.settings.database_url)
        migrate(self._plan.settings)

    async def _sync_menus(self) -> None:
        """Give the account its rich menus; without them everything else still works."""
        try:
            await sync_menus(self._plan.settings, lambda _line: None, MENUS_SECONDS, dry=False)
        except ConciergeError as error:
            self._console.print(f"no rich menus: {error.message}", style="yellow", markup=False)

    def _report(self, reports: Iterable[ImportReport]) -> None:
        for report in reports:
            if not report.ok:
                self._console.print(f"[yellow]{report.source}: the old data stays in use[/yellow]")
            for problem in [*report.problems, *report.warnings][:10]:
                self._console.print(f"  {problem}", markup=False)

    async def _start_all(self, specs: list[ChildSpec]) -> None:
        children = [Child(spec, self._log_dir) for spec in specs]
        for child in children:
            await child.start()
            self._children.append(child)
        for child in children:
            trouble = await child.wait_ready()
            if trouble is not None:
                raise CannotRunError(self._explain(child, trouble))
            self._watchers.append(asyncio.create_task(self._watch(child)))

    async def _watch(self, child: Child) -> None:
        """Restart a child that dies; give up when it dies again and again."""
        deaths: deque[float] = deque(maxlen=RESTARTS_ALLOWED)
        while True:
            assert child.process is not None  # noqa: S101  started before it is watched
            code = await child.process.wait()
            now = asyncio.get_running_loop().time()
            if len(deaths) == deaths.maxlen and now - deaths[0] < RESTART_WINDOW_SECONDS:
                trouble = f"{child.spec.name} keeps ending (exit {code})"
                if not self._fatal.done():
                    self._fatal.set_result(self._explain(child, trouble))
                return
            deaths.append(now)
            # A server that was killed may need a moment before its address is free again.
            await asyncio.sleep(0.2 * len(deaths))
            self._console.print(
                f"{child.spec.name} ended (exit {code}) and is started again;"
                f" its log: {child.log_path}",
                markup=False,
            )
            await child.start()

    def _explain(self, child: Child, trouble: str) -> str:
        tail = child.last_lines()
        if "No space left on device" in tail:
            return f"{trouble}: the disk is full. Free some space, then run again."
        return f"{trouble}. Its log, {child.log_path}, ends with:\n{tail}"


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return error.errno == errno.EADDRINUSE
    return False
