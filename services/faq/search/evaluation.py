"""How well a ranking finds what people ask for: the usual figures of retrieval.

A question names its entries with grades; a grade is the gain of nDCG (Järvelin and Kekäläinen,
2002), and every grade above 0 counts as relevant.
"""

import json
import math
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from kit.errors import InvalidInputError
from services.faq.rules import Entry
from services.faq.search.disturbances import DISTURBANCES
from services.faq.search.ranker import Ranker

DEPTH = 10


@dataclass(frozen=True)
class Question:
    """A question of the test set; `relevant` maps ids of entries to grades."""

    id: str
    text: str
    relevant: Mapping[str, float]


@dataclass(frozen=True)
class Answered:
    """One question with the ids that were found, best first, and how long it took."""

    question: Question
    found: tuple[str, ...]
    seconds: float


def read_lines(file: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSON Lines file. Raises InvalidInputError naming the line."""
    rows = []
    for number, line in enumerate(file.read_text(encoding="utf-8-sig").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict):
            raise InvalidInputError(f"{file}, line {number}: this is not a JSON object.")
        rows.append(row)
    return rows


def read_faq(file: Path) -> list[Entry]:
    """Return the entries of `{id, question, answer}` lines; all else may be left out."""
    return [_entry(file, row) for row in read_lines(file)]


def read_questions(file: Path) -> list[Question]:
    """Return the questions of `{id, text, relevant: {faq_id: grade}}` lines that have an answer."""
    questions = []
    for row in read_lines(file):
        relevant = row.get("relevant")
        if not isinstance(row.get("text"), str) or not isinstance(relevant, dict):
            raise InvalidInputError(f"{file}: a question needs `text` and `relevant`.")
        graded = {str(name): float(grade) for name, grade in relevant.items() if float(grade) > 0}
        if graded:
            questions.append(Question(str(row.get("id", "")), row["text"], graded))
    if not questions:
        raise InvalidInputError(f"{file}: no question has a relevant entry.")
    return questions


def answer(ranker: Ranker, questions: Sequence[Question]) -> list[Answered]:
    """Rank the entries for every question."""
    ranker.rank(questions[0].text, DEPTH)
    answered = []
    for question in questions:
        started = time.perf_counter()
        ranking = ranker.rank(question.text, DEPTH)
        seconds = time.perf_counter() - started
        found = tuple(hit.entry.id for hit in ranking.found)
        answered.append(Answered(question, found, seconds))
    return answered


def figures(answered: Sequence[Answered]) -> dict[str, float]:
    """Return hit@1, hit@3, recall@10, nDCG@10, MRR and the latency (p50, p95 in ms)."""
    count = len(answered)
    seconds = sorted(row.seconds for row in answered)
    return {
        "questions": count,
        "hit@1": sum(_hit(row, 1) for row in answered) / count,
        "hit@3": sum(_hit(row, 3) for row in answered) / count,
        "recall@10": sum(_recall(row) for row in answered) / count,
        "nDCG@10": sum(_ndcg(row) for row in answered) / count,
        "MRR": sum(_reciprocal_rank(row) for row in answered) / count,
        "p50_ms": 1000 * seconds[count // 2],
        "p95_ms": 1000 * seconds[min(count - 1, int(0.95 * count))],
    }


def losses(ranker: Ranker, questions: Sequence[Question]) -> dict[str, float]:
    """Return by disturbance how much hit@3 falls when every question is disturbed."""
    plain = _hit_3(ranker, questions)
    lost = {}
    for name, disturb in DISTURBANCES.items():
        # The same chance each time, whatever else is measured.
        texts = [disturb(row.text, random.Random(row.text)) for row in questions]  # noqa: S311
        others = [replace(row, text=text) for row, text in zip(questions, texts, strict=True)]
        lost[name] = plain - _hit_3(ranker, others)
    return lost


def _hit_3(ranker: Ranker, questions: Sequence[Question]) -> float:
    return sum(_hit(row, 3) for row in answer(ranker, questions)) / len(questions)


def _hit(row: Answered, depth: int) -> bool:
    return any(name in row.question.relevant for name in row.found[:depth])


def _recall(row: Answered) -> float:
    relevant = row.question.relevant
    return sum(name in relevant for name in row.found[:DEPTH]) / len(relevant)


def _ndcg(row: Answered) -> float:
    gains = [row.question.relevant.get(name, 0.0) for name in row.found[:DEPTH]]
    best = sorted(row.question.relevant.values(), reverse=True)[:DEPTH]
    return _discounted(gains) / _discounted(best)


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(rank + 2) for rank, gain in enumerate(gains))


def _reciprocal_rank(row: Answered) -> float:
    ranks = (n for n, name in enumerate(row.found, start=1) if name in row.question.relevant)
    return 1 / next(ranks, math.inf)


def _entry(file: Path, row: dict[str, Any]) -> Entry:
    texts = [row.get(name) for name in ("question", "answer")]
    if "id" not in row or not all(isinstance(text, str) for text in texts):
        raise InvalidInputError(f"{file}: an entry needs `id`, `question` and `answer`.")
    return Entry(
        id=str(row["id"]),
        category=str(row.get("category", "")),
        question=row["question"],
        variants=tuple(map(str, row.get("variants", ()))),
        answer=row["answer"],
        desk=str(row.get("desk", "")),
        source=str(row.get("source", "")),
        source_url=None,
        review_by=date.max,
        demonstration=False,
        keywords=tuple(map(str, row.get("keywords", ()))),
    )
