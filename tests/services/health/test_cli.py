"""The two commands as a shell sees them: JSON lines, error lines, exit codes."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.health.cli import app
from services.health.rules import CHILD_VACCINES

CHILD = {"birth_date": "2024-05-15", "sex": "male", "given": []}
KEYS = ["vaccine", "dose", "state", "earliest", "due_from", "due_to", "latest", "reason", "rule"]


def _run(tmp_path: Path, command: str, content: object, *more: str) -> tuple[int, list[Any]]:
    file = tmp_path / "input.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    result = CliRunner().invoke(app, [command, str(file), *more])
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def test_a_forecast_prints_one_line_a_vaccine(tmp_path: Path) -> None:
    code, lines = _run(tmp_path, "forecast", CHILD, "--on", "2024-08-01")
    assert code == 0
    assert [line["vaccine"] for line in lines] == list(CHILD_VACCINES)
    assert all(list(line) == KEYS for line in lines)


def test_a_month_that_has_begun_is_not_in_the_future(tmp_path: Path) -> None:
    child = CHILD | {"given": [{"vaccine": "JE period 1", "date": "2026-11"}]}
    code, lines = _run(tmp_path, "forecast", child, "--on", "2026-11-22")
    assert (code, lines[0]["state"], lines[0]["reason"]) == (0, "ask", "incomplete")


def test_given_doses_come_first_with_their_dates(tmp_path: Path) -> None:
    given = [{"vaccine": "BCG", "date": "2024-07"}, {"vaccine": "HepB", "date": "2024-07-15"}]
    code, lines = _run(tmp_path, "forecast", CHILD | {"given": given}, "--on", "2024-08-01")
    assert code == 0
    assert [line.get("date") for line in lines[:3]] == ["2024-07", "2024-07-15", None]
    assert len(lines) == 2 + len(CHILD_VACCINES)


def test_without_a_day_the_forecast_is_for_today(tmp_path: Path) -> None:
    code, lines = _run(tmp_path, "forecast", CHILD)
    assert (code, len(lines)) == (0, len(CHILD_VACCINES))


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"birth_date": "2024-02-30"}, "bad_birth_date"),
        ({"birth_date": None}, "bad_birth_date"),
        ({"birth_date": "2026-12-01"}, "bad_birth_date"),
        ({"given": [{"vaccine": "BCG", "date": "2024-13-01"}]}, "bad_date"),
        ({"given": [{"vaccine": "BCG", "date": "2024-13"}]}, "bad_date"),
        ({"given": [{"vaccine": "BCG"}]}, "bad_date"),
        ({"given": [{"vaccine": "BCG", "date": "2024-05-14"}]}, "before_birth"),
        ({"given": [{"vaccine": "BCG", "date": "2024-04"}]}, "before_birth"),
        ({"given": [{"vaccine": "BCG", "date": "2026-11-23"}]}, "future_dose"),
        ({"given": [{"vaccine": "BCG", "date": "2026-12"}]}, "future_dose"),
        ({"planned": [{"vaccine": "BCG", "date": "tomorrow"}]}, "bad_date"),
        ({"conditions": [{"code": "pregnant", "due_date": "soon"}]}, "bad_date"),
        ({"given": {"vaccine": "BCG"}}, "bad_file"),
        ({"given": ["BCG"]}, "bad_file"),
    ],
)
def test_an_impossible_file_prints_one_error_line(
    tmp_path: Path, changes: dict[str, object], kind: str
) -> None:
    assert _run(tmp_path, "forecast", CHILD | changes, "--on", "2026-11-22") == (
        2,
        [{"error": kind}],
    )


@pytest.mark.parametrize("content", ["", "[", "[]", "null", "[" * 100_000])
def test_what_is_no_record_at_all_is_an_error_line_too(tmp_path: Path, content: str) -> None:
    assert _run(tmp_path, "forecast", content) == (2, [{"error": "bad_file"}])


def test_an_unreadable_day_is_a_bad_date(tmp_path: Path) -> None:
    assert _run(tmp_path, "forecast", CHILD, "--on", "2026-11-31") == (2, [{"error": "bad_date"}])


def test_an_explained_forecast_names_each_rule_and_its_first_day(tmp_path: Path) -> None:
    given = [{"vaccine": "HepB", "date": "2024-07-15"}]
    child = CHILD | {"given": given}
    _, lines = _run(tmp_path, "forecast", child, "--on", "2024-08-01", "--explain")
    assert {"rule": "too_short", "allows_from": "2024-08-12"} in lines[1]["steps"]


def test_a_condition_may_stand_without_a_list(tmp_path: Path) -> None:
    child = CHILD | {"conditions": "fever"}
    _, lines = _run(tmp_path, "forecast", child, "--on", "2024-08-01")
    assert lines[0]["state"] == "ask"


def test_a_due_list_names_each_child_and_says_which_records_cannot_be(tmp_path: Path) -> None:
    late = {"number": "D1", "birth_date": "2025-01-15", "sex": "male"}
    done = {"number": "D2", "birth_date": "2026-11-01", "sex": "female"}
    wrong = {"number": "D3", "birth_date": "2026-02-30"}
    text = "\n".join([json.dumps(late), json.dumps(done), json.dumps(wrong), "", "{"])
    code, lines = _run(tmp_path, "due", text, "--on", "2026-11-22")
    assert code == 2
    assert {line["vaccine"]: line["state"] for line in lines if line["number"] == "D1"} == {
        "DPT-IPV-Hib": "overdue",
        "PCV": "overdue",
        "MR period 1": "due",
        "Varicella": "overdue",
    }
    assert [line for line in lines if line["number"] != "D1"] == [
        {"number": "D3", "error": "bad_birth_date"},
        {"number": None, "error": "bad_file"},
    ]


def test_a_percentile_prints_one_line(tmp_path: Path) -> None:
    measure = {"sex": "male", "birth_date": "2025-01-01", "date": "2025-08-10"}
    code, lines = _run(tmp_path, "percentile", measure | {"kind": "weight", "value": 8.188448})
    assert code == 0
    assert lines[0]["percentile"] == 50.0
    assert lines[0]["edition"] == "2023"


def test_a_refused_percentile_is_no_error(tmp_path: Path) -> None:
    measure = {"sex": "male", "birth_date": "2025-01-01", "date": "2025-08-10"}
    code, lines = _run(tmp_path, "percentile", measure | {"kind": "weight", "value": 8200})
    assert (code, lines) == (0, [{"percentile": None, "edition": "2023", "reason": "unit"}])


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "Pacific/Kiritimati", "America/Adak"])
def test_the_zone_of_the_machine_changes_nothing(tmp_path: Path, zone: str) -> None:
    file = tmp_path / "child.json"
    file.write_text(json.dumps(CHILD), encoding="utf-8")
    program = "from services.health.cli import app; app()"
    command = [sys.executable, "-c", program, "forecast", str(file), "--on", "2024-06-14"]
    run = subprocess.run(command, env={"TZ": zone}, capture_output=True, text=True, check=True)
    states = {line["vaccine"]: line["state"] for line in map(json.loads, run.stdout.splitlines())}
    assert (states["PCV"], states["BCG"]) == ("due_soon", "later")


def test_the_engine_needs_nothing_heavy() -> None:
    program = (
        "import sys, services.health.cli, services.health.forecast, services.health.growth;"
        "print(sorted({'fastapi','sqlalchemy','pydantic','babel','numpy'} & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
