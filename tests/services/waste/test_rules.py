"""Known days, counted by hand on paper calendars, and properties of every calendar."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.waste.rules import (
    WEEKDAYS,
    Area,
    CellError,
    CityData,
    End,
    Office,
    Stop,
    collections,
    ends,
    next_day,
    next_days,
    parse_cell,
    with_calendar,
)

NEW_YEAR = Stop("東", date(2026, 12, 31), date(2027, 1, 3))


def city(*cells: str, stops: tuple[Stop, ...] = (), shift_week: bool = False) -> CityData:
    categories = tuple(f"種類{n}" for n in range(len(cells)))
    areas = (Area("浅野", "浅野", "東", cells),)
    remarks = {"1": "場所によって違います。"}
    office = Office(shift_week=shift_week)
    return CityData(categories, areas, stops, remarks=remarks, office=office)


def days(calendar: CityData, first: date, last: date) -> list[date]:
    found = collections(calendar, calendar.areas[0], first, last)
    return [pickup.day for pickup in found if not pickup.stopped]


def month(year: int, number: int) -> tuple[date, date]:
    first = date(year, number, 1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


@pytest.mark.parametrize(
    ("cell", "year_month", "expected"),
    [
        ("月 木", (2026, 11), [2, 5, 9, 12, 16, 19, 23, 26, 30]),
        ("水2 水4", (2026, 11), [11, 25]),
        # December 2026 has five Wednesdays; the fifth (30th) has no collection.
        ("水2 水4", (2026, 12), [9, 23]),
        ("水1 水3", (2027, 9), [1, 15]),
        # May 2027 begins on a Saturday: its second Monday is the 10th, not in the second row.
        ("月2", (2027, 5), [10]),
        ("土1", (2027, 5), [1]),
        ("火2 金4:4 6 8", (2027, 4), [13, 23]),
        ("火2 金4:4 6 8", (2027, 5), []),
        ("火2 金4:4 6 8", (2027, 6), [8, 25]),
        # 29 February 2028 is the fifth Tuesday of the month.
        ("火", (2028, 2), [1, 8, 15, 22, 29]),
        ("火4", (2028, 2), [22]),
        ("火5", (2028, 2), [29]),
        ("木5", (2027, 2), []),
        ("20280229 20280301", (2028, 2), [29]),
        ("", (2026, 11), []),
        # As real files have it: no blank, two blanks, the number first, full-width signs.
        ("水1水3", (2026, 11), [4, 18]),
        ("金2  金4", (2026, 11), [13, 27]),
        ("2土 4土", (2026, 11), [14, 28]),
        ("火２　金４：１１", (2026, 11), [10, 27]),
        ("火、金 *1", (2026, 11), [3, 6, 10, 13, 17, 20, 24, 27]),
        # Every second week, and only from the first day on.
        ("隔水20261202", (2026, 11), []),
        ("隔水20261202", (2026, 12), [2, 16, 30]),
        ("隔週水曜20261202", (2027, 1), [13, 27]),
        ("e2w20261202 月1", (2026, 12), [2, 7, 16, 30]),
        ("隔水20261202:1", (2026, 12), []),
    ],
)
def test_a_cell_means_the_days_counted_by_hand(
    cell: str, year_month: tuple[int, int], expected: list[int]
) -> None:
    assert [day.day for day in days(city(cell), *month(*year_month))] == expected


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("管路", "管路"),
        ("月6", "月6"),
        ("火2 金4:13", "13"),
        ("火2:", "needs weekdays"),
        (":4 6", "needs weekdays"),
        ("20140230", "20140230"),
        ("第2火曜", "第2火曜"),
        ("月 木?", "木?"),
    ],
)
def test_a_cell_that_means_nothing_is_refused_with_the_part_at_fault(
    cell: str, reason: str
) -> None:
    with pytest.raises(CellError, match=reason.replace("?", r"\?")):
        parse_cell(cell)


def test_a_remark_is_carried_to_every_day_of_its_cell() -> None:
    calendar = city("月 *1")
    found = collections(calendar, calendar.areas[0], *month(2026, 11))
    assert {pickup.remarks for pickup in found} == {("場所によって違います。",)}


def test_the_pause_at_new_year_takes_collections_away_and_says_so() -> None:
    calendar = city("木", "金1", stops=(NEW_YEAR,))
    found = collections(calendar, calendar.areas[0], date(2026, 12, 28), date(2027, 1, 8))
    assert [(p.day.isoformat(), p.category, p.stopped) for p in found] == [
        ("2026-12-31", "種類0", True),
        ("2027-01-01", "種類1", True),
        ("2027-01-07", "種類0", False),
    ]


def test_in_kanazawas_way_the_pause_moves_nth_weekdays_on_by_a_week() -> None:
    calendar = city("金1 金3", "金", stops=(NEW_YEAR,), shift_week=True)
    found = collections(calendar, calendar.areas[0], *month(2027, 1))
    moved = [p.day.day for p in found if p.category == "種類0" and not p.stopped]
    weekly = [p.day.day for p in found if p.category == "種類1" and not p.stopped]
    # The first Friday, 1 January, falls into the pause: first and third become 8 and 22.
    assert moved == [8, 22]
    assert weekly == [8, 15, 22, 29]


def test_in_kanazawas_way_a_month_that_the_pause_does_not_touch_stays_as_it_is() -> None:
    calendar = city("月1 月3", stops=(NEW_YEAR,), shift_week=True)
    assert [day.day for day in days(calendar, *month(2027, 1))] == [4, 18]


def test_a_pause_of_another_centre_changes_nothing() -> None:
    calendar = city("金", stops=(Stop("西", date(2026, 12, 1), date(2026, 12, 31)),))
    assert len(days(calendar, *month(2026, 12))) == 4


def test_a_day_written_out_is_collected_even_within_a_pause() -> None:
    assert days(city("20270102", stops=(NEW_YEAR,)), *month(2027, 1)) == [date(2027, 1, 2)]


def test_the_next_days_skip_the_pause_and_come_in_order() -> None:
    calendar = city("木", "月", "20270601", "", stops=(NEW_YEAR,))
    found = next_days(calendar, calendar.areas[0], date(2026, 12, 31))
    assert [pickup.day for pickup in found] == [
        date(2027, 1, 4),
        date(2027, 1, 7),
        date(2027, 6, 1),
    ]


def test_the_next_day_holds_everything_of_that_day() -> None:
    calendar = city("木", "木2", "金")
    found = next_day(calendar, calendar.areas[0], date(2026, 11, 7))
    assert [(pickup.day.day, pickup.category) for pickup in found] == [(12, "種類0"), (12, "種類1")]


def test_a_kind_without_any_days_has_no_calendar() -> None:
    calendar = city("月", "", "*1")
    assert with_calendar(calendar, calendar.areas[0]) == {"種類0"}


_entries = st.lists(
    st.tuples(st.sampled_from(WEEKDAYS), st.one_of(st.none(), st.integers(1, 5))),
    min_size=1,
    max_size=4,
)
_some_day = st.dates(date(2000, 1, 1), date(2099, 1, 1))
_WIDE = str.maketrans("012345678:* ", "０１２３４５６７８：＊　")


@given(_entries, st.sets(st.integers(1, 12)), st.booleans())
def test_a_cell_reads_the_same_in_either_width(
    entries: list[tuple[str, int | None]], months: set[int], wide: bool
) -> None:
    cell = " ".join(f"{day}{nth or ''}" for day, nth in entries)
    if months:
        cell += ":" + " ".join(map(str, sorted(months)))
    rule = parse_cell(cell.translate(_WIDE) if wide else cell)
    assert rule.days == tuple((WEEKDAYS.index(day), nth) for day, nth in entries)
    assert rule.months == months


@given(_entries, _some_day, st.integers(0, 90), st.integers(0, 90))
def test_a_stretch_of_days_holds_what_its_parts_hold(
    entries: list[tuple[str, int | None]], start: date, one: int, two: int
) -> None:
    calendar = city(" ".join(f"{day}{nth or ''}" for day, nth in entries))
    middle, end = start + timedelta(days=one), start + timedelta(days=one + two)
    parts = days(calendar, start, middle) + days(calendar, middle + timedelta(days=1), end)
    assert days(calendar, start, end) == parts


@given(st.sampled_from(WEEKDAYS), st.integers(1, 5), st.integers(2000, 2099), st.integers(1, 12))
def test_an_nth_weekday_comes_at_most_once_a_month_and_is_the_nth(
    weekday: str, nth: int, year: int, number: int
) -> None:
    found = days(city(f"{weekday}{nth}"), *month(year, number))
    assert len(found) == 1 or (nth == 5 and not found)
    for day in found:
        assert WEEKDAYS[day.weekday()] == weekday
        earlier = day - timedelta(weeks=nth)
        assert day.month != earlier.month
        assert (day - timedelta(weeks=nth - 1)).month == day.month


@given(st.text(alphabet="日月火水木金土0123456789:* 　、2１管?", max_size=12))
def test_any_text_is_read_or_refused_but_never_breaks_the_import(cell: str) -> None:
    with suppress(CellError):
        assert all(0 <= weekday <= 6 for weekday, _ in parse_cell(cell).days)


def test_single_days_come_to_an_end_and_weekdays_do_not() -> None:
    calendar = city("20260323 20260330", "水2", "隔水20260304", "")
    area = calendar.areas[0]
    assert ends(calendar, area, date(2026, 3, 30)) == []
    assert ends(calendar, area, date(2026, 3, 31)) == [End("種類0", date(2026, 3, 30))]
    assert ends(calendar, area, date(2026, 11, 30), ["種類1"]) == []
