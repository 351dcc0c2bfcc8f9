"""The forecast: a line for each dose given, the next dose of every course, each dose planned.

Pure: a `Child` and a day in, lines out. The states and reason classes are those of the command
`concierge health forecast`; what was decided where the sources are silent is in
`docs/health-rules.md`.
"""

from datetime import date

from services.health.judging import History, judge_given
from services.health.lines import Line, given_line
from services.health.next_dose import next_line, present_pregnancy, rsv_line
from services.health.parsing import Child, check_possible
from services.health.planning import planned_lines
from services.health.pregnancy import Pregnancies, judge_pregnancies
from services.health.rules import CHILD_VACCINES


def _next_lines(history: History, pregnancies: Pregnancies, on: date) -> list[Line]:
    child = history.child
    lines = [next_line(history, vaccine, on) for vaccine in CHILD_VACCINES]
    if child.pregnancies:
        lines.append(rsv_line(child, present_pregnancy(child.pregnancies, on), pregnancies, on))
    return lines


def next_lines(child: Child, on: date) -> list[Line]:
    """The next dose of each vaccine alone. Raises `FileError` as `forecast` does."""
    check_possible(child, on)
    _, history = judge_given(child, bounded=False)
    return _next_lines(history, judge_pregnancies(child)[1], on)


def forecast(child: Child, on: date) -> list[Line]:
    """All lines as of that day: doses given in the order of the record, the next dose of each
    vaccine in the order of the schedule, doses planned in the order of the record.

    Raises `FileError` for a record that cannot be true."""
    check_possible(child, on)
    verdicts, history = judge_given(child)
    of_pregnancy, pregnancies = judge_pregnancies(child)
    verdicts.update(of_pregnancy)
    lines = [given_line(verdicts[place]) for place in range(len(child.given))]
    lines += _next_lines(history, pregnancies, on)
    if child.planned:
        lines += planned_lines(history, pregnancies, child.planned)
    return lines
