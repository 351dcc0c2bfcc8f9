"""Of which doses a guardian is told, once a stage, and in which words. Pure functions.

The words name neither a child nor a vaccine: a talk is read by whoever holds the phone.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from kit.wording import translated
from messages.neutral import OpenLink, Text
from services.health.lines import Line

BOOKING = timedelta(days=14)
"""So long before the usual period begins one can still find an appointment."""
LAST_CALL = timedelta(days=30)
_OPEN = frozenset(("due_soon", "due", "overdue", "ask"))


def stages(lines: Iterable[Line], today: date) -> set[str]:
    """Return what there is to tell of a child's next doses; nothing of those that are over."""
    return {f"{line.vaccine} {line.dose} {stage}" for line in lines for stage in _of(line, today)}


def _of(line: Line, today: date) -> Iterable[str]:
    if line.state not in _OPEN or line.due_from is None or line.due_to is None:
        return
    if line.due_from - BOOKING <= today:
        yield "coming"
    if today > line.due_to:
        yield "overdue"
    if line.latest is not None and line.latest - LAST_CALL <= today:
        yield "ending"


def told(url: str) -> Text:
    """Say that there is something to see, and where; of whom and what is said on the page alone."""
    first = (
        "お子さんの予防接種について、お知らせがあります。"
        "受ける時期が近いか、過ぎているものがあります。"
    )
    then = "お名前とワクチンの名前は、本人確認のあと、専用ページでお見せします。"
    stop = "お知らせは、同じページでやめられます。"
    return Text(
        text="\n".join(map(translated, (first, then, stop))),
        choices=(OpenLink(label="予防接種のページ", url=url),),
    )
