"""The figures of the search, worked out by hand; and the two commands around them."""

import json
import math
import random
from pathlib import Path

import pytest
from typer.testing import CliRunner

from concierge.cli import app
from services.faq.search.disturbances import DISTURBANCES
from services.faq.search.evaluation import Answered, Question, figures

RUN = CliRunner()
FAQ = [
    {"id": "1", "question": "住民票はどこで取れますか", "answer": "市民課で取れます。"},
    {"id": "2", "question": "犬を飼い始めたら何をしますか", "answer": "登録してください。"},
    {"id": "3", "question": "水道が止まりました", "answer": "水道局に連絡してください。"},
]
QUESTIONS = [
    {"id": "a", "text": "住民票を取りたい", "relevant": {"1": 2}},
    {"id": "b", "text": "犬の登録", "relevant": {"2": 1, "9": 1}},
    {"id": "c", "text": "ラーメン", "relevant": {}},
]


def _answered(relevant: dict[str, float], *found: str) -> Answered:
    return Answered(Question("q", "x", relevant), found, 0.002)


def test_the_figures_are_those_of_the_textbook() -> None:
    rows = [_answered({"a": 2, "b": 1}, "b", "x", "a"), _answered({"c": 1}, "x", "y", "z", "c")]
    numbers = figures(rows)
    first = (1 + 2 / 2) / (2 + 1 / math.log2(3))
    second = 1 / math.log2(5)
    assert numbers["hit@1"] == 0.5
    assert numbers["hit@3"] == 0.5
    assert numbers["recall@10"] == 1.0
    assert numbers["nDCG@10"] == pytest.approx((first + second) / 2)
    assert numbers["MRR"] == (1 + 1 / 4) / 2
    assert numbers["p50_ms"] == pytest.approx(2)


def _write(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    return path


def test_an_faq_of_anybody_s_is_measured(tmp_path: Path) -> None:
    faq, questions = _write(tmp_path / "f", FAQ), _write(tmp_path / "q", QUESTIONS)
    run = tmp_path / "run.jsonl"
    done = RUN.invoke(app, ["faq", "evaluate", str(faq), str(questions), "--run", str(run)])
    assert done.exit_code == 0, done.output
    numbers = dict(line.split() for line in done.stdout.splitlines())
    assert (numbers["questions"], numbers["hit@1"], numbers["recall@10"]) == ("2", "1.000", "0.750")
    rankings = [json.loads(line) for line in run.read_text().splitlines()]
    assert [(row["id"], row["found"][0]) for row in rankings] == [("a", "1"), ("b", "2")]


@pytest.mark.parametrize(
    ("line", "words"),
    [("{", "line 1"), ('{"id": "1"}', "needs"), ("[]", "line 1"), ("", "no question")],
)
def test_a_wrong_file_is_told_kindly(tmp_path: Path, line: str, words: str) -> None:
    faq = _write(tmp_path / "f", FAQ)
    (tmp_path / "q").write_text(line)
    done = RUN.invoke(app, ["faq", "evaluate", str(faq), str(tmp_path / "q")])
    assert done.exit_code == 2
    assert words in " ".join(done.stderr.split())


def test_the_city_s_faq_is_searched() -> None:
    done = RUN.invoke(app, ["faq", "search", "住民票はどこで取れますか", "--top", "5", "--json"])
    found = json.loads(done.stdout)
    assert found["verdict"] in ("sure", "likely")
    assert found["hits"][0]["id"] == "res-001"
    assert len(found["hits"]) == 5


def test_disturbances_leave_the_question_recognisable_and_are_the_same_each_time() -> None:
    text = "マイナンバーカードの暗証番号を忘れました"
    for name, disturb in DISTURBANCES.items():
        once, again = (disturb(text, random.Random(7)) for _ in range(2))  # noqa: S311
        assert once == again
        assert once != text, name
    chance = random.Random(7)  # noqa: S311
    assert DISTURBANCES["whole question in kana"](text, chance).startswith("まいなんばーかーど")
    assert text in DISTURBANCES["greeting and about oneself"](text, chance)


def test_what_disturbances_cost_is_printed(tmp_path: Path) -> None:
    faq, questions = _write(tmp_path / "f", FAQ), _write(tmp_path / "q", QUESTIONS)
    done = RUN.invoke(app, ["faq", "evaluate", str(faq), str(questions), "--disturbed"])
    lines = [line for line in done.stdout.splitlines() if line.startswith("loss of hit@3, ")]
    assert len(lines) == len(DISTURBANCES)
    assert lines[-1].split()[-1] == "0.000"
