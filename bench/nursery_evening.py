"""The evening of the deadline: 8,000 families whose forms are saved 60 times a second.

Every save comes at its appointed instant, however long the ones before it take, and is timed from
then. In the end each draft must say what its family was last told is saved. Saved are the steps of
which every parent has more than one page; which child is whose is asked of no register here.
Two web processes share the requests, as on two cores behind a proxy.
"""

import asyncio
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import aiohttp
import httpx2

from auth.store import Store
from bench.figures import Figure, percentile
from concierge.local_stack import LocalStack, free_port
from identity.login.browser import form_token
from identity.login.sessions import Sessions
from kit.clock import system_clock
from kit.db import Database
from kit.ids import new_citizen_id
from kit.settings import Settings
from services.nursery import repository
from services.nursery.applications import Files, draft_of, draft_place
from services.nursery.contract import Draft, DraftChild
from services.nursery.models import NurseryApplication

FAMILIES = 8000
SAVES_A_SECOND = 60
SECONDS = 120
WHOLE_SECONDS = 600
"""The goal's own length: `python -m bench.nursery_evening`."""
LIMIT_SECONDS = 0.4
_AT_ONCE = 50
_BIRTHDATES = (date(2023, 7, 20), date(2026, 2, 8))
_STEPS = ("parents", "household", "papers")


@dataclass
class Family:
    """A family at its form: what it was last told is saved, by step."""

    citizen: str
    cookie: str
    saved: dict[str, str] = field(default_factory=dict)
    steps: int = 0


async def deadline_evening(stack: LocalStack, seconds: int = SECONDS) -> Figure:
    """Save for `seconds`; returns the slowest twentieth, what failed and what was lost."""
    settings = stack.plan.settings
    files = Files(Database(settings), system_clock, settings)
    try:
        families = await _prepare(files, settings)
        with _second_web(stack) as other:
            took, refused = await _evening((stack.web, other), families, seconds)
        lost = await _lost(files, families)
    finally:
        await files.database.close()
    p95 = percentile(took, 0.95)
    return Figure(
        f"the evening of the deadline: {FAMILIES:,} families, {SAVES_A_SECOND} saves a second"
        f" for {seconds} s",
        f"{len(took)} saves, p95 {p95 * 1000:.0f} ms, {refused} refused, {lost} lost",
        f"0 lost, p95 < {LIMIT_SECONDS * 1000:.0f} ms",
        p95 < LIMIT_SECONDS and not refused and not lost,
    )


@contextmanager
def _second_web(stack: LocalStack) -> Iterator[str]:
    """Run a web process beside the stack's own, on another port."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "uvicorn", "concierge.app:make_web", "--factory"),
        *("--host", "127.0.0.1", "--port", str(port), "--no-access-log", "--no-proxy-headers"),
        *("--http", "kit.serving:Patience", "--log-level", "warning"),
    ]
    environment = {**os.environ, **stack.plan.env}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(f"{address}/readyz", process)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_ready(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx2.get(address, trust_env=False).status_code == 200:
                return
        except httpx2.HTTPError:
            time.sleep(0.2)
    raise RuntimeError("the second web process does not start")


async def _prepare(files: Files, settings: Settings) -> list[Family]:
    """Make the families with a form begun and a browser at the card's level."""
    async with files.database.transaction() as session:
        of = next(r for r in await repository.rounds(session) if files.round_info(r).is_open)
    store, families = Store(settings), []
    sessions = Sessions(store, system_clock)
    try:
        for _ in range(0, FAMILIES, _AT_ONCE):
            families += await asyncio.gather(*(_logged_in(sessions) for _ in range(_AT_ONCE)))
            await _begin(files, of.id, [family.citizen for family in families[-_AT_ONCE:]])
    finally:
        await store.close()
    return families


async def _logged_in(sessions: Sessions) -> Family:
    citizen, now = new_citizen_id(), datetime.now(UTC)
    _, session = await sessions.start(citizen, "")
    cookie, _ = await sessions.renew(session.proven(line_at=now, card_at=now))
    return Family(citizen, cookie)


async def _begin(files: Files, round_id: str, citizens: list[str]) -> None:
    children = tuple(
        DraftChild(person_id=f"res_{n}", name="架空の子", birthdate=day)
        for n, day in enumerate(_BIRTHDATES)
    )
    draft = Draft(children=children).model_dump_json()
    async with files.database.transaction() as session:
        for citizen in citizens:
            new_id = f"nap_{secrets.token_hex(16)}"
            await repository.begin(session, new_id, round_id, citizen, files.clock())
            row = await repository.application_of(session, round_id, citizen)
            keys = await files.vault.keys_for_writing(session, citizen)
            if row is not None:
                row.draft, row.version = keys.seal(draft_place(row.id), draft), 1


async def _evening(
    webs: tuple[str, ...], families: list[Family], seconds: int
) -> tuple[list[float], int]:
    connections = aiohttp.TCPConnector(limit=200)
    async with aiohttp.ClientSession(
        connector=connections, cookie_jar=aiohttp.DummyCookieJar()
    ) as http:
        began, waiting = time.perf_counter(), []
        for number in range(SAVES_A_SECOND * seconds):
            due = began + number / SAVES_A_SECOND
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            family = families[number % len(families)]
            web = webs[number % len(webs)]
            waiting.append(asyncio.create_task(_save(http, web, family, number, due)))
        done = await asyncio.gather(*waiting)
    return [took for took, _ in done], sum(not accepted for _, accepted in done)


async def _save(
    http: aiohttp.ClientSession, web: str, family: Family, number: int, due: float
) -> tuple[float, bool]:
    step = _STEPS[family.steps % len(_STEPS)]
    family.steps += 1
    fields, told = _typed(step, number)
    fields["form_token"] = form_token(family.cookie)
    headers = {"Cookie": f"identity={family.cookie}"}
    try:
        async with http.post(
            f"{web}/my/nursery/{step}", data=fields, headers=headers, allow_redirects=False
        ) as answer:
            accepted = answer.headers.get("Location", "").startswith("/my/nursery/")
            accepted = accepted and "done=" not in answer.headers["Location"]
    except (aiohttp.ClientError, TimeoutError):
        accepted = False
    if accepted:
        family.saved[step] = told
    return time.perf_counter() - due, accepted


def _typed(step: str, number: int) -> tuple[dict[str, str], str]:
    """Return the fields of a page, and what of them tells this save from every other."""
    if step == "parents":
        hours = str(number)
        work = {"reason": "work", "hours_per_month": hours}
        return {f"p{n}.{fact}": value for n in (0, 1) for fact, value in work.items()}, hours
    if step == "household":
        is_single = str(number % 2 == 0)
        return {"h.single_parent": is_single}, is_single
    return {"paper.employment:0": "post", "paper.employment:1": "post", "note": str(number)}, str(
        number
    )


async def _lost(files: Files, families: list[Family]) -> int:
    """Count the steps of which a draft does not say what the family was told is saved."""
    lost = 0
    async with files.database.transaction() as session:
        for family in families:
            if family.saved:
                [(row, _)] = await repository.applications_of(session, family.citizen)
                lost += await _differing(files, session, row, family)
    return lost


async def _differing(files: Files, session: Any, row: NurseryApplication, family: Family) -> int:
    draft = draft_of(row, await files.vault.keys(session, family.citizen))
    says = {
        "parents": str(draft.parents[0].get("hours_per_month")) if draft.parents else "",
        "household": str(draft.household.get("single_parent")),
        "papers": draft.note,
    }
    return sum(says[step] != told for step, told in family.saved.items())


def main() -> None:
    """Do it at the goal's own length."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory(prefix="concierge-bench-") as folder:
        stack = LocalStack(Settings(environment="test"), Path(folder))
        try:
            print(asyncio.run(deadline_evening(stack, WHOLE_SECONDS)))  # noqa: T201
        finally:
            stack.close()


if __name__ == "__main__":
    main()
