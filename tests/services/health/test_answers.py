"""VAX-10 to VAX-16: questions, versions, wording and reasons of the lines."""

import json
from datetime import date

import pytest

from services.health.due_list import wanted_lines
from services.health.forecast import forecast
from services.health.parsing import parse_child
from services.health.rules import CHILD_VACCINES, schedule
from tests.services.health.records import ON, coming, doses, lines, planned, verdicts

BORN = "2024-05-15"


@pytest.mark.parametrize("given", ["MenB 2024-07-15", "bcg 2024-07-15", " 2024-07-15"])
def test_an_unknown_vaccine_is_a_question_and_counts_for_nothing(given: str) -> None:
    assert verdicts(BORN, given) == ["ask unknown"]
    rest = [line.printed() for line in lines(BORN, given)[1:]]
    assert rest == [line.printed() for line in lines(BORN)]


def test_an_unknown_product_is_a_question() -> None:
    assert verdicts(BORN, "PCV 2024-07-15 PCV7") == ["ask unknown"]
    assert coming("PCV", BORN, "PCV 2024-07-15 PCV7").state == "ask"


def test_a_dose_known_by_its_month_allows_nothing() -> None:
    on = date(2024, 9, 1)
    assert verdicts(BORN, "HepB 2024-07", on=on) == ["ask incomplete"]
    assert coming("HepB", BORN, "HepB 2024-07", on=on).state == "ask"
    assert planned(BORN, "HepB 2024-10-01", "HepB 2024-07", on=on) == "refused incomplete"
    assert planned(BORN, "HepB 2024-10", on=on) == "refused incomplete"


def test_a_live_dose_known_by_its_month_bars_the_others_until_it_surely_does_not() -> None:
    on, given = date(2025, 6, 1), "MR period 1 2025-05"
    assert planned(BORN, "Varicella 2025-06-27", given, on=on) == "refused incomplete"
    assert planned(BORN, "Varicella 2025-06-28", given, on=on) == "allowed"
    assert coming("Varicella", BORN, given, on=on).earliest == date(2025, 6, 28)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("HPV9 2026-03-31 HPV4", "valid"),
        ("HPV9 2026-04-01 HPV4", "not_valid wrong_product,not_in_programme"),
        ("HPV9 2026-04-01 HPV9", "valid"),
    ],
)
def test_a_product_is_judged_by_the_rules_of_its_day(given: str, expected: str) -> None:
    assert verdicts("2012-06-10", given) == [expected]


@pytest.mark.parametrize(
    ("day", "version"),
    [
        ("2025-06-01", "JP-2020-10-01"),
        ("2026-03-31", "JP-2020-10-01"),
        ("2026-04-01", "JP-2026-04-01"),
        ("2026-10-01", "JP-2026-10-01"),
    ],
)
def test_a_dose_names_the_version_of_its_day(day: str, version: str) -> None:
    assert lines(BORN, f"JE period 1 {day}")[0].rule.startswith(f"{version} JE period 1")


@pytest.mark.parametrize(
    ("products", "second"),
    [
        (("2024-08-01 PCV13", "2024-10-10 PCV20"), "valid"),
        (("2024-08-01 PCV15", "2024-10-10 PCV15"), "valid"),
        (("2024-08-01 PCV15", "2024-10-10 PCV20"), "not_valid wrong_product"),
        (("2024-10-10 PCV20", "2024-12-10 PCV15"), "not_valid wrong_product"),
    ],
)
def test_a_pcv_course_is_finished_with_what_it_was_begun_with(
    products: tuple[str, str], second: str
) -> None:
    given = [f"PCV {entry}" for entry in products]
    assert verdicts("2024-06-01", *given)[1] == second


def test_a_pcv_course_begins_with_the_20_valent_vaccine_since_october_2026() -> None:
    assert planned("2026-09-01", "PCV 2026-11-22 PCV15") == "refused wrong_product"
    assert planned("2026-09-01", "PCV 2026-11-22 PCV20") == "allowed"
    assert planned("2026-07-01", "PCV 2026-11-22 PCV15", "PCV 2026-09-10 PCV15") == "allowed"


def test_separate_courses_close_the_combined_one() -> None:
    given = ["DPT-IPV 2024-08-15", "Hib 2024-08-15", "DPT-IPV-Hib 2024-09-15"]
    assert verdicts(BORN, *given) == ["valid", "valid", "not_valid wrong_product"]
    assert coming("DPT-IPV-Hib", BORN, *given).state == "not_eligible"
    assert verdicts(BORN, "DPT-IPV-Hib 2024-08-15", "Hib 2024-09-15")[1] == (
        "not_valid wrong_product"
    )


def test_hib_twenty_days_apart_is_for_a_doctor_to_say() -> None:
    given = "Hib 2024-08-01"
    states = [verdicts(BORN, given, f"Hib 2024-08-{day}")[1] for day in (21, 22, 28, 29)]
    assert states == ["not_valid too_short", "ask too_short", "ask too_short", "valid"]


def test_twins_have_nothing_to_do_with_each_other() -> None:
    first = parse_child({"birth_date": BORN, "sex": "male", "given": doses("BCG 2024-10-20")})
    second = parse_child({"birth_date": BORN, "sex": "male", "given": []})
    alone = forecast(second, ON)
    forecast(first, ON)
    assert forecast(second, ON) == alone


def test_nothing_is_wanted_after_completion() -> None:
    on = date(2025, 1, 10)
    hepb = ("HepB 2024-07-15", "HepB 2024-08-15", "HepB 2024-12-15")
    record = {"birth_date": BORN, "sex": "male", "given": doses("BCG 2024-10-20", *hepb)}
    wanted = {line.vaccine for line in wanted_lines(parse_child(record), on)}
    assert wanted.isdisjoint({"BCG", "HepB"})
    assert "PCV" in wanted


def test_every_line_names_version_and_source_and_promises_nothing() -> None:
    names = {version.name for version in schedule().versions}
    found = lines(BORN, "BCG 2024-10-20", "MenB 2025-01-01", planned=doses("PCV 2026-12-01"))
    assert len(found) == 2 + len(CHILD_VACCINES) + 1
    for line in found:
        assert line.rule.split(" ")[0] in names
        assert "定期接種実施要領" in line.rule
        text = json.dumps(line.printed(), ensure_ascii=False)
        assert "安全です" not in text
        assert "打たなくて" not in text


def test_the_steps_explain_the_first_day() -> None:
    line = coming("PCV", BORN, "PCV 2024-07-15", on=date(2024, 7, 20))
    assert max(day for _, day in line.steps) == line.earliest
    assert {name for name, _ in line.steps} == {"too_young", "too_short"}


def test_the_standard_period_and_its_states() -> None:
    days = {
        date(2024, 6, 13): "later",  # 31 days before
        date(2024, 6, 14): "due_soon",
        date(2024, 7, 14): "due",
        date(2024, 12, 14): "due",
        date(2024, 12, 15): "overdue",
    }
    assert {day: coming("PCV", BORN, on=day).state for day in days} == days
    line = coming("PCV", BORN, on=date(2024, 12, 15))
    assert (line.due_from, line.due_to) == (date(2024, 7, 14), date(2024, 12, 14))
    assert (line.earliest, line.latest) == (date(2024, 7, 14), date(2029, 5, 14))


def test_a_usual_gap_comes_before_usual_ages() -> None:
    line = coming("JE period 1", BORN, "JE period 1 2024-12-01", on=date(2024, 12, 2))
    assert (line.due_from, line.due_to) == (date(2024, 12, 8), date(2024, 12, 30))


@pytest.mark.parametrize("condition", ["premature", "immune", "allergy", {"code": "asthma"}])
def test_a_condition_turns_what_is_due_into_a_question(condition: object) -> None:
    on = date(2024, 10, 1)
    line = coming("PCV", BORN, on=on, conditions=[condition])
    assert (line.state, line.reason) == ("ask", "condition")
    assert coming("MR period 1", BORN, on=on, conditions=[condition]).state == "later"
    assert planned(BORN, "PCV 2024-10-02", on=on, conditions=[condition]) == "refused condition"


def test_early_birth_does_not_move_a_date() -> None:
    on = date(2024, 10, 1)
    plain, early = coming("PCV", BORN, on=on), coming("PCV", BORN, on=on, conditions=["premature"])
    assert (plain.earliest, plain.due_to) == (early.earliest, early.due_to)


@pytest.mark.parametrize(
    ("sex", "state", "reason"),
    [("female", "due", None), ("male", "not_eligible", "sex"), (None, "ask", "sex")],
)
def test_hpv_goes_by_sex(sex: str | None, state: str, reason: str | None) -> None:
    line = coming("HPV9", "2013-06-10", sex=sex)
    assert (line.state, line.reason) == (state, reason)


def test_after_a_dose_that_does_not_count_one_asks_until_one_that_does() -> None:
    on = date(2024, 10, 1)
    short = ["DPT-IPV-Hib 2024-07-15", "DPT-IPV-Hib 2024-07-25"]
    assert coming("DPT-IPV-Hib", BORN, *short, on=on).state == "ask"
    again = [*short, "DPT-IPV-Hib 2024-08-25"]
    assert verdicts(BORN, *again, on=on)[2] == "valid"
    line = coming("DPT-IPV-Hib", BORN, *again, on=on)
    assert (line.dose, line.state) == (3, "due")


def test_a_gap_kept_only_from_the_dose_that_counts_is_a_question() -> None:
    given = ["DPT-IPV-Hib 2024-07-15", "DPT-IPV-Hib 2024-08-01", "DPT-IPV-Hib 2024-08-06"]
    assert verdicts(BORN, *given)[2] == "ask too_short"


REFUSALS = [
    ("HepB 2024-08-11", ("HepB 2024-07-15",), "too_short"),
    ("PCV 2024-07-13", (), "too_young"),
    ("HepB 2025-05-15", (), "too_old"),
    ("Varicella 2025-06-01", ("MR period 1 2025-05-20",), "live_conflict"),
    ("BCG 2024-12-01", ("BCG 2024-10-20",), "duplicate"),
    ("BCG 2024-10-20", ("BCG 2024-10-20",), "duplicate"),
    ("Rota5v 2024-08-20", ("Rota1v 2024-07-15",), "wrong_product"),
    ("MenB 2024-08-20", (), "unknown"),
    ("PCV 2024-08-20 PCV13", (), ""),
    ("PCV 2024-10-20 PCV13", (), "wrong_product,not_in_programme"),
]


@pytest.mark.parametrize(("plan", "given", "reason"), REFUSALS)
def test_a_planned_dose_is_refused_with_its_reason(
    plan: str, given: tuple[str, ...], reason: str
) -> None:
    expected = f"refused {reason}" if reason else "allowed"
    assert planned(BORN, plan, *given) == expected


def test_a_planned_dose_for_the_other_sex_or_before_the_programme_is_refused() -> None:
    assert planned("2013-06-10", "HPV9 2026-12-01", sex="male") == "refused sex"
    assert planned("2013-06-10", "HPV9 2026-12-01", sex=None) == "refused sex"
    due = {"conditions": [{"code": "pregnant", "due_date": "2026-05-20"}]}
    assert planned("1995-01-01", "RSV maternal 2026-03-20", **due) == "refused not_in_programme"
    assert planned("1995-01-01", "RSV maternal 2026-04-20", **due) == "allowed"


def test_two_bookings_that_would_be_wrong_together_are_not_both_allowed() -> None:
    plan = doses("MR period 1 2025-05-20", "Varicella 2025-06-01")
    found = lines(BORN, planned=plan, on=date(2025, 5, 1))[-2:]
    assert [line.state for line in found] == ["allowed", "refused"]


def test_a_dose_is_not_planned_shortly_before_a_live_one_in_the_record() -> None:
    assert planned(BORN, "Varicella 2025-06-01", "MR period 1 2025-06-10") == (
        "refused live_conflict"
    )
