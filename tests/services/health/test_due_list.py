"""The forecast of many children is that of each of them, in their order."""

from datetime import date

from services.health.due_list import due_list, wanted_lines
from services.health.parsing import parse_child


def test_the_list_is_that_of_each_child_in_order() -> None:
    on = date(2026, 11, 22)
    births = [f"20{year}-0{month}-15" for year in range(12, 27) for month in range(1, 10)]
    children = [parse_child({"birth_date": birth, "sex": "female"}) for birth in births]
    found = list(due_list(children, on))
    assert found == [wanted_lines(child, on) for child in children]
    assert len({len(lines) for lines in found}) > 3
