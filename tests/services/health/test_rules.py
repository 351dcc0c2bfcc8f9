"""VAX-01 to VAX-09: ages, gaps and products on the boundary day, before it and after it."""

from datetime import date

import pytest

from tests.services.health.records import coming, planned, verdicts

BORN = "2024-05-15"
LATER = date(2045, 1, 1)

# Vaccine, first and last day by age for a girl born on 15 May 2024, reckoned by hand.
AGES = [
    ("HepB", "2024-05-15", "2025-05-14"),
    ("Rota1v", "2024-06-26", "2024-10-30"),
    ("Rota5v", "2024-06-26", "2024-12-25"),
    ("DPT-IPV-Hib", "2024-07-14", "2031-11-14"),
    ("PCV", "2024-07-14", "2029-05-14"),
    ("BCG", "2024-05-15", "2025-05-14"),
    ("MR period 1", "2025-05-14", "2026-05-14"),
    ("MR period 2", "2030-04-01", "2031-03-31"),
    ("Varicella", "2025-05-14", "2027-05-14"),
    ("JE period 1", "2024-11-14", "2031-11-14"),
    ("JE period 2", "2033-05-14", "2037-05-14"),
    ("DT period 2", "2035-05-14", "2037-05-14"),
    ("HPV9", "2036-04-01", "2041-03-31"),
]
# Doses before, the first day for the next one.
GAPS = [
    ("HepB", ("2024-07-15",), "2024-08-12"),
    ("HepB", ("2024-07-15", "2024-08-12"), "2024-12-02"),
    ("Rota1v", ("2024-07-15",), "2024-08-12"),
    ("Rota5v", ("2024-07-15", "2024-08-14"), "2024-09-11"),
    ("DPT-IPV-Hib", ("2024-07-15",), "2024-08-05"),
    ("DPT-IPV-Hib", ("2024-07-15", "2024-08-12"), "2024-09-02"),
    ("DPT-IPV-Hib", ("2024-07-15", "2024-08-12", "2024-09-30"), "2025-03-30"),
    ("PCV", ("2024-07-15",), "2024-08-12"),
    ("PCV", ("2024-07-15", "2024-08-12"), "2024-09-09"),
    ("PCV", ("2024-07-15", "2024-08-12", "2025-04-20"), "2025-06-20"),
    ("PCV", ("2025-06-01",), "2025-08-01"),
    ("Varicella", ("2025-05-31",), "2025-08-31"),
    ("JE period 1", ("2027-05-14",), "2027-05-21"),
    ("JE period 1", ("2027-05-14", "2027-05-28"), "2027-11-28"),
    ("HPV9", ("2037-05-31",), "2037-10-31"),
    ("HPV9", ("2040-01-31",), "2040-03-01"),
    ("HPV9", ("2040-01-31", "2040-03-01"), "2040-06-01"),
]


def _moved(day: str, days: int) -> str:
    return date.fromordinal(date.fromisoformat(day).toordinal() + days).isoformat()


@pytest.mark.parametrize(("vaccine", "first", "last"), AGES)
def test_both_ends_of_an_age_count_and_no_day_beyond(vaccine: str, first: str, last: str) -> None:
    def judged(day: str) -> str:
        return verdicts(BORN, f"{vaccine} {day}", on=LATER)[0]

    assert judged(first) == judged(_moved(first, 1)) == "valid"
    assert judged(_moved(last, -1)) == judged(last) == "valid"
    assert judged(_moved(last, 1)) == "not_valid too_old"
    if first != BORN:
        assert judged(_moved(first, -1)) == "not_valid too_young"


@pytest.mark.parametrize(("vaccine", "before", "first"), GAPS)
def test_a_gap_ends_on_its_day_with_no_grace(
    vaccine: str, before: tuple[str, ...], first: str
) -> None:
    given = [f"{vaccine} {day}" for day in before]

    def judged(day: str) -> str:
        return verdicts(BORN, *given, f"{vaccine} {day}", on=LATER)[-1]

    assert judged(first) == judged(_moved(first, 1)) == "valid"
    assert coming(vaccine, BORN, *given, on=date.fromisoformat(before[-1])).earliest == (
        date.fromisoformat(first)
    )
    if vaccine != "HPV9" or before[0] != "2037-05-31":
        assert judged(_moved(first, -1)) == "not_valid too_short"


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ("Varicella 2025-06-02", "valid"),
        ("Varicella 2025-06-29", "not_valid live_conflict"),
        ("Varicella 2025-06-30", "valid"),
        ("Mumps 2025-06-29", "not_valid live_conflict"),
        ("Mumps 2025-06-30", "valid"),
        ("PCV 2025-06-03", "valid"),
        ("JE period 1 2025-06-03", "valid"),
    ],
)
def test_live_vaccines_keep_27_days_or_share_a_day_in_any_order(second: str, expected: str) -> None:
    assert verdicts(BORN, "MR period 1 2025-06-02", second) == ["valid", expected]
    assert verdicts(BORN, second, "MR period 1 2025-06-02") == [expected, "valid"]


def test_rota_keeps_no_distance_from_bcg() -> None:
    assert verdicts(BORN, "BCG 2024-07-15", "Rota1v 2024-07-16") == ["valid", "valid"]


def test_a_live_vaccine_given_moves_the_first_day_of_the_others() -> None:
    line = coming("Varicella", BORN, "MR period 1 2025-05-20", on=date(2025, 5, 25))
    assert (line.state, line.reason) == ("due_soon", "live_conflict")
    assert line.earliest == line.due_from == date(2025, 6, 17)


def test_a_live_vaccine_may_still_follow_on_the_same_day() -> None:
    line = coming("Varicella", BORN, "MR period 1 2025-05-20", on=date(2025, 5, 20))
    assert line.state == "due"


def test_a_mumps_dose_counts_for_the_gap() -> None:
    line = coming("MR period 1", BORN, "Mumps 2025-05-14", on=date(2025, 5, 15))
    assert line.earliest == date(2025, 6, 11)


def test_the_third_hepatitis_b_dose_counts_from_the_first() -> None:
    line = coming("HepB", BORN, "HepB 2024-07-15", "HepB 2024-09-15", on=date(2024, 10, 1))
    assert (line.dose, line.earliest) == (3, date(2024, 12, 2))


@pytest.mark.parametrize(
    ("first", "second", "number", "then"),
    [
        ("2024-12-13", "2025-01-10", 3, "due_soon"),  # 7 months less a day: three and a booster
        ("2024-12-14", "2025-01-11", 3, "due_soon"),  # the shared day: the longer series
        ("2024-12-15", "2025-01-12", 3, "later"),  # past 7 months: two and a booster
        ("2025-05-14", "2025-06-11", 3, "later"),  # the shared day of 12 months
    ],
)
def test_a_late_start_of_pcv_takes_the_longer_series_on_a_shared_day(
    first: str, second: str, number: int, then: str
) -> None:
    on = date.fromisoformat(second)
    line = coming("PCV", BORN, f"PCV {first}", f"PCV {second}", on=on)
    assert line.dose == number
    early = first <= "2024-12-14"
    assert line.rule.split(" ")[2] == ("initial" if early else "start")
    wait = 28 if early else 61
    assert line.earliest == max(date.fromordinal(on.toordinal() + wait), _first_booster(early))


def _first_booster(early: bool) -> date:
    return date(2024, 1, 1) if early else date(2025, 5, 14)


@pytest.mark.parametrize(
    ("first", "doses"), [("2025-05-15", 2), ("2026-05-14", 2), ("2026-05-15", 1), ("2029-05-14", 1)]
)
def test_pcv_begun_after_twelve_months_takes_two_doses_and_after_24_one(
    first: str, doses: int
) -> None:
    line = coming("PCV", BORN, f"PCV {first}", on=date.fromisoformat(first))
    if doses == 1:
        assert (line.state, line.dose) == ("complete", 1)
    elif first == "2026-05-14":
        assert (line.dose, line.earliest) == (2, date(2026, 7, 14))
    else:
        assert (line.dose, line.earliest) == (2, date(2025, 7, 15))


def test_no_pcv_begins_after_sixty_months() -> None:
    assert coming("PCV", BORN, on=date(2029, 5, 14)).state == "overdue"
    assert coming("PCV", BORN, on=date(2029, 5, 15)).state == "too_late"


def test_no_third_initial_pcv_when_the_second_came_after_twelve_months() -> None:
    on = date(2025, 6, 1)
    line = coming("PCV", BORN, "PCV 2024-07-15", "PCV 2025-05-15", on=on)
    assert (line.dose, line.earliest) == (3, date(2025, 7, 15))
    line = coming("PCV", BORN, "PCV 2024-07-15", "PCV 2025-05-14", on=on)
    assert (line.dose, line.earliest) == (3, date(2025, 6, 11))


def test_a_second_pcv_on_the_shared_day_of_twelve_months_leaves_three_initial_doses() -> None:
    shared = ["PCV 2024-07-15", "PCV 2025-05-14", "PCV 2025-07-20"]
    assert coming("PCV", BORN, *shared, on=date(2025, 8, 1)).dose == 4
    after = ["PCV 2024-07-15", "PCV 2025-05-15", "PCV 2025-07-20"]
    assert coming("PCV", BORN, *after, on=date(2025, 8, 1)).state == "complete"


def test_nothing_initial_after_24_months_but_the_booster() -> None:
    line = coming("PCV", BORN, "PCV 2024-07-15", on=date(2026, 5, 15))
    assert (line.dose, line.state, line.latest) == (2, "overdue", date(2029, 5, 14))
    done = ["PCV 2024-07-15", "PCV 2026-05-15"]
    assert coming("PCV", BORN, *done, on=date(2026, 6, 1)).state == "complete"


def test_the_first_rota_dose_after_fourteen_weeks_and_six_days_is_a_question() -> None:
    last, after = date(2024, 8, 27), date(2024, 8, 28)
    assert coming("Rota1v", BORN, on=last).state == "due"
    assert coming("Rota1v", BORN, on=after).state == "ask"
    assert verdicts(BORN, "Rota1v 2024-08-28", on=after) == ["valid"]
    assert planned(BORN, "Rota1v 2024-08-28", on=after) == "refused too_old"
    assert coming("Rota1v", BORN, on=date(2024, 10, 31)).state == "too_late"


def test_rota_brands_are_not_mixed() -> None:
    given = ["Rota1v 2024-07-15", "Rota5v 2024-08-15"]
    assert verdicts(BORN, *given) == ["valid", "not_valid wrong_product"]
    line = coming("Rota5v", BORN, *given, on=date(2024, 8, 20))
    assert (line.state, line.reason, line.earliest) == ("not_eligible", "wrong_product", None)


GIRL = "2011-06-10"  # turns 15 on 2026-06-09


@pytest.mark.parametrize(("first", "second"), [("2026-06-09", 5), ("2026-06-10", 1)])
def test_hpv_begun_by_the_fifteenth_year_day_waits_five_months(first: str, second: int) -> None:
    line = coming("HPV9", GIRL, f"HPV9 {first}", on=date(2026, 6, 20))
    assert line.earliest == date(2026, 6 + second, int(first[-2:]))


@pytest.mark.parametrize(
    ("second", "then"),
    [("2025-10-10", "3 due_soon"), ("2025-11-09", "3 due_soon"), ("2025-11-10", "2 complete")],
)
def test_hpv_under_five_months_apart_needs_a_third_dose(second: str, then: str) -> None:
    given = ["HPV9 2025-06-10", f"HPV9 {second}"]
    assert verdicts(GIRL, *given) == ["valid", "valid"]
    line = coming("HPV9", GIRL, *given, on=date(2025, 12, 1))
    if then.startswith("2"):
        assert f"{line.dose} {line.state}" == then
    else:
        assert line.dose == 3
        assert line.earliest == max(date(2025, 12, 10), _three_months(second))


def _three_months(day: str) -> date:
    year, month, rest = map(int, day.split("-"))
    return date(year + (month + 3 > 12), (month + 2) % 12 + 1, rest)


def test_a_second_hpv_dose_is_not_planned_before_five_months() -> None:
    given = "HPV9 2026-06-01"
    assert planned(GIRL, "HPV9 2026-10-31", given) == "refused too_short"
    assert planned(GIRL, "HPV9 2026-11-01", given) == "allowed"


@pytest.mark.parametrize(
    ("birth", "mr", "hpv"),
    [("2020-04-01", "2025-04-01", "2031-04-01"), ("2020-04-02", "2026-04-01", "2032-04-01")],
)
def test_one_day_of_birth_moves_school_and_fiscal_years(birth: str, mr: str, hpv: str) -> None:
    assert str(coming("MR period 2", birth, on=date(2024, 1, 1)).earliest) == mr
    assert str(coming("HPV9", birth, on=date(2024, 1, 1)).earliest) == hpv


def test_a_dose_entered_twice_and_one_too_many_are_duplicates() -> None:
    twice = ["BCG 2024-10-20", "BCG 2024-10-20"]
    assert verdicts(BORN, *twice) == ["valid", "not_valid duplicate"]
    more = ["HepB 2024-07-15", "HepB 2024-08-15", "HepB 2024-12-15", "HepB 2025-02-15"]
    assert verdicts(BORN, *more)[-1] == "not_valid duplicate"
    assert coming("HepB", BORN, *more).state == "complete"


def test_the_order_of_the_record_does_not_matter() -> None:
    assert verdicts(BORN, "HepB 2024-08-15", "HepB 2024-07-15") == ["valid", "valid"]
    first, second = verdicts(BORN, "HepB 2024-07-25", "HepB 2024-07-15")
    assert (first, second) == ("not_valid too_short", "valid")


def test_a_corrected_or_deleted_dose_is_judged_afresh() -> None:
    assert coming("HepB", BORN, "HepB 2024-07-15", "HepB 2024-07-25", on=LATER).state == "too_late"
    wrong = coming("HepB", BORN, "HepB 2024-07-15", "HepB 2024-07-25", on=date(2024, 9, 1))
    right = coming("HepB", BORN, "HepB 2024-07-15", "HepB 2024-08-25", on=date(2024, 9, 1))
    none = coming("HepB", BORN, on=date(2024, 9, 1))
    assert [wrong.state, wrong.dose, right.dose, none.dose] == ["ask", 2, 3, 1]


DUE = {"conditions": [{"code": "pregnant", "due_date": "2026-10-01"}]}


@pytest.mark.parametrize(
    ("day", "state", "judged"),
    [
        ("2026-07-08", "due_soon", "not_valid too_young"),  # 27w6d
        ("2026-07-09", "due", "valid"),  # 28w0d
        ("2026-09-09", "due", "valid"),  # 36w6d
        ("2026-09-10", "too_late", "not_valid too_old"),  # 37w0d
    ],
)
def test_rsv_goes_by_the_weeks_of_pregnancy(day: str, state: str, judged: str) -> None:
    on = date.fromisoformat(day)
    assert coming("RSV maternal", "1995-01-01", on=on, **DUE).state == state
    assert verdicts("1995-01-01", f"RSV maternal {day}", on=on, **DUE) == [judged]


def test_rsv_is_one_dose_a_pregnancy_and_not_before_the_programme() -> None:
    given = ["RSV maternal 2026-07-20", "RSV maternal 2026-08-20"]
    assert verdicts("1995-01-01", *given, **DUE) == ["valid", "not_valid duplicate"]
    early = {"conditions": [{"code": "pregnant", "due_date": "2026-05-20"}]}
    assert verdicts("1995-01-01", "RSV maternal 2026-03-31", **early) == [
        "not_valid not_in_programme"
    ]
    both = {"conditions": [*DUE["conditions"], {"code": "pregnant", "due_date": "2028-03-01"}]}
    line = coming("RSV maternal", "1995-01-01", given[0], on=date(2027, 12, 10), **both)
    assert line.state == "due"
    assert coming("RSV maternal", "1995-01-01", given[0], on=date(2026, 8, 1), **both).state == (
        "complete"
    )


def test_without_a_due_date_an_rsv_dose_cannot_be_judged() -> None:
    assert verdicts("1995-01-01", "RSV maternal 2026-07-20") == ["ask incomplete"]
