"""Sensors by the thousand, and the page for everybody while the database stands still."""

import asyncio
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import httpx2

from bench.figures import Figure, percentile
from bench.house import House, next_answer
from kit.http import internal_client
from kit.settings import ROOT

DEVICES = 5_000
SENSOR_SECONDS = 120
TRAPS = 20
PAGE_SECONDS = 60
PAGE_PER_SECOND = 500


async def sensors(house: House) -> list[Figure]:
    """Thousands of devices report once a minute; traps shut meanwhile."""
    user = await _farmer(house)
    headers = {"Authorization": f"Bearer {house.settings.known_sensor_token}"}
    began, before = time.perf_counter(), _cpu_seconds(house)
    total = DEVICES * SENSOR_SECONDS // 60
    waits: list[float] = []
    async with aiohttp.ClientSession(house.stack.web, headers=headers) as http:
        start = time.perf_counter() + 0.5
        tasks = [
            asyncio.create_task(_report(http, number, start + number * 60 / DEVICES))
            for number in range(total)
        ]
        for trap in range(TRAPS):
            await asyncio.sleep(SENSOR_SECONDS / TRAPS / 1.2)
            waits.append(await _shut(house, http, trap, user))
        await asyncio.gather(*tasks)
    share = (_cpu_seconds(house) - before) / (time.perf_counter() - began)
    kept = house.sql("SELECT count(*) FROM sensors_value WHERE device_id LIKE 'bench:gauge:%%'")
    lost = total - kept[0][0]
    p95 = percentile(waits, 0.95)
    return [
        Figure(
            f"{DEVICES:,} sensors, one value a minute each, for {SENSOR_SECONDS} s",
            f"{lost} lost, {share * 100:.0f} % of one core; {TRAPS} traps: p95 {p95:.2f} s",
            "0 lost, < 20 %; threshold → message p95 < 2 s",
            lost == 0 and share < 0.2 and p95 < 2,
        )
    ]


async def _farmer(house: House) -> str:
    new = house.line.post("/emulator/users", json={"display_name": "農家"}).json()
    user = str(new["userId"])
    async with httpx2.AsyncClient(base_url=house.stack.line, timeout=60, trust_env=False) as line:
        await next_answer(line, user, 0)
    [(citizen,)] = house.sql("SELECT id FROM bot_citizen WHERE line_user_id = %s", user)
    token = house.settings.internal_token.get_secret_value()
    async with internal_client(house.stack.web, token) as http:
        field = {"citizen_id": citizen, "latitude": 37.40, "longitude": 139.93}
        (await http.post("/services/sensors/fields", json=field)).raise_for_status()
    return user


async def _report(http: aiohttp.ClientSession, number: int, at: float) -> None:
    await asyncio.sleep(max(0.0, at - time.perf_counter()))
    entity = {
        "id": f"bench:gauge:{number % DEVICES}",
        "type": "Gauge",
        "level": {"type": "Number", "value": 1 + number % 7 / 10},
        "dateObserved": {"type": "DateTime", "value": datetime.now(UTC).isoformat()},
    }
    body = {"subscriptionId": "bench", "data": [entity]}
    async with http.post("/hooks/ngsi", json=body) as answer:
        answer.raise_for_status()


async def _shut(house: House, http: aiohttp.ClientSession, trap: int, user: str) -> float:
    """Shut one trap; return the seconds until the farmer has the message."""
    began = time.perf_counter()
    entity = {
        "id": f"bench:trap:{trap}",
        "type": "Trap",
        "status": "sprung",
        "dateObserved": datetime.now(UTC).isoformat(),
    }
    async with http.post("/hooks/ngsi", json={"data": [entity]}) as answer:
        answer.raise_for_status()
    async with httpx2.AsyncClient(base_url=house.stack.line, timeout=60, trust_env=False) as line:
        while True:
            page = (await line.get(f"/emulator/users/{user}/messages")).json()["messages"]
            if sum(message["via"] == "push" for message in page) > trap:
                return time.perf_counter() - began
            query = {"after": page[-1]["seq"], "wait": 20}
            await line.get(f"/emulator/users/{user}/messages", params=query)


def _cpu_seconds(house: House) -> float:
    """What the web application and the worker have used; what answers nobody else is asked of."""
    ticks = 0
    for name in ("web", "worker"):
        stat = Path(f"/proc/{house.stack.pid(name)}/stat").read_text().rpartition(")")[2].split()
        ticks += int(stat[11]) + int(stat[12])
    return ticks / os.sysconf("SC_CLK_TCK")


async def page(house: House) -> list[Figure]:
    """The public page while every process of PostgreSQL stands still."""
    async with aiohttp.ClientSession(house.stack.web) as http:
        async with http.get("/disaster/") as answer:
            answer.raise_for_status()
        total = PAGE_SECONDS * PAGE_PER_SECOND
        with _stopped(house.stack.pid("postgres")):
            await asyncio.sleep(4)
            start = time.perf_counter() + 0.5
            tasks = [
                asyncio.create_task(_visit(http, start + number / PAGE_PER_SECOND))
                for number in range(total)
            ]
            seen = await asyncio.gather(*tasks)
    served = [seconds for seconds, ok, _ in seen if ok]
    aged = sum(told for _, ok, told in seen if ok)
    p95 = percentile(served, 0.95) if served else float("inf")
    return [
        Figure(
            f"public page, {PAGE_PER_SECOND}/s for {PAGE_SECONDS} s, PostgreSQL stopped",
            f"{len(served):,} of {total:,} served, {aged:,} say their age, p95 {p95 * 1000:.0f} ms",
            "all served, age shown",
            len(served) == total and aged == total,
        )
    ]


async def _visit(http: aiohttp.ClientSession, at: float) -> tuple[float, bool, bool]:
    await asyncio.sleep(max(0.0, at - time.perf_counter()))
    try:
        async with http.get("/disaster/", timeout=aiohttp.ClientTimeout(30)) as answer:
            text = await answer.text()
            done = time.perf_counter() - at
            return done, answer.status == 200, "新しい情報を読み込めません" in text
    except (aiohttp.ClientError, TimeoutError):
        return 0.0, False, False


@contextmanager
def _stopped(postmaster: int) -> Iterator[None]:
    """Hold PostgreSQL and all its processes."""
    held = [postmaster, *_children(postmaster)]
    for pid in held:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in held:
            os.kill(pid, signal.SIGCONT)


def _children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(stat.parent.name))
    return found


def city_with_sensors(folder: Path) -> Path:
    """Copy the cities, and give each thousands of gauges and some traps."""
    shutil.copytree(ROOT / "city", folder)
    gauge = (
        'kind = "gauge"\nname = "試験"\nattribute = "level"\nunit = "m"\nlatitude = 37.5\n'
        "longitude = 139.9\ninterval_minutes = 1\nlowest = 0.0\nhighest = 9.0\n"
        'desk = "危機管理課"\ndemonstration = true\n'
    )
    trap = gauge.replace('"gauge"', '"trap"').replace('"level"', '"status"')
    trap = trap.replace("37.5", "37.401").replace("139.9", "139.93")
    devices = [f'\n[[devices]]\nid = "bench:gauge:{n}"\n{gauge}' for n in range(DEVICES)]
    words = "words = { set = 0, sprung = 1 }\n"
    devices += [f'\n[[devices]]\nid = "bench:trap:{n}"\n{trap}{words}' for n in range(TRAPS)]
    for file in folder.glob("*/sensors/devices.toml"):
        with file.open("a", encoding="utf-8") as out:
            out.writelines(devices)
    return folder
