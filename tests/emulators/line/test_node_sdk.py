"""LINE's SDK for Node as a client that shares no code with us, and a foreign bot built on it."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from emulators.line.endpoints import PAGE
from tests.emulators.line.running import TOKEN, Emulator
from tests.emulators.line.test_conformity import menu, png
from tests.emulators.line.test_program import free_port
from tests.node_packages import WITH_NODE, installed
from tests.support import NODE

SOURCES = Path(__file__).parent / "node"


@pytest.fixture(scope="module")
def sdk() -> Path:
    """A folder with the SDK and our scripts; the SDK is fetched once for each lock file."""
    return installed(SOURCES, "line-sdk")


def environment(emulator: Emulator, **more: str) -> dict[str, str]:
    secret = emulator.settings.line_channel_secret.get_secret_value()
    own = {"BASE": emulator.url, "TOKEN": TOKEN, "SECRET": secret}
    return WITH_NODE | own | {"NO_PROXY": "127.0.0.1"} | more


def test_the_node_sdk_understands_every_answer(emulator: Emulator, user: str, sdk: Path) -> None:
    emulator.write(user, type="text", text="やあ")
    token = json.loads(emulator.bot.wait(2)[1].raw)["events"][0]["replyToken"]
    (sdk / "menu.png").write_bytes(png(800, 540))
    more = {"USER": user, "REPLY_TOKEN": token, "MENU": json.dumps(menu())}
    more["CHANNEL_ID"] = emulator.settings.line_channel_id
    done = subprocess.run(
        [NODE, "client.mjs"],
        cwd=sdk,
        env=environment(emulator, **more),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "token": "Bearer",
        "reply": 1,
        "push": 1,
        "narrowcast": "waiting",
        "quota": "none",
        "used": 3,
        "profile": "花子",
        "bot": "chat",
        "followers": [user],
        "link": 32,
        "menu": True,
        "audience": "東山",
        "demographics": False,
        "refused": [400, "messages[0].text"],
    }


@pytest.fixture
def foreign_bot(emulator: Emulator, sdk: Path) -> Iterator[str]:
    """The bot of the docs, running; yields its address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [NODE, "bot.mjs"], cwd=sdk, env=environment(emulator, PORT=str(port))
    )
    try:
        wait_until_open(url)
        yield url
    finally:
        process.kill()
        process.wait()


def wait_until_open(url: str) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            httpx2.post(url, content=b"{}", trust_env=False)
            return
        except httpx2.ConnectError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_a_foreign_bot_holds_a_talk(emulator: Emulator, foreign_bot: str) -> None:
    own = emulator.control("GET", "/settings")["webhook_url"]
    emulator.control("POST", "/settings", {"webhook_url": foreign_bot})
    try:
        user = emulator.add_user()
        emulator.write(user, type="text", text="ごみの日は？")
        answer = emulator.talk(user, after=1, wait=10)[0]
        assert (answer["via"], answer["message"]["text"]) == ("reply", "「ごみの日は？」ですね")
        forged = {"body": {"events": []}, "signature": "x"}
        assert emulator.control("POST", "/webhooks/raw", forged)["statusCode"] == 401
    finally:
        emulator.control("POST", "/settings", {"webhook_url": own})


def test_the_docs_show_this_very_bot() -> None:
    source = (SOURCES / "bot.mjs").read_text()
    assert f"```js\n{source}```" in PAGE.read_text()
