"""The domain of applying for a nursery place, pure: ages, lifecycles, what is missing, points."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import prod

from kit.lifecycle import Lifecycle
from services.nursery.choices import MOST_CHOICES
from services.nursery.columns import Paper
from services.nursery.contract import Draft, DraftChild, Problem
from services.nursery.points import Application, Points, PointsTable, calculate

ROUND: Lifecycle = {
    "collecting": frozenset({"frozen"}),
    "frozen": frozenset({"approved"}),
    "approved": frozenset({"released"}),
    "released": frozenset(),
}
"""How a round goes on. A frozen round is allocated as often as wanted; one result is approved."""
APPLICATION: Lifecycle = {
    "draft": frozenset({"submitted"}),
    "submitted": frozenset({"submitted", "withdrawn"}),
    "withdrawn": frozenset({"submitted"}),
}
ALLOCATION: Lifecycle = {
    "running": frozenset({"verified", "failed"}),
    "verified": frozenset({"approved"}),
    "approved": frozenset(),
    "failed": frozenset(),
}
OLDEST_CLASS = 5
NEAR_KILOMETRES = 2.0
"""How far apart two nurseries may be for siblings who want them near each other."""
_APRIL = 4


@dataclass(frozen=True)
class Places:
    """What is known of nurseries: ages that each takes."""

    ages: Mapping[str, frozenset[int]]
    names: Mapping[str, str]


def fiscal_year(day: date) -> int:
    """Return the Japanese fiscal year (April to March) of a day."""
    return day.year if day.month >= _APRIL else day.year - 1


def class_age(birthdate: date, starts_on: date) -> int | None:
    """Return the class of a child who starts on a day: its age on 1 April of that fiscal year.

    An age is reached on the day before the birthday (年齢計算ニ関する法律), so who is born on
    1 April belongs to those born before. None for a child of school age. A child born after that
    1 April is in the class of age 0.
    """
    of_birth = fiscal_year(birthdate)
    if (birthdate.month, birthdate.day) == (_APRIL, 1):
        of_birth -= 1
    age = fiscal_year(starts_on) - of_birth - 1
    return None if age > OLDEST_CLASS else max(0, age)


def eldest_first(children: Iterable[DraftChild]) -> list[DraftChild]:
    """Return the children as the allocation wants them."""
    return sorted(children, key=lambda child: (child.birthdate, child.person_id))


def needed_papers(draft: Draft, papers: Sequence[Paper]) -> list[tuple[Paper, int]]:
    """Return each paper with the parent whose reason asks for it."""
    return [
        (paper, index)
        for index, facts in enumerate(draft.parents)
        for paper in papers
        if facts.get("reason") in paper.reasons
    ]


def paper_key(paper: Paper, parent: int) -> str:
    """Return the name of a paper in `Draft.papers`."""
    return f"{paper.id}:{parent}"


def points_of(draft: Draft, table: PointsTable) -> Points:
    """Return the points by the city's table, each with its row."""
    household = dict(draft.household)
    if len(draft.children) > 1:
        household["siblings_apply"] = True
    return calculate(table, Application(tuple(draft.parents), household))


def is_cut_short(draft: Draft) -> bool:
    """Tell whether siblings' wishes give more joint outcomes than the allocation looks at."""
    if len(draft.children) < 2 or (draft.rule and draft.rule.mode == "same_only"):
        return False
    return prod(len(child.wishes) + 1 for child in draft.children) - 1 > MOST_CHOICES


def problems_of(
    draft: Draft, starts_on: date, places: Places, papers: Sequence[Paper], today: date
) -> list[Problem]:
    """Return what has to be filled in or corrected before the draft can be handed in."""
    found = []
    if not draft.children:
        found.append(Problem(step="children", words="申し込むお子さんを選んでください。"))
    if not draft.parents or any("reason" not in facts for facts in draft.parents):
        words = "保護者それぞれの、保育が必要な理由を選んでください。"
        found.append(Problem(step="parents", words=words))
    for child in draft.children:
        found += [Problem(step="wishes", words=w) for w in _wish_problems(child, starts_on, places)]
    if len(draft.children) > 1 and draft.rule is None:
        words = "きょうだいの希望（同じ園だけ、同時に、など）を選んでください。"
        found.append(Problem(step="siblings", words=words))
    for paper, parent in needed_papers(draft, papers):
        found += [
            Problem(step="papers", words=w) for w in _paper_problems(draft, paper, parent, today)
        ]
    return found


def _paper_problems(draft: Draft, paper: Paper, parent: int, today: date) -> list[str]:
    key, name = paper_key(paper, parent), f"{paper.label}（保護者{parent + 1}）"
    if key not in draft.papers:
        return [f"{name}の出し方を選んでください。"]
    if draft.papers[key] != "photo":
        return []
    photos = draft.photos.get(key, ())
    if not photos:
        return [f"{name}の写真を付けるか、ほかの出し方を選んでください。"]
    dates = [photo.issued_on for photo in photos if photo.issued_on is not None]
    if any(is_too_old(paper, issued_on, today) for issued_on in dates):
        return [f"{name}は、証明日から{paper.valid_days}日を過ぎています。新しいものが必要です。"]
    return []


def is_too_old(paper: Paper, issued_on: date, today: date) -> bool:
    """Tell whether a paper has passed its time on a day."""
    return paper.valid_days is not None and (today - issued_on).days > paper.valid_days


def _wish_problems(child: DraftChild, starts_on: date, places: Places) -> list[str]:
    age = class_age(child.birthdate, starts_on)
    if age is None:
        return [f"{child.name}さんは、小学校に入る年齢のため申し込めません。"]
    if not child.wishes:
        return [f"{child.name}さんの希望する園を選んでください。"]
    words = []
    if len(set(child.wishes)) < len(child.wishes):
        words.append(f"{child.name}さんの希望に、同じ園が2回あります。")
    for wish in child.wishes:
        if age not in places.ages.get(wish, frozenset()):
            name = places.names.get(wish, "この園")
            words.append(f"{name}には{age}歳児クラスがありません。別の園を選んでください。")
    return words
