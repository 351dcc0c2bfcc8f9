"""A worker process: turns, sends and periodic jobs, and the rescue of jobs whose worker died."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any

import procrastinate

from auth.modules import Modules
from concierge.container import make_container
from kit.clock import Clock, system_clock
from kit.garbage import started
from kit.jobs import Job, Worked, make_job_app, register, rescue_jobs
from kit.logging import get_logger
from kit.settings import Settings

log = get_logger(__name__)

# Answering citizens has hands of its own, which nothing else may occupy.
ANSWERS = ["turns"]
ERRANDS = ["send", "jobs"]
FILES = ["media"]
BULK = ["bulk"]
# A new job wakes the worker at once, the end of a job does not. A citizen's next message waits for
# the end of the one before, so the worker looks for itself this often.
LOOK_SECONDS = 0.1


class Worker:
    """The jobs of every city, and what they do."""

    def __init__(
        self, settings: Settings, clock: Clock = system_clock, modules: Modules | None = None
    ) -> None:
        """Compose everything; nothing connects yet. Without `modules`, those of the program."""
        self.jobs = make_job_app(settings)
        self.containers = {
            city.city: make_container(city, clock=clock, modules=modules)
            for city in settings.cities
        }
        self.works: dict[Job, dict[str, Worked]] = {}
        for city, container in self.containers.items():
            for module in container.get(Modules):
                for job, work in module.works(container).items():
                    self.works.setdefault(job, {})[city] = work
        for job, by_city in self.works.items():
            register(self.jobs, job, by_city)

    async def do(self, city: str, job: Job, **arguments: Any) -> None:
        """Do what a job does, without the queue."""
        await self.works[job][city].run(**arguments)

    async def close(self) -> None:
        """Close every connection."""
        for container in self.containers.values():
            await container.close()


async def run_worker(settings: Settings) -> None:
    """Work until told to stop by a signal; running jobs are finished first."""
    worker = Worker(settings)
    started()
    async with worker.jobs.open_async():
        rescuer = asyncio.create_task(_rescue(worker.jobs, settings))
        works = [
            _work(worker.jobs, settings, queues, concurrency)
            for queues, concurrency in (
                (ANSWERS, settings.worker_concurrency),
                (ERRANDS, settings.worker_errands_concurrency),
                (FILES, settings.media_concurrency),
                (BULK, settings.bulk_concurrency),
            )
        ]
        try:
            await _until_signal(*works)
        finally:
            rescuer.cancel()
            await worker.close()


async def _until_signal(*works: Coroutine[Any, Any, None]) -> None:
    """Run until SIGINT or SIGTERM, or until one of the works fails; then let all finish."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    tasks = [asyncio.create_task(work) for work in works]
    waiting = asyncio.create_task(told.wait())
    await asyncio.wait({waiting, *tasks}, return_when=asyncio.FIRST_COMPLETED)
    for task in (waiting, *tasks):
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, Exception):
            raise result


async def _work(
    jobs: procrastinate.App, settings: Settings, queues: list[str], concurrency: int
) -> None:
    await jobs.run_worker_async(
        queues=queues,
        concurrency=concurrency,
        fetch_job_polling_interval=LOOK_SECONDS,
        delete_jobs="successful",
        update_heartbeat_interval=settings.worker_heartbeat_seconds,
        stalled_worker_timeout=settings.worker_stalled_seconds,
        shutdown_graceful_timeout=10,
        install_signal_handlers=False,
    )


async def _rescue(jobs: procrastinate.App, settings: Settings) -> None:
    """Give jobs of workers without a heartbeat back to the queue, for as long as we work."""
    while True:
        try:
            await rescue_jobs(jobs, settings.worker_stalled_seconds)
        except procrastinate.exceptions.ConnectorException as error:
            log.warning("rescue_without_database", error=type(error).__name__)
        await asyncio.sleep(settings.worker_stalled_seconds / 4)
