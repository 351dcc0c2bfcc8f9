"""`concierge procedures check` on the demonstration city and on a broken one."""

import shutil
from pathlib import Path

from typer.testing import CliRunner

from services.procedures.cli import app
from tests.services.procedures.test_events import EVENTS, FOLDER


def test_every_event_is_told_with_its_questions() -> None:
    told = CliRunner().invoke(app, ["check", str(FOLDER.parent), "--households", "3"])
    assert told.exit_code == 0, told.output
    assert [line.partition(":")[0] for line in told.output.splitlines()] == EVENTS


def test_a_fault_is_named_by_file_and_line_and_the_others_are_told(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "procedures")
    file = tmp_path / "procedures" / "divorce.toml"
    file.write_text(file.read_text("utf-8").replace('desk = "', 'desk = "no_', 1), "utf-8")
    told = CliRunner().invoke(app, ["check", str(tmp_path), "--households", "1"])
    assert told.exit_code == 2
    assert "divorce.toml:" in told.output
    assert "no desk" in told.output
    assert "moving_in:" in told.output
