"""The handbook: a forecast, a large city's due list, and a page with five hundred entries."""

import random
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date, timedelta
from decimal import Decimal

import httpx2

from bench.figures import Figure, percentile
from concierge.app import build_web
from concierge.local_stack import LocalStack
from identity.account import consents
from identity.container import IdentityContainer
from kit.clock import system_clock
from kit.container import Container
from kit.ids import new_citizen_id
from kit.settings import Settings
from services.health.contract import Growth, NewEntry
from services.health.due_list import due_list
from services.health.forecast import forecast
from services.health.parsing import Child, parse_child
from services.health.scopes import CONSENT
from services.health.service import HealthService
from services.residents.contract import Identification, Relation
from services.residents.service import ResidentsService

CITY_CHILDREN = 100_000
FEW = 2_000
CHILDHOOD_DAYS = 17 * 365
ENTRIES, BEFORE_TODAY = 500, 300
LOOKS, WARM = 120, 10
ON = date(2026, 11, 30)
# What a tidy record holds: vaccine and the days of age at its doses.
USUAL = {
    "HepB": (60, 90, 215),
    "Rota1v": (60, 92),
    "DPT-IPV-Hib": (62, 92, 124, 430),
    "PCV": (62, 92, 124, 390),
    "BCG": (160,),
    "MR period 1": (370,),
    "MR period 2": (1950,),
    "Varicella": (372, 560),
    "JE period 1": (1100, 1120, 1480),
}
# A mother of the demonstration city, as her card says her.
CARD = {
    "name": "佐藤 美咲",
    "birthdate": date(1988, 4, 12),
    "sex": "female",
    "address": "福島県会津若松市中央一丁目99番1号",
}


def children(count: int) -> Iterator[Child]:
    """Yield children of all ages with the records that they may have; each time the same."""
    chance = random.Random(17)  # noqa: S311
    for _ in range(count):
        birth = ON - timedelta(days=chance.randrange(CHILDHOOD_DAYS))
        given = [
            {"vaccine": vaccine, "date": day.isoformat()}
            for vaccine, ages in USUAL.items()
            for age in ages
            if (day := birth + timedelta(days=age + chance.randrange(9))) <= ON
            and chance.random() < 0.95
        ]
        sex = chance.choice(("female", "male"))
        yield parse_child({"birth_date": birth.isoformat(), "sex": sex, "given": given})


async def one_forecast(_: LocalStack) -> Figure:
    """A full forecast of one child after another."""
    took = []
    for child in children(FEW):
        started = time.perf_counter()
        forecast(child, ON)
        took.append(time.perf_counter() - started)
    p95 = percentile(took, 0.95)
    return Figure(
        "forecast of one child, p95",
        f"{p95 * 1000:.2f} ms (median {percentile(took, 0.5) * 1000:.2f} ms)",
        "< 5 ms",
        p95 < 0.005,
    )


async def city_due_list(_: LocalStack) -> Figure:
    """What is due for every child of a large city, reading its records included."""
    started = time.perf_counter()
    lines = sum(len(found) for found in due_list(children(CITY_CHILDREN), ON))
    seconds = time.perf_counter() - started
    return Figure(
        f"due list of {CITY_CHILDREN:,} children",
        f"{seconds:.1f} s, {lines:,} doses",
        "< 60 s",
        seconds < 60 and lines > CITY_CHILDREN // 2,
    )


async def handbook_page(stack: LocalStack) -> Figure:
    """Open a child's page with its charts: card, consent, grant and access log included."""
    async with _at_the_page(stack.plan.settings) as (http, child):
        took = []
        for number in range(LOOKS + WARM):
            started = time.perf_counter()
            page = await http.get(f"/my/health/growth?child={child}")
            if number >= WARM:
                took.append(time.perf_counter() - started)
        shown = page.raise_for_status().text.count("fix=hen_")
    p95 = percentile(took, 0.95)
    return Figure(
        f"handbook page with {shown} entries, p95",
        f"{p95 * 1000:.0f} ms (median {percentile(took, 0.5) * 1000:.0f} ms)",
        "< 200 ms",
        p95 < 0.2 and shown >= ENTRIES,
    )


@asynccontextmanager
async def _at_the_page(settings: Settings) -> AsyncIterator[tuple[httpx2.AsyncClient, str]]:
    """Yield the browser of a mother who has shown her card, and her youngest child's id."""
    app = build_web(settings)
    transport = httpx2.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url=settings.public_base_url) as http,
    ):
        container = app.state.container
        citizen = new_citizen_id()
        child = await _mother(container, citizen)
        await _filled(container.get(HealthService), citizen, child)
        http.cookies.set("identity", await _logged_in(container, citizen))
        yield http, child


async def _mother(container: Container, citizen: str) -> str:
    residents = container.get(ResidentsService)
    card = Identification.model_validate(CARD | {"citizen_id": citizen})
    found = await residents.identifications.identify(card)
    if found.outcome != "matched":
        raise RuntimeError(f"the card is {found.outcome}")
    people = await residents.people(citizen)
    return [p.resident_id for p in people if p.relation is Relation.parent][-1]


async def _filled(health: HealthService, citizen: str, child: str) -> None:
    """Write what a diligent mother measures in most of a year."""
    start = system_clock().date() - timedelta(days=BEFORE_TODAY)
    bodies = [
        Growth(
            measure="weight" if number % 2 else "height",
            date=start + timedelta(days=number // 2),
            value=Decimal("11.2") if number % 2 else Decimal("85.0"),
        )
        for number in range(ENTRIES)
    ]
    for number, some in enumerate(zip(bodies[::2], bodies[1::2], strict=True)):
        await health.write(citizen, child, NewEntry(key=f"bench-{number:016}", bodies=some))


async def _logged_in(container: Container, citizen: str) -> str:
    identity, now = container.get(IdentityContainer), system_clock()
    async with identity.database.transaction() as session:
        await consents.give(session, citizen, CONSENT, 1, now)
    _, begun = await identity.sessions.start(citizen, "")
    cookie, _ = await identity.sessions.renew(begun.proven(line_at=now, card_at=now))
    return cookie
