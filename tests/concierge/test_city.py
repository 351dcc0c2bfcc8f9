"""A city's own data: checked without a database, loaded into the one that runs, as README says."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from concierge.cli import app
from concierge.plan import Ports, make_plan
from kit import running
from kit.settings import ROOT, Settings, get_settings

RUN = CliRunner()
DEMO = ROOT / "city" / "aizuwakamatsu"
_NOT_NEEDED = shutil.ignore_patterns(
    *(".*", "models", "bench", "docs", "tests", "evaluation", "node_modules", "__pycache__")
)


@pytest.fixture(autouse=True)
def own_settings() -> Iterator[None]:
    """What a test changes in the environment is read, and forgotten after it."""
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEMO, tmp_path / "city"))


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No database anywhere, as on a machine on which nothing runs."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(running, "DATA", tmp_path)
    get_settings.cache_clear()


@pytest.mark.usefixtures("no_database")
def test_a_good_folder_is_checked_without_a_database(city: Path) -> None:
    result = RUN.invoke(app, ["city", "check", str(city)])
    assert (result.exit_code, result.exception) == (0, None)
    assert re.search(r"waste: \d{4} rows would be imported", result.output)
    assert "refused" not in result.output
    assert "imported all the same" not in result.output


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        ("waste/area_days.csv", "鶴城,北部", "鶴\0城,北部", "area_days.csv:2 [地名] holds control"),
        ("facilities/facilities.csv", "37.", "9.", "facilities.csv:2 [緯度] the position lies"),
        ("faq/tax.jsonl", '"review_by": "2', '"review_by": "X', "tax.jsonl:1 [review_by]"),
        ("city.toml", 'name_kana = "', 'name_of = "', "city.toml:0 [name_kana] Field required"),
        ("residents/residents.csv", "男", "雄", "residents.csv:"),
        ("menus/ja.toml", "[", "[[[", "menus:0 []"),
        ("facilities/sources.toml", "credit", "kredit", "sources.toml:0 [sources.0.credit]"),
    ],
)
def test_what_would_be_refused_is_named_by_place_and_reason(
    city: Path, file: str, old: str, new: str, place: str
) -> None:
    text = (city / file).read_text(encoding="utf-8-sig")
    assert old in text
    (city / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    result = RUN.invoke(app, ["city", "check", str(city)])
    assert result.exit_code == 1
    assert place in result.output
    assert "rows would be refused" in result.output


def test_what_is_doubtful_is_told_and_refuses_nothing(city: Path) -> None:
    with (city / "waste" / "target.csv").open("a", encoding="utf-8") as file:
        file.write("\n,名前のない種類,,な\n")
    result = RUN.invoke(app, ["city", "check", str(city)])
    assert result.exit_code == 0
    assert "(imported all the same) target.csv:" in result.output


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert RUN.invoke(app, ["city", "check", str(tmp_path / "nowhere")]).exit_code == 2


@pytest.mark.usefixtures("no_database")
@pytest.mark.parametrize("command", [["city", "load"], ["staff", "list"]])
def test_without_a_database_a_command_says_what_to_do(command: list[str]) -> None:
    result = RUN.invoke(app, command)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)


def test_the_addresses_of_a_run_are_found_while_it_lives(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "CITY"):
        monkeypatch.delenv(name, raising=False)
    get_settings.cache_clear()
    settings = Settings(database_url="postgresql:///x", redis_url="redis://y", city="mycity")
    plan = make_plan(settings, Ports(), tmp_path)
    running.tell(plan.data_dir, plan.env)
    assert (tmp_path / running.FILE).stat().st_mode & 0o777 == 0o600
    found = running.running_settings(tmp_path)
    assert (found.database_url, found.city) == ("postgresql:///x", "mycity")
    monkeypatch.setenv("CITY", "another")
    get_settings.cache_clear()
    assert running.running_settings(tmp_path).city == "another"
    running.forget(plan.data_dir)
    with pytest.raises(running.NothingRunsError):
        running.running_settings(tmp_path)


def test_the_addresses_of_a_run_that_was_killed_are_no_use(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    get_settings.cache_clear()
    plan = make_plan(
        Settings(database_url="postgresql:///x", redis_url="redis://y"), Ports(), tmp_path
    )
    running.tell(plan.data_dir, plan.env)
    file = tmp_path / running.FILE
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    file.write_text(json.dumps(json.loads(file.read_text()) | {"pid": ended.pid}))
    with pytest.raises(running.NothingRunsError):
        running.running_settings(tmp_path)


def _commands() -> str:
    """Return the commands of README's section on one's own city, word for word."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    section = text.partition("## 自分の市で使う")[2].partition("\n## ")[0]
    blocks = re.findall(r"^```sh\n(.*?)^```", section, re.DOTALL | re.MULTILINE)
    assert len(blocks) == 2
    return "".join(blocks)


def _program(file: Path, *lines: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    file.chmod(0o755)


def test_the_steps_of_the_readme_work_word_for_word(settings: Settings, tmp_path: Path) -> None:
    project = Path(shutil.copytree(ROOT, tmp_path / "project", ignore=_NOT_NEEDED))
    _program(
        project / ".venv/bin/concierge",
        f"#!{sys.executable}",
        "import sys",
        f"sys.path.insert(0, {str(project)!r})",
        "from concierge.cli import app",
        "app()",
    )
    # In the place of the servers of `make run` stand this test's own.
    address = {"DATABASE_URL": settings.database_url, "REDIS_URL": "", "pid": os.getpid()}
    _program(
        tmp_path / "bin/make",
        f"#!{sys.executable}",
        "import json, os, pathlib, sys",
        "assert sys.argv[1:] == ['run'], sys.argv",
        "pathlib.Path('.data').mkdir()",
        f"told = {address!r} | {{'CITY': os.environ['CITY']}}",
        "pathlib.Path('.data/running.json').write_text(json.dumps(told))",
    )
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    env = {"PATH": path, "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", _commands()],
        cwd=project,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"waste: \d{4} rows would be imported", done.stdout)
    assert re.search(r"waste: \d{4} rows imported", done.stdout)
    assert (project / "city/mycity/city.toml").is_file()
    with psycopg.connect(settings.database_url) as connection:
        counted = connection.execute("SELECT count(*) FROM city_mycity.waste_dataset").fetchone()
    assert counted == (1,)
