"""The three commands as a person or a script uses them: files in, one result out, nothing else."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from services.nursery.cli import app
from tests.services.nursery.markets import child, market, nursery, two_families


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def save(path: Path, document: Any) -> Path:
    path.write_text(json.dumps(document))
    return path


@pytest.fixture
def example(tmp_path: Path) -> Path:
    return save(tmp_path / "market.json", two_families())


def test_the_result_alone_goes_to_standard_output(example: Path) -> None:
    result = run("allocate", example)
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert document["assignment"] == {"1": "A", "4": "A", "2": "B", "3": "B"}
    assert (document["level"], document["claims"], result.stderr) == ("stable", [], "")


def test_with_out_the_result_is_a_file_and_standard_output_stays_empty(
    example: Path, tmp_path: Path
) -> None:
    out = tmp_path / "result.json"
    result = run("allocate", example, "--out", out)
    assert (result.exit_code, result.stdout) == (0, "")
    assert json.loads(out.read_text())["level"] == "stable"
    assert run("verify", example, out).exit_code == 0


def test_a_result_by_hand_is_verified_and_its_claims_are_named(
    example: Path, tmp_path: Path
) -> None:
    nobody = {"assignment": {"1": "B", "4": "B", "2": None, "3": None}}
    result = run("verify", example, save(tmp_path / "hand.json", nobody))
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert report["level"] == "blocked"
    assert {"family": "X", "choice": ["A", "A"]} in report["claims"]


def test_bad_input_is_explained_on_standard_error_and_changes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "result.json"
    out.write_text("before")
    rows = [child("c", "F", 1, "A", age=3)]
    bad = save(tmp_path / "bad.json", market([nursery("A", ([1], 1))], rows))
    result = run("allocate", bad, "--out", out)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "child 'c' wishes for 'A', which has no class of age 3.\n"
    assert out.read_text() == "before"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["bad.json", "result.json"]


def test_a_file_that_is_not_there_or_no_json_is_explained(tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", save(tmp_path / "text.json", "hello")):
        result = run("allocate", path)
        assert (result.exit_code, result.stdout) == (2, "")
        assert str(path) in result.stderr


def test_a_folder_that_is_not_there_is_said_and_nothing_is_left_behind(
    example: Path, tmp_path: Path
) -> None:
    result = run("allocate", example, "--out", tmp_path / "nowhere" / "result.json")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


def test_a_market_is_made_up_the_same_way_each_time_and_can_be_allocated(tmp_path: Path) -> None:
    arguments = ("generate", "--children", 120, "--nurseries", 6, "--seed", 4)
    first = run(*arguments)
    assert first.stdout == run(*arguments).stdout
    assert first.stdout != run(*arguments[:-1], 5).stdout
    path = tmp_path / "market.json"
    path.write_text(first.stdout)
    document = json.loads(first.stdout)
    assert (len(document["children"]), len(document["nurseries"])) == (120, 6)
    assert json.loads(run("allocate", path).stdout)["level"] == "stable"


def test_shortened_wish_lists_are_said_on_standard_error_only(tmp_path: Path) -> None:
    names = [f"n{k}" for k in range(30)]
    document = market(
        [nursery(name) for name in names],
        [child(f"c{k}", "F", k, [(name, 50) for name in names]) for k in range(3)],
        [{"id": "F", "children": ["c0", "c1", "c2"], "rule": {"mode": "any"}, "choices": None}],
    )
    result = run("allocate", save(tmp_path / "market.json", document))
    assert "30 x 30 x 30 wishes" in result.stderr
    assert json.loads(result.stdout)["level"] == "stable"
