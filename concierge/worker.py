"""A worker process: turns, sends and periodic jobs, and the rescue of jobs whose worker died."""

import asyncio

import procrastinate

from bot.line.jobs import FETCH_QUEUE
from concierge.parts import worker_parts
from kit.logging import get_logger
from kit.settings import Settings

log = get_logger(__name__)

QUEUES = ["turns", "send", "jobs"]
# A new job wakes the worker at once, the end of a job does not. A citizen's next message waits for
# the end of the one before, so the worker looks for itself this often.
LOOK_SECONDS = 0.1


async def run_worker(settings: Settings) -> None:
    """Work until told to stop by a signal; running jobs are finished first.

    Files are fetched by a worker of their own: however many there are, no turn waits for them.
    """
    parts = worker_parts(settings)
    async with parts.jobs.open_async():
        talking = asyncio.create_task(
            _work(parts.jobs, settings, QUEUES, settings.worker_concurrency, signals=True)
        )
        fetching = asyncio.create_task(
            _work(parts.jobs, settings, [FETCH_QUEUE], settings.media_concurrency, signals=False)
        )
        rescuer = asyncio.create_task(_rescue(parts.jobs, settings))
        tasks = (talking, fetching, rescuer)
        try:
            # A signal ends the first; whichever fails, the process ends and is started anew.
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            ended = [task for task in tasks if task.done()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await parts.close()
        for task in ended:
            task.result()


async def _work(
    jobs: procrastinate.App,
    settings: Settings,
    queues: list[str],
    concurrency: int,
    *,
    signals: bool,
) -> None:
    """Run the jobs of some queues until told to stop: by a signal, or by being cancelled."""
    await jobs.run_worker_async(
        queues=queues,
        concurrency=concurrency,
        fetch_job_polling_interval=LOOK_SECONDS,
        delete_jobs="successful",
        update_heartbeat_interval=settings.worker_heartbeat_seconds,
        stalled_worker_timeout=settings.worker_stalled_seconds,
        shutdown_graceful_timeout=10,
        install_signal_handlers=signals,
    )


async def _rescue(jobs: procrastinate.App, settings: Settings) -> None:
    """Give jobs of workers without a heartbeat back to the queue, for as long as we work."""
    while True:
        try:
            stalled = await jobs.job_manager.get_stalled_jobs(
                seconds_since_heartbeat=settings.worker_stalled_seconds
            )
            for job in stalled:
                log.warning("job_rescued", job_id=job.id, task=job.task_name)
                await jobs.job_manager.retry_job(job)
        except procrastinate.exceptions.ConnectorException as error:
            log.warning("rescue_without_database", error=type(error).__name__)
        await asyncio.sleep(settings.worker_stalled_seconds / 4)
