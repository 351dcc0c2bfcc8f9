"""The city's menus, drawn once, and an emulator that notes every call."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from bot.menus.line_api import MenuApi
from bot.menus.plan import plan_menus
from bot.menus.state import read_state
from bot.menus.switch import apply_switch, plan_switch
from bot.menus.sync import Drawn, apply, compare, draw_all
from concierge.menus import menu_api
from kit.settings import ROOT, Settings
from tests.emulators.line.definitions import problems_of_call
from tests.emulators.line.running import Emulator, running_emulator

CITY = ROOT / "city" / "aizuwakamatsu" / "menus"


class Account:
    """The LINE account, its people, and what we do to its menus."""

    def __init__(self, emulator: Emulator, api: MenuApi) -> None:
        self.emulator = emulator
        self.api = api

    async def sync(self, drawn: list[Drawn], wait: float = 5) -> bool:
        state = await read_state(self.api)
        return await apply(self.api, state, compare(drawn, state), wait)

    async def switch(self, *, to_disaster: bool, wait: float = 5) -> bool:
        state = await read_state(self.api)
        planned = plan_switch(state, to_disaster=to_disaster)
        return await apply_switch(self.api, state, planned, wait)

    def tap_tab(self, user: str, alias: str) -> None:
        body = {"richMenuAliasId": alias, "data": alias}
        self.emulator.control("POST", f"/users/{user}/menu", body)

    def seen_by(self, user: str) -> str:
        """The key of the menu that this person sees."""
        name = self.emulator.control("GET", f"/users/{user}")["richMenu"]["name"]
        found = re.search(r"\[(\S+) ", name)
        assert found, name
        return found[1]

    def calls(self) -> list[dict[str, Any]]:
        entries, after = [], 0
        while page := self.emulator.control("GET", f"/journal?after={after}")["entries"]:
            entries += page
            after = page[-1]["seq"]
        return [e for e in entries if e["kind"] == "api" and "/oauth2/" not in e["path"]]

    def writes(self) -> list[str]:
        return [f"{c['method']} {c['path']}" for c in self.calls() if c["method"] != "GET"]

    def forget_calls(self) -> int:
        """Return how many writes there were, and count from here."""
        self._before = getattr(self, "_before", 0)
        new = len(self.writes()) - self._before
        self._before += new
        return new


@pytest.fixture(scope="session")
def drawn() -> list[Drawn]:
    """Every menu of the demo city."""
    return draw_all(plan_menus(CITY))


@pytest.fixture(scope="module")
def _emulator() -> Iterator[Emulator]:
    with running_emulator() as emulator:
        yield emulator


@pytest.fixture
async def account(_emulator: Emulator) -> AsyncIterator[Account]:
    """An account without menus, on which batches end at once.

    Afterwards every call that was made is held against LINE's own definitions.
    """
    _emulator.control("POST", "/reset")
    _emulator.control("DELETE", "/faults")
    _emulator.control("DELETE", "/limits")
    _emulator.control("POST", "/settings", {"job_seconds": 0})
    settings = Settings(
        environment="test", line_api_base=_emulator.url, line_data_base=_emulator.url
    )
    async with menu_api(settings) as api:
        account = Account(_emulator, api)
        yield account
    for call in account.calls():
        # The emulator refuses for pace, or by order of a test, before it reads the body.
        if call["status"] not in (429, 500):
            assert problems_of_call(call) == [], call
