"""What becomes of a report: a table of allowed steps, and what a step has to say."""

from enum import StrEnum

from kit.errors import IllegalTransitionError, InvalidInputError


class Status(StrEnum):
    """Where a report stands. The values are what citizens read."""

    RECEIVED = "受付"
    CHECKING = "確認中"
    PLANNED = "予定"
    WORKING = "作業中"
    DONE = "完了"
    NOT_OURS = "対象外"
    DUPLICATE = "重複"
    WITHDRAWN = "取下げ"
    HIDDEN = "非表示"


OPEN = frozenset({Status.RECEIVED, Status.CHECKING, Status.PLANNED, Status.WORKING})
"""Somebody still has to act."""

_ENDS = frozenset({Status.DONE, Status.NOT_OURS, Status.DUPLICATE, Status.WITHDRAWN, Status.HIDDEN})
_REOPENED = frozenset({Status.CHECKING, Status.HIDDEN})

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.RECEIVED: _ENDS | {Status.CHECKING, Status.PLANNED, Status.WORKING},
    Status.CHECKING: _ENDS | {Status.PLANNED, Status.WORKING},
    Status.PLANNED: _ENDS | {Status.CHECKING, Status.WORKING},
    # Crews are called away: what was begun can go back into the plan.
    Status.WORKING: _ENDS | {Status.CHECKING, Status.PLANNED},
    # "まだあります" reopens.
    Status.DONE: _REOPENED | {Status.DUPLICATE},
    Status.NOT_OURS: _REOPENED,
    # Splitting a merged report gives it back its own life.
    Status.DUPLICATE: _REOPENED | {Status.RECEIVED},
    Status.WITHDRAWN: _REOPENED,
    # Hiding is moderation, and moderation can be mistaken.
    Status.HIDDEN: frozenset({Status.RECEIVED, Status.CHECKING}),
}


def check_change(
    before: Status, after: Status, *, handed_to: str = "", parent: str = "", own: str = ""
) -> None:
    """Raise unless a report may go from `before` to `after` with what is said about it.

    対象外 names who it was handed to; 重複 names the report it belongs to, which is not itself
    (`own`). Raises IllegalTransitionError or InvalidInputError.
    """
    if after not in TRANSITIONS[before]:
        raise IllegalTransitionError(f"no step from {before} to {after}")
    if after is Status.NOT_OURS and not handed_to.strip():
        raise InvalidInputError("対象外のときは、引き継ぎ先を入力してください。")
    if after is Status.DUPLICATE and (not parent.strip() or parent == own):
        raise InvalidInputError("重複のときは、まとめる先の報告を選んでください。")
