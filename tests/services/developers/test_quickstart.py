"""The quickstart, word for word: a newcomer copies each command, staff decides in between."""

import asyncio
import html
import re
import subprocess
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from auth.permissions import Role
from concierge.app import build_web
from kit.db import Database
from kit.settings import ROOT, Settings
from tests.emulators.serving import served
from tests.services.developers.world import import_small_faq, reading
from tests.support import DEMO_PASSWORD, NODE, add_staff, form_token

STAFF = "test-supervisor"


async def prepare(settings: Settings, folder: Path) -> None:
    database = Database(settings)
    await import_small_faq(database, settings, folder)
    await database.close()
    app = build_web(settings)
    await add_staff(app, Role.supervisor)
    await app.state.container.get(Database).close()


@pytest.fixture
def site(settings: Settings, tmp_path: Path) -> Iterator[str]:
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, prepare(settings, tmp_path)).result()
    with reading({}) as rasa:
        own = {"rasa_url": rasa}
        with served(
            lambda url: build_web(settings.model_copy(update={**own, "public_base_url": url}))
        ) as url:
            yield url


@pytest.fixture
async def shell() -> AsyncIterator["Shell"]:
    shell = Shell()
    yield shell
    shell.close()


class Shell:
    """One bash in which commands are entered one after the other."""

    def __init__(self) -> None:
        node = str(Path(NODE).parent)
        self._process = subprocess.Popen(
            ["bash", "--norc"],
            cwd=ROOT,
            env={"PATH": f"{node}:/usr/local/bin:/usr/bin:/bin"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def enter(self, command: str) -> list[str]:
        """Return what a command prints."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{command}\necho; echo DONE\n")
        self._process.stdin.flush()
        lines = []
        for line in self._process.stdout:
            if line.strip() == "DONE":
                break
            lines.append(line.strip())
        return [line for line in lines if line]

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("kill $SKILL 2>/dev/null\nexit\n")
        self._process.stdin.close()
        self._process.wait(timeout=20)


def commands(page: str) -> list[str]:
    found = re.findall(r'<code class="command">(.*?)</code>', page, re.DOTALL)
    return [html.unescape(text) for text in found]


def staff_of(site: str) -> httpx2.Client:
    browser = httpx2.Client(base_url=site, trust_env=False, timeout=20)
    form = {"login": STAFF, "password": DEMO_PASSWORD}
    form["form_token"] = form_token(browser.get("/console/login"))
    assert browser.post("/console/login", data=form).status_code == 303
    return browser


def decide(browser: httpx2.Client, path: str, **fields: str) -> None:
    fields["form_token"] = form_token(browser.get("/console/developers/"))
    assert browser.post(f"/console/developers/{path}", data=fields).status_code == 303


def test_a_newcomer_who_copies_every_command_has_a_skill_that_answers(
    site: str, shell: Shell, settings: Settings
) -> None:
    staff = staff_of(site)
    page = staff.get("/developers/quickstart").text
    sign_up, make_key, start, check, clean_up = commands(page)
    [secret] = shell.enter(sign_up)
    assert secret.startswith("cds_")
    [account] = set(re.findall(r"people/(dev_[0-9a-f]+)", staff.get("/console/developers/").text))
    decide(staff, f"people/{account}", state="approved", desk="市民課")
    assert shell.enter(make_key) == []
    [running] = shell.enter(start)
    assert running.endswith("/answer")
    assert shell.enter(check) == [
        "checked",
        "sandbox",
        "秋葉原公園：借りられる自転車 4台",
    ]
    for state in ("approved", "live"):
        decide(staff, "skills/bicycle-stations", state=state)
    token = settings.internal_token.get_secret_value()
    asked = {"skill_id": "bicycle-stations", "citizen_id": "ctz_1", "words": "シェアサイクルの台数"}
    answer = staff.post(
        "/services/developers/answers",
        json=asked,
        headers={"Authorization": f"Bearer {token}"},
    ).json()
    assert answer["messages"][0]["text"] == "どのステーションの空きを見ますか。"
    assert len(answer["messages"][0]["choices"]) == 8
    assert shell.enter(clean_up) == ["disabled"]
