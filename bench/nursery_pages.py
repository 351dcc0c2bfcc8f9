"""How fast the estimate page and the vacancy answer are, over HTTP."""

import time
from collections.abc import Awaitable, Callable

import httpx2

from bench.figures import Figure, percentile
from concierge.local_stack import LocalStack
from kit.http import internal_client
from services.nursery.contract import NurseryClient

CALLS = 300
WARM = 20
LIMIT_SECONDS = 0.150
_ANSWERS = {
    "age": "1",
    "p0.reason": "work",
    "p0.hours_per_month": "168",
    "p1.reason": "work",
    "p1.hours_per_month": "140",
    "h.single_parent": "False",
}
_SENTENCES = ("門田で1歳が入れる保育園", "北会津保育園は空いていますか", "空きのある保育園")


async def pages_of_nurseries(stack: LocalStack) -> Figure:
    """Time the simulator with every answer, the public list, and the answer of the talk."""
    settings = stack.plan.settings
    token = settings.internal_token.get_secret_value()
    async with (
        httpx2.AsyncClient(base_url=stack.web) as http,
        internal_client(stack.web, token) as inside,
    ):
        client = NurseryClient(inside)

        async def estimate(_: int) -> None:
            (await http.post("/nursery/points", data=_ANSWERS)).raise_for_status()

        async def listed(number: int) -> None:
            (await http.get(f"/nursery/?age={number % 6}")).raise_for_status()

        async def told(number: int) -> None:
            await client.vacancies(number % 6, _SENTENCES[number % len(_SENTENCES)])

        slow = {
            "estimate": await _p95(estimate),
            "list": await _p95(listed),
            "answer in the talk": await _p95(told),
        }
    return Figure(
        "nursery places: the estimate page, the vacancy list and answer, p95",
        ", ".join(f"{name} {seconds * 1000:.0f} ms" for name, seconds in slow.items()),
        f"< {LIMIT_SECONDS * 1000:.0f} ms",
        max(slow.values()) < LIMIT_SECONDS,
    )


async def _p95(ask: Callable[[int], Awaitable[None]]) -> float:
    took = []
    for number in range(WARM + CALLS):
        started = time.perf_counter()
        await ask(number)
        took.append(time.perf_counter() - started)
    return percentile(took[WARM:], 0.95)
