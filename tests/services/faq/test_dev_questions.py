"""The figures behind the thresholds, on questions written apart from the entries.

`dev/entries.jsonl` is a small FAQ of its own, so that the city can change its answers without
moving these figures. Questions name the entries that answer them; several mean that the words
are too few to choose; none means that no city answers this.
"""

import json
from pathlib import Path

import pytest

from kit.settings import ROOT
from kit.tables import ImportReport
from services.faq.contract import Verdict
from services.faq.importer import read_entries, read_synonyms
from services.faq.ranker import Ranker, Ranking

HERE = Path(__file__).parent
Asked = list[tuple[frozenset[str], Ranking]]


@pytest.fixture(scope="module")
def asked() -> Asked:
    """Every question: the ids that answer it, and the ranking."""
    report = ImportReport("faq")
    synonyms = read_synonyms(ROOT / "city" / "aizuwakamatsu" / "faq", report)
    folder = HERE / "dev"
    ranker = Ranker(read_entries(folder, report), synonyms)
    assert report.ok
    lines = (HERE / "dev_questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line) for line in lines]
    return [(frozenset(q["relevant"]), ranker.rank(q["text"], 3)) for q in questions]


def rank_of(wanted: frozenset[str], ranking: Ranking) -> int:
    """Return the place of the first right hit, 99 when none is among the three."""
    places = [n for n, hit in enumerate(ranking.found, start=1) if hit.entry.id in wanted]
    return places[0] if places else 99


def share(values: list[bool]) -> float:
    return sum(values) / len(values)


def test_the_set_holds_questions_of_all_three_kinds(asked: Asked) -> None:
    sizes = [min(len(wanted), 2) for wanted, _ in asked]
    assert [sizes.count(n) for n in (0, 1, 2)] == [34, 76, 14]


def test_the_right_entry_is_first_or_among_three(asked: Asked) -> None:
    places = [rank_of(wanted, ranking) for wanted, ranking in asked if len(wanted) == 1]
    assert share([place == 1 for place in places]) >= 0.88
    assert share([place <= 3 for place in places]) >= 0.96


def test_sure_answers_are_right(asked: Asked) -> None:
    sure = [(wanted, r) for wanted, r in asked if r.verdict is Verdict.sure]
    assert len(sure) >= 40
    assert share([len(wanted) == 1 and rank_of(wanted, r) == 1 for wanted, r in sure]) >= 0.95


def test_a_bare_word_is_never_a_sure_answer(asked: Asked) -> None:
    assert all(r.verdict is not Verdict.sure for wanted, r in asked if len(wanted) > 1)


def test_most_answerable_questions_are_not_refused(asked: Asked) -> None:
    answered = [r.verdict is not Verdict.unsure for wanted, r in asked if wanted]
    assert share(answered) >= 0.85


def test_most_foreign_questions_are_refused(asked: Asked) -> None:
    foreign = [r.verdict for wanted, r in asked if not wanted]
    assert share([verdict is Verdict.unsure for verdict in foreign]) >= 0.78
    assert share([verdict is Verdict.sure for verdict in foreign]) <= 0.03
