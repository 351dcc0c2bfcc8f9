"""What an application consists of once it is handed in, as rows. Pure but for the ids."""

import secrets
from collections.abc import Sequence
from datetime import date

from services.nursery.columns import Paper
from services.nursery.contract import Draft
from services.nursery.points import Points
from services.nursery.rules import class_age, eldest_first, needed_papers, paper_key


def child_rows(draft: Draft, starts_on: date) -> list[dict[str, object]]:
    """Return the children of what was handed in, eldest first."""
    return [
        {
            "id": f"nch_{secrets.token_hex(16)}",
            "person_id": child.person_id,
            "position": position,
            "age": class_age(child.birthdate, starts_on),
            "units": 1,
            "current": child.current,
            "wishes": [wish for wish in child.wishes if wish != child.current],
        }
        for position, child in enumerate(eldest_first(draft.children))
    ]


def paper_rows(draft: Draft, papers: Sequence[Paper]) -> list[dict[str, object]]:
    """Return the papers that it needs, with how each comes."""
    return [
        {"kind": paper.id, "parent": parent, "way": draft.papers[paper_key(paper, parent)]}
        for paper, parent in needed_papers(draft, papers)
    ]


def point_rows(points: Points) -> list[dict[str, object]]:
    """Return the rows of the table that give it points."""
    return [
        {
            "row": line.row.id,
            "label": line.row.label,
            "points": line.points,
            "parent": line.parent,
            "nursery": line.nursery,
        }
        for line in points.lines
    ]
