"""Starting, watching and ending real processes."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from rich.console import Console

from concierge.child import Child, ChildSpec
from concierge.local_stack import free_ports
from concierge.plan import Ports, application, make_plan
from concierge.supervisor import CannotRunError, Supervisor
from kit.settings import DEMO_MASTER_KEY, ROOT, Settings


async def _ready() -> bool:
    return True


async def _never() -> bool:
    return False


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


async def test_a_child_is_ended_with_everything_it_started(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, pathlib, time;"
        "p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        f"pathlib.Path({str(tmp_path / 'pid')!r}).write_text(str(p.pid));"
        "time.sleep(600)"
    )

    async def has_started() -> bool:
        return (tmp_path / "pid").exists() and (tmp_path / "pid").read_text() != ""

    child = Child(ChildSpec("parent", _python(code), has_started), tmp_path)
    await child.start()
    assert await child.wait_ready() is None
    grandchild = int((tmp_path / "pid").read_text())
    assert psutil.pid_exists(grandchild)
    await child.stop()
    _wait_until_gone(grandchild)


async def test_a_child_that_ends_at_once_is_named(tmp_path: Path) -> None:
    spec = ChildSpec("broken", _python("raise SystemExit('no such table')"), _never)
    child = Child(spec, tmp_path)
    await child.start()
    assert await child.wait_ready() == "broken ended at once (exit 1)"
    assert child.last_lines() == "no such table"


async def test_a_child_inherits_no_more_of_our_environment_than_it_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOREIGN_SECRET", "planted")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    print_all = _python("import os; print(sorted(os.environ), flush=True)")
    child = Child(ChildSpec("printer", print_all, _never, env={"OWN": "1"}), tmp_path)
    await child.start()
    assert child.process is not None
    await child.process.wait()
    said = child.last_lines()
    assert "FOREIGN_SECRET" not in said
    for needed in ("LC_ALL", "OWN", "PATH"):
        assert f"'{needed}'" in said


def test_only_who_needs_a_key_or_a_database_is_told_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("MASTER_KEY", "MASTER_KEY_PREVIOUS", "IDENTITY_SECRETS"):
        monkeypatch.setenv(name, "{}" if name == "IDENTITY_SECRETS" else DEMO_MASTER_KEY)
    monkeypatch.setenv("FOREIGN_SECRET", "planted")
    settings = Settings(database_url="postgresql://u:p@127.0.0.1/x", redis_url="redis://unused")
    specs = {spec.name: spec.env for spec in application(make_plan(settings, Ports(), tmp_path))}
    secret = {"MASTER_KEY", "MASTER_KEY_PREVIOUS", "DATABASE_URL", "REDIS_URL", "IDENTITY_SECRETS"}
    for name, env in specs.items():
        assert "FOREIGN_SECRET" not in env
        assert secret & set(env) == (secret if name in ("web", "worker") else set()), name
        assert ("INTERNAL_TOKEN" in env) == (name in ("web", "worker", "rasa")), name
    assert "LINE_CHANNEL_SECRET" not in specs["rasa"]


def test_rasa_is_started_without_the_web_api_of_its_own(tmp_path: Path) -> None:
    settings = Settings(database_url="postgresql://u:p@127.0.0.1/x", redis_url="redis://unused")
    specs = application(make_plan(settings, Ports(), tmp_path))
    [command] = [spec.command for spec in specs if spec.name == "rasa"]
    assert "run" in command
    for told in (*command, (ROOT / "Dockerfile").read_text("utf-8")):
        assert "enable-api" not in told


async def test_a_child_that_is_never_ready_is_named(tmp_path: Path) -> None:
    spec = ChildSpec("slow", _python("import time; time.sleep(60)"), _never, ready_seconds=0.3)
    child = Child(spec, tmp_path)
    await child.start()
    assert await child.wait_ready() == "slow is not ready after 0 s"
    await child.stop()


async def test_a_taken_port_is_named_with_a_way_out(tmp_path: Path) -> None:
    ports = free_ports()
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", ports.line))
        holder.listen()
        settings = Settings(database_url="postgresql://unused", redis_url="redis://unused")
        supervisor = Supervisor(make_plan(settings, ports, tmp_path), Console(quiet=True))
        with pytest.raises(CannotRunError, match=f"Port {ports.line} is in use.*--line-port"):
            await supervisor.start()


async def test_a_full_disk_is_named_with_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("concierge.supervisor.free_gigabytes", lambda _folder: 0.1)
    settings = Settings(database_url="postgresql://unused", redis_url="redis://unused")
    supervisor = Supervisor(make_plan(settings, free_ports(), tmp_path), Console(quiet=True))
    with pytest.raises(CannotRunError, match="is full: free"):
        await supervisor.start()


@pytest.mark.timeout(240)
def test_ctrl_c_ends_everything_and_leaves_nothing_behind(tmp_path: Path) -> None:
    ports = free_ports()
    command = [
        *(sys.executable, "-m", "concierge", "run", "--data", str(tmp_path / "data")),
        *("--web-port", str(ports.web), "--line-port", str(ports.line)),
        *("--my-id-port", str(ports.my_id), "--digital-auth-port", str(ports.digital_auth)),
        *("--rasa-port", str(ports.rasa), "--redis-port", str(ports.redis)),
    ]
    said = tmp_path / "said"
    with said.open("wb") as output:
        env = {**os.environ, "MASTER_KEY": DEMO_MASTER_KEY, "FOREIGN_SECRET": "planted"}
        process = subprocess.Popen(command, cwd=ROOT, stderr=output, env=env)
    try:
        deadline = time.monotonic() + 180
        while "The concierge is ready." not in said.read_text():
            assert process.poll() is None, said.read_text()
            assert time.monotonic() < deadline, said.read_text()
            time.sleep(0.1)
        children = psutil.Process(process.pid).children(recursive=True)
        names = {" ".join(child.cmdline()) for child in children}
        assert any("rasa" in name for name in names)
        assert any("postgres" in name for name in names)
        assert any("emulators.my_id" in name for name in names)
        assert any("emulators.digital_auth" in name for name in names)
        for child in children:
            _assert_it_knows_no_more_than_it_needs(child)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=40) == 0
    finally:
        process.kill()
    for child in children:
        _wait_until_gone(child.pid)
    assert said.read_text().rstrip().endswith("stopped")


def _assert_it_knows_no_more_than_it_needs(child: psutil.Process) -> None:
    known, command = child.environ(), " ".join(child.cmdline())
    assert "FOREIGN_SECRET" not in known, command
    needs_keys = "concierge.app" in command or "concierge worker" in command
    assert ("MASTER_KEY" in known) == needs_keys, command
    if not needs_keys:
        assert "DATABASE_URL" not in known, command


def _wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 10
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, f"process {pid} was left behind"
        time.sleep(0.05)


def test_a_line_that_is_named_from_outside_wins_over_the_stand_in(tmp_path: Path) -> None:
    named = {"line_api_base": "https://line.example", "line_access_base": "https://access.example"}
    given = Settings(environment="test", database_url="postgresql://x/y", **named)
    plan = make_plan(given, Ports(), tmp_path)
    assert plan.env["LINE_API_BASE"] == plan.settings.line_api_base == "https://line.example"
    assert plan.env["LINE_ACCESS_BASE"] == "https://access.example"
    assert plan.env["LINE_DATA_BASE"] == f"http://127.0.0.1:{plan.ports.line}"
