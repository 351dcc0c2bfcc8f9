"""Jobs survive a dropped connection."""

from typing import Any

import procrastinate
import pytest
from sqlalchemy import text

from kit.db import Database
from kit.jobs import Job, NewJob, Worked, enqueue, make_job_app, register
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
