"""`concierge menus`, and the menus of `make run`."""

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from concierge.cli import app
from concierge.local_stack import free_port, free_ports
from concierge.plan import make_plan
from concierge.supervisor import Supervisor
from kit.settings import Settings, get_settings
from tests.emulators.line.running import Emulator, running_emulator

runner = CliRunner()


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with running_emulator() as emulator:
        emulator.control("POST", "/settings", {"job_seconds": 0})
        yield emulator


def _run(
    monkeypatch: pytest.MonkeyPatch, line: str, *arguments: str, **env: str
) -> tuple[int, str]:
    for name, value in {"LINE_API_BASE": line, "LINE_DATA_BASE": line, **env}.items():
        monkeypatch.setenv(name, value)
    get_settings.cache_clear()
    result = runner.invoke(app, ["menus", *arguments])
    get_settings.cache_clear()
    return result.exit_code, result.output


def test_an_officer_syncs_and_switches(monkeypatch: pytest.MonkeyPatch, emulator: Emulator) -> None:
    def said(*arguments: str) -> str:
        code, output = _run(monkeypatch, emulator.url, *arguments)
        assert code == 0, output
        return output

    assert (
        "run `concierge menus sync` first".casefold()
        in _run(monkeypatch, emulator.url, "disaster", "on")[1].casefold()
    )
    assert "new: 日本語 くらし" in said("sync", "--dry-run")
    assert emulator.call("GET", "/v2/bot/richmenu/list").json() == {"richmenus": []}
    assert "new: 日本語 くらし" in said("sync")
    assert "nothing to do" in said("sync")
    assert "one batch" in said("disaster", "on", "--dry-run")
    assert "one batch" in said("disaster", "on")
    assert "are on already" in said("disaster", "on")
    assert "everybody's menu: concierge-ja-life" in said("disaster", "off")


def test_what_is_wrong_is_one_clear_message(monkeypatch: pytest.MonkeyPatch) -> None:
    away = f"http://127.0.0.1:{free_port()}"
    code, output = _run(monkeypatch, away, "sync")
    assert (code, "LINE does not answer" in output) == (1, True)
    code, output = _run(monkeypatch, away, "sync", CITY="nowhere")
    assert (code, "Is CITY the name of a folder" in output) == (1, True)
    assert "Traceback" not in output


def test_the_pictures_can_be_looked_at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    code, output = _run(monkeypatch, "http://127.0.0.1:9", "draw", str(tmp_path / "menus"))
    assert code == 0, output
    assert (tmp_path / "menus" / "concierge-ja-life.png").read_bytes().startswith(b"\x89PNG")


async def test_a_house_without_menus_still_starts(tmp_path: Path) -> None:
    """Nothing listens on the LINE port of this plan."""
    plan = make_plan(Settings(environment="test"), free_ports(), tmp_path)
    words = io.StringIO()
    await Supervisor(plan, Console(file=words, width=200))._sync_menus()
    assert words.getvalue().startswith("no rich menus: LINE does not answer.")
