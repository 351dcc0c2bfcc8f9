"""What one package refuses comes out of the other's client as that refusal, and ends a job."""

from typing import Any, ClassVar

import procrastinate
import pytest
from pydantic import BaseModel, Field
from sqlalchemy import text

from kit.db import Database
from kit.errors import (
    ConciergeError,
    ConflictError,
    ForbiddenError,
    GoneError,
    IllegalTransitionError,
    InvalidInputError,
    NotFoundError,
    TooManyRequestsError,
    UnauthorizedError,
    UnavailableError,
)
from kit.http import InternalClient, call, internal_client
from kit.jobs import Job, NewJob, Worked, enqueue, make_job_app, register
from kit.settings import Settings
from tests.support import bare_app

ASK = Job("test.ask")


class BasketTornError(ConciergeError):
    """The basket is torn. Take another one."""

    status: ClassVar[int] = 409
    code: ClassVar[str] = "basket_torn"


class StrangerBasketError(ConciergeError):
    """Needs more than a message, so that nobody can make one anew."""

    status: ClassVar[int] = 410
    code: ClassVar[str] = "stranger_basket"

    def __init__(self, basket: int) -> None:
        super().__init__(f"No basket {basket}.")


class Wish(BaseModel):
    number: int = Field(ge=1)


RAISED: dict[str, ConciergeError] = {
    "unauthorized": UnauthorizedError("Log in first."),
    "forbidden": ForbiddenError("Not yours."),
    "not-found": NotFoundError("No such basket."),
    "conflict": ConflictError("Too late."),
    "illegal": IllegalTransitionError("Not from here."),
    "torn": BasketTornError(),
    "gone": GoneError("Over."),
    "stranger": StrangerBasketError(3),
    "many": TooManyRequestsError("Slowly."),
}
# path → (the class that comes out, its status, the code that was told)
OUT: dict[str, tuple[type[ConciergeError], int, str]] = {
    "unauthorized": (UnauthorizedError, 401, "unauthorized"),
    "forbidden": (ForbiddenError, 403, "forbidden"),
    "not-found": (NotFoundError, 404, "not_found"),
    "conflict": (ConflictError, 409, "conflict"),
    "illegal": (IllegalTransitionError, 409, "illegal_transition"),
    "torn": (BasketTornError, 409, "basket_torn"),
    "gone": (GoneError, 410, "gone"),
    "stranger": (GoneError, 410, "stranger_basket"),
    "many": (TooManyRequestsError, 429, "too_many_requests"),
    "wish": (InvalidInputError, 400, "invalid_input"),
    "nowhere": (NotFoundError, 404, "not_found"),
}


def other_package(settings: Settings, asked: list[str]) -> InternalClient:
    """Return a client of a package that refuses everything; `asked` are the paths it saw."""
    app = bare_app(settings, "refuses")

    async def refuse(what: str) -> None:
        asked.append(what)
        if what in RAISED:
            raise RAISED[what]
        if what == "outage":
            raise UnavailableError
        raise NotFoundError

    async def wish(_: Wish) -> None:
        asked.append("wish")

    app.post("/wish")(wish)
    app.post("/{what}")(refuse)
    return internal_client("http://internal", "t", app=app)


@pytest.mark.parametrize("what", OUT)
async def test_a_refusal_comes_out_as_the_error_that_it_was(what: str, settings: Settings) -> None:
    kind, status, code = OUT[what]
    async with other_package(settings, []) as http:
        with pytest.raises(ConciergeError) as caught:
            await call(http, "POST", f"/{what}", json={"number": 0})
    error = caught.value
    assert (type(error), error.status, error.told_code) == (kind, status, code)
    if what in RAISED:
        assert error.message == RAISED[what].message


async def test_validation_that_answers_422_is_told_apart_from_an_outage(settings: Settings) -> None:
    async with other_package(settings, []) as http:
        answer = await http.post("/wish", json={"number": 0})
        assert answer.status_code in (400, 422)
        with pytest.raises(InvalidInputError):
            await call(http, "POST", "/wish", json={"number": 0})


@pytest.mark.parametrize("what", OUT)
async def test_a_job_that_is_refused_is_not_repeated(
    what: str, settings: Settings, database: Database
) -> None:
    asked: list[str] = []
    status, attempts = await _work(what, settings, database, asked)
    assert (status, attempts) == ("failed", 1)
    assert len(asked) <= 1


async def test_a_job_that_meets_an_outage_is_tried_again_later(
    settings: Settings, database: Database
) -> None:
    assert await _work("outage", settings, database, []) == ("todo", 1)


async def _work(
    what: str, settings: Settings, database: Database, asked: list[str]
) -> tuple[str, int]:
    """Let a worker do one job that asks the other package; return its (status, attempts)."""
    jobs = make_job_app(settings)
    async with other_package(settings, asked) as http:

        async def ask(path: str) -> Any:
            return await call(http, "POST", f"/{path}", json={"number": 0})

        register(jobs, ASK, {settings.city: Worked(ask)})
        async with jobs.open_async():
            async with database.transaction() as session:
                await enqueue(session, NewJob(ASK, {"path": what}))
            await _run_due(jobs)
            await _run_due(jobs)
    async with database.statement() as session:
        found = await session.execute(text("SELECT status, attempts FROM procrastinate_jobs"))
        [row] = found.all()
    return str(row.status), int(row.attempts)


async def _run_due(jobs: procrastinate.App) -> None:
    await jobs.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)
