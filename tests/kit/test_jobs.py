"""Jobs survive a dropped connection."""

import asyncio
from typing import Any

import procrastinate
import pytest
from sqlalchemy import text

from kit.db import Database
from kit.jobs import Job, NewJob, Worked, enqueue, make_job_app, register, rescue_jobs
from kit.settings import Settings

NOTE = Job("test.note")


async def test_a_dropped_connection_does_not_strand_a_job_and_its_lock(
    database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = make_job_app(settings)
    done: list[int] = []

    async def note(number: int) -> None:
        done.append(number)

    register(jobs, NOTE, {settings.city: Worked(note)})

    drops = 2
    whole = procrastinate.PsycopgConnector.execute_query_async

    async def dropping(self: Any, query: str, **arguments: Any) -> None:
        nonlocal drops
        if "finish_job" in query and drops:
            drops -= 1
            raise procrastinate.exceptions.ConnectorException
        await whole(self, query, **arguments)

    monkeypatch.setattr(procrastinate.PsycopgConnector, "execute_query_async", dropping)
    async with jobs.open_async():
        async with database.transaction() as session:
            first = NewJob(NOTE, {"number": 1}, lock="citizen")
            await enqueue(session, first, NewJob(NOTE, {"number": 2}, lock="citizen"))
        await jobs.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)
        await jobs.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)
    assert done == [1, 2]
    assert drops == 0
    async with database.statement() as session:
        states = (await session.scalars(text("SELECT status FROM procrastinate_jobs"))).all()
    assert set(states) == {"succeeded"}


SILENT = "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"


async def test_a_loaded_worker_rescues_no_job_that_it_runs_itself(
    database: Database, settings: Settings
) -> None:
    runs, own, other = [], make_job_app(settings), make_job_app(settings)
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(number: int) -> None:
        runs.append(number)
        begun.set()
        await go_on.wait()

    register(own, NOTE, {settings.city: Worked(slow)})
    states = text("SELECT status::text FROM procrastinate_jobs")
    async with own.open_async(), other.open_async():
        async with database.transaction() as session:
            await enqueue(session, NewJob(NOTE, {"number": 1}))
        working = asyncio.create_task(
            own.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)
        )
        await asyncio.wait_for(begun.wait(), 20)
        async with database.statement() as session:
            await session.execute(text(SILENT))
        await rescue_jobs(own, 5)
        async with database.statement() as session:
            assert (await session.scalars(states)).all() == ["doing"]
        await rescue_jobs(other, 5)
        async with database.statement() as session:
            assert (await session.scalars(states)).all() == ["todo"], "others do rescue it"
        go_on.set()
        await asyncio.wait([working], timeout=20)
    assert runs[0] == 1
