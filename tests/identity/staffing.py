"""A console in this process on real servers, and browsers of staff."""

import re
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import httpx2
import pyotp
from fastapi import FastAPI

from auth.permissions import Role
from concierge.app import build_web
from identity.oidc.providers import Provider
from identity.staff.accounts import NewAccount, Warrant
from identity.staff.changes import COMMAND_LINE
from identity.staff.container import StaffContainer, make_staff
from identity.staff.models import Account
from identity.staff.passwords import Passwords
from kit.db import Database
from kit.settings import Settings
from tests.identity.support import Clock

PASSWORD = "雪がとけたら鶴ヶ城へ行こう"
WHY = Warrant(COMMAND_LINE, "試験のため")


def secret_of(page: httpx2.Response) -> str:
    """Return the secret that the page of enrolment tells in letters."""
    found = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page.text)
    assert found is not None, page.text
    return found[1].replace(" ", "")


def recovery_codes_of(page: httpx2.Response) -> list[str]:
    """Return the recovery codes that a page shows."""
    return re.findall(r"<li><code>([a-z0-9-]+)</code></li>", page.text)


class Browser:
    """One browser, which sends back the form token of the page that it saw last."""

    def __init__(self, app: FastAPI, address: str, base: str) -> None:
        transport = httpx2.ASGITransport(app=app, client=(address, 1))
        self.http = httpx2.AsyncClient(transport=transport, base_url=base)
        self.token = ""

    @property
    def cookie(self) -> str:
        """The one cookie that the browser holds."""
        [value] = self.http.cookies.values()
        return str(value)

    async def get(self, path: str) -> httpx2.Response:
        return self._seen(await self.http.get(path))

    async def send(self, path: str, **fields: Any) -> httpx2.Response:
        form = {"form_token": self.token, **fields}
        return self._seen(await self.http.post(path, data=form))

    async def log_in(self, login: str, password: str = PASSWORD) -> httpx2.Response:
        await self.get("/console/login")
        return await self.send("/console/login", login=login, password=password)

    async def is_inside(self) -> bool:
        return (await self.get("/console/account")).status_code == 200

    def _seen(self, answer: httpx2.Response) -> httpx2.Response:
        found = re.search(r'name="form_token" value="([^"]+)"', answer.text)
        self.token = self.token if found is None else found[1]
        return answer


class Console:
    """The running console and its parts."""

    def __init__(self, app: FastAPI, clock: Clock, stack: AsyncExitStack) -> None:
        self.app = app
        self.clock = clock
        self.container = app.state.container.get(StaffContainer)
        self._stack = stack

    async def browser(self, address: str = "", base: str = "http://test") -> Browser:
        """Return a new browser, at an address of its own unless one is given."""
        browser = Browser(self.app, address or f"2001:db8:{secrets.token_hex(2)}::1", base)
        self._stack.push_async_callback(browser.http.aclose)
        return browser

    async def add(self, *roles: Role, desks: tuple[str, ...] = ("市民課",)) -> tuple[Account, str]:
        """Add an account with a login of its own; return it and its one-time password."""
        new = NewAccount(f"s{secrets.token_hex(6)}", "試験 花子", roles or (Role.operator,), desks)
        return await self.container.accounts.add(new, WHY)

    async def enrolled(self, *roles: Role, **more: Any) -> tuple[Browser, Account, str]:
        """Return a browser that is inside after a first login, its account and TOTP secret."""
        account, one_time = await self.add(*roles, **more)
        browser = await self.browser()
        await browser.log_in(account.login, one_time)
        secret = secret_of(await browser.get("/console/enrol"))
        await browser.send("/console/enrol", code=self.code(secret))
        await browser.get("/console/password")
        answer = await browser.send("/console/password", password=PASSWORD, again=PASSWORD)
        assert answer.status_code == 303, answer.text
        await browser.get("/console/account")
        return browser, account, secret

    async def inside(self, account: Account, secret: str) -> Browser:
        """Return a further browser of an enrolled account; the clock moves to a new code."""
        self.clock.forward(seconds=30)
        browser = await self.browser()
        await browser.log_in(account.login)
        await browser.get("/console/login/code")
        answer = await browser.send("/console/login/code", code=self.code(secret))
        assert answer.status_code == 303, answer.text
        await browser.get("/console/account")
        return browser

    def code(self, secret: str, steps: int = 0) -> str:
        """Return the code that an app shows now, or some steps of 30 seconds away."""
        return pyotp.TOTP(secret).at(int(self.clock.now.timestamp()) + 30 * steps)


@asynccontextmanager
async def running_console(
    settings: Settings,
    clock: Clock,
    providers: dict[str, Provider] | None = None,
    passwords: Passwords | None = None,
) -> AsyncIterator[Console]:
    """Run the web application in this process, on this clock."""
    app = build_web(settings, clock)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        if providers is not None or passwords is not None:
            container = app.state.container
            staff = make_staff(settings, container.get(Database), clock, providers, passwords)
            container.put(StaffContainer, staff)
            container.on_close(staff.close)
        yield Console(app, clock, stack)
