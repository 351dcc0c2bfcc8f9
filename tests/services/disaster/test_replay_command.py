"""`concierge disaster replay`: what it prints, refuses, and how it ends."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.disaster.cli import app
from tests.services.disaster.builder import JMA, at, warning

_DOCTYPE = b'<!DOCTYPE Report [<!ENTITY a "b">]>'


@pytest.fixture
def issue(tmp_path: Path) -> Path:
    path = tmp_path / "issue.xml"
    path.write_bytes(warning("土砂", 0, {"1620113": ("49", "発表"), "1621000": ("29", "発表")}))
    return path


def _replay(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["replay", *map(str, arguments)])


def _lines(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_it_prints_changes_and_states_as_json_lines(issue: Path) -> None:
    result = _replay(issue)
    assert result.exit_code == 0
    lines = _lines(result)
    assert lines[-1] == {
        "type": "state",
        "area": "16210",
        "hazard": "landslide",
        "level": 2,
        "kind_code": "29",
        "active": True,
        "source": "issue.xml",
        "reported_at": at(0).isoformat(),
    }
    assert lines[0] == {
        "type": "change",
        "area": "16201",
        "hazard": "landslide",
        "from": None,
        "to": 4,
        "kind": "started",
        "level": 4,
        "sources": ["issue.xml"],
        "drill": False,
    }


@pytest.mark.parametrize("area", ["16201", "1620100", "162019"])
def test_an_area_keeps_a_city_and_its_parts(issue: Path, area: str) -> None:
    assert {line["area"] for line in _lines(_replay(issue, "--area", area))} == {
        "16201",
        "1620113",
    }


def test_what_was_reported_after_the_time_asked_for_is_left_out(tmp_path: Path) -> None:
    late = tmp_path / "late.xml"
    late.write_bytes(warning("土砂", 60, {"1621000": ("49", "発表")}))
    assert _lines(_replay(late, "--as-of", at(59).isoformat())) == []
    assert len(_lines(_replay(late, "--as-of", "2026-07-28T09:00:00Z"))) == 2


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (_DOCTYPE + b"<Report/>", "document type"),
        (b"<Report>", "not well-formed"),
        (b"", "not well-formed"),
        (b"\xff\xfe\x00", "not well-formed"),
        (b'<?xml version="1.0" encoding="x-none"?><Report/>', ""),
        (b"<html/>", "not a telegram"),
        (b"<Report><Control/><Head/></Report>", "ReportDateTime"),
        (b"<a>" * 2000, "nested"),
        (b"<Report>" + b" " * 8 * 1024 * 1024 + b"</Report>", "8 MB"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_line_and_the_others_are_replayed(
    issue: Path, tmp_path: Path, content: bytes, said: str
) -> None:
    broken = tmp_path / "broken.xml"
    broken.write_bytes(content)
    result = _replay(broken, issue)
    assert result.exit_code == 1
    assert len(_lines(result)) == 6
    (line,) = result.stderr.splitlines()
    assert "broken.xml" in line
    assert said in line


def test_a_file_that_is_not_there_is_refused(issue: Path) -> None:
    result = _replay(issue.parent / "missing.xml", issue, issue.parent)
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 2
    assert len(_lines(result)) == 6


def test_a_large_telegram_under_the_limit_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.xml"
    data = warning("土砂", 0, {"1621000": ("49", "発表")})
    path.write_bytes(data.replace(b"</Report>", b" " * 7_000_000 + b"</Report>"))
    assert _replay(path).exit_code == 0


@pytest.mark.parametrize(
    "arguments", [("--area", "Toyama"), ("--as-of", "yesterday"), ("--as-of", "2026-07-28T09:00")]
)
def test_unusable_options_are_refused(issue: Path, arguments: tuple[str, str]) -> None:
    assert _replay(issue, *arguments).exit_code == 2


def test_all_samples_at_once_are_replayed() -> None:
    files = sorted([*JMA.glob("official/*.xml"), *JMA.glob("live/*.xml")])
    result = _replay(*files)
    assert result.exit_code == 0
    keys = [
        (x["area"], x["hazard"], x.get("drill")) for x in _lines(result) if x["type"] == "state"
    ]
    assert len(keys) == len(set(keys)) > 1000
