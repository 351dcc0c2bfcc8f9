"""What the commands promise to others who test against them, line by line, reckoned by hand.

No date here comes from the program: each was counted on a calendar from the published rows.
"""

from typing import Any

import pytest

from services.health.dates import parse_day
from services.health.forecast import forecast
from services.health.growth import percentile_of
from services.health.parsing import FileError, parse_child
from tests.services.health.records import doses

BORN = "2026-01-15"
UNSTARTED = {
    "HepB": ("2026-01-15", "2026-03-14", "2026-10-14", "2027-01-14"),
    "Rota1v": ("2026-02-26", "2026-03-14", "2026-04-29", "2026-07-02"),
    "Rota5v": ("2026-02-26", "2026-03-14", "2026-04-29", "2026-08-27"),
    "DPT-IPV-Hib": ("2026-03-14", "2026-03-14", "2026-08-14", "2033-07-14"),
    "PCV": ("2026-03-14", "2026-03-14", "2026-08-14", "2031-01-14"),
    "BCG": ("2026-01-15", "2026-06-14", "2026-09-14", "2027-01-14"),
    "MR period 1": ("2027-01-14", "2027-01-14", "2028-01-14", "2028-01-14"),
    "MR period 2": ("2031-04-01", "2031-04-01", "2032-03-31", "2032-03-31"),
    "Varicella": ("2027-01-14", "2027-01-14", "2027-04-14", "2029-01-14"),
    "JE period 1": ("2026-07-14", "2029-01-14", "2030-01-14", "2033-07-14"),
    "JE period 2": ("2035-01-14", "2035-01-14", "2036-01-14", "2039-01-14"),
    "DT period 2": ("2037-01-14", "2037-01-14", "2038-01-14", "2039-01-14"),
    "HPV9": ("2037-04-01", "2038-04-01", "2039-03-31", "2042-03-31"),
}
DATES = ("earliest", "due_from", "due_to", "latest")


def printed(on: str, *given: str, born: str = BORN, **more: Any) -> list[dict[str, Any]]:
    record = {"birth_date": born, "sex": "female", "given": doses(*given)} | more
    day = parse_day(on)
    assert day is not None
    return [line.printed() for line in forecast(parse_child(record), day)]


def following(on: str, vaccine: str, *given: str, **more: Any) -> dict[str, Any]:
    [line] = [
        line
        for line in printed(on, *given, **more)
        if line["vaccine"] == vaccine and "date" not in line
    ]
    return line


def dates(line: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(line[name] for name in DATES)


def test_an_unstarted_child_has_one_line_a_vaccine_with_its_four_dates() -> None:
    lines = printed("2026-01-15")
    assert {line["vaccine"]: dates(line) for line in lines} == UNSTARTED
    assert {line["dose"] for line in lines} == {1}


@pytest.mark.parametrize(
    ("on", "vaccine", "state", "reason"),
    [
        ("2026-02-11", "HepB", "later", None),
        ("2026-02-12", "HepB", "due_soon", None),
        ("2026-03-14", "HepB", "due", None),
        ("2026-10-14", "HepB", "due", None),
        ("2026-10-15", "HepB", "overdue", None),
        ("2027-01-14", "HepB", "overdue", None),
        ("2027-01-15", "HepB", "too_late", "too_old"),
        ("2026-03-13", "PCV", "due_soon", "too_young"),
        ("2026-08-14", "PCV", "due", None),
        ("2026-08-15", "PCV", "overdue", None),
        ("2026-04-29", "Rota1v", "due", None),
        ("2026-04-30", "Rota1v", "ask", "too_old"),
        ("2026-07-03", "Rota1v", "too_late", "too_old"),
        ("2026-07-03", "Rota5v", "ask", "too_old"),
        ("2026-12-01", "JE period 1", "later", None),
        ("2031-03-31", "MR period 2", "due_soon", "too_young"),
        ("2037-05-01", "HPV9", "later", None),
        ("2042-04-01", "HPV9", "too_late", "too_old"),
    ],
)
def test_the_state_of_a_first_dose_by_the_day(
    on: str, vaccine: str, state: str, reason: str | None
) -> None:
    line = following(on, vaccine)
    assert (line["state"], line["reason"]) == (state, reason)
    assert dates(line) == ((None,) * 4 if state == "too_late" else UNSTARTED[vaccine])


@pytest.mark.parametrize(
    ("vaccine", "given", "dose", "expected"),
    [
        (
            "HepB",
            ("HepB 2026-03-15", "HepB 2026-04-12"),
            3,
            ("2026-08-02", "2026-08-02", "2026-10-14", "2027-01-14"),
        ),
        (
            "Rota5v",
            ("Rota5v 2026-03-16",),
            2,
            ("2026-04-13", "2026-04-13", "2026-08-27", "2026-08-27"),
        ),
        (
            "DPT-IPV-Hib",
            ("DPT-IPV-Hib 2026-03-16",),
            2,
            ("2026-04-06", "2026-04-06", "2026-05-12", "2033-07-14"),
        ),
        (
            "DPT-IPV-Hib",
            tuple(f"DPT-IPV-Hib 2026-{day}" for day in ("03-16", "04-13", "05-11")),
            4,
            ("2026-11-11", "2026-11-11", "2027-11-11", "2033-07-14"),
        ),
        (
            "PCV",
            ("PCV 2026-03-16",),
            2,
            ("2026-04-13", "2026-04-13", "2027-01-14", "2028-01-14"),
        ),
        (
            "PCV",
            ("PCV 2026-03-16", "PCV 2026-04-13", "PCV 2026-05-11"),
            4,
            ("2027-01-14", "2027-01-14", "2027-04-14", "2031-01-14"),
        ),
        (
            "JE period 1",
            ("JE period 1 2029-02-01",),
            2,
            ("2029-02-08", "2029-02-08", "2029-03-02", "2033-07-14"),
        ),
        (
            "JE period 1",
            ("JE period 1 2029-02-01", "JE period 1 2029-02-08"),
            3,
            ("2029-08-08", "2030-02-08", "2033-07-14", "2033-07-14"),
        ),
        (
            "Varicella",
            ("Varicella 2027-02-01",),
            2,
            ("2027-05-01", "2027-08-01", "2028-02-01", "2029-01-14"),
        ),
        (
            "HPV9",
            ("HPV9 2038-05-31",),
            2,
            ("2038-10-31", "2038-12-01", "2042-03-31", "2042-03-31"),
        ),
        (
            "HPV9",
            ("HPV9 2041-01-15",),
            2,
            ("2041-02-15", "2041-03-15", "2042-03-31", "2042-03-31"),
        ),
        (
            "HPV9",
            ("HPV9 2041-01-15", "HPV9 2041-03-15"),
            3,
            ("2041-06-15", "2041-07-15", "2042-03-31", "2042-03-31"),
        ),
        (
            "Varicella",
            ("MR period 1 2027-01-20",),
            1,
            ("2027-02-17", "2027-02-17", "2027-04-14", "2029-01-14"),
        ),
    ],
)
def test_the_next_dose_of_a_course_that_has_begun(
    vaccine: str, given: tuple[str, ...], dose: int, expected: tuple[str, ...]
) -> None:
    line = following("2041-03-20" if vaccine == "HPV9" else expected[0], vaccine, *given) | {}
    assert (line["dose"], dates(line)) == (dose, expected)


def test_what_bars_a_dose_is_named_until_its_first_day() -> None:
    given = ("MR period 1 2027-01-20",)
    for on, reason in (("2027-02-16", "live_conflict"), ("2027-02-17", None)):
        assert following(on, "Varicella", *given)["reason"] == reason
    assert following("2026-04-05", "DPT-IPV-Hib", "DPT-IPV-Hib 2026-03-16")["reason"] == "too_short"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("HepB 2026-03-15|HepB 2026-04-12", "valid|valid"),
        ("HepB 2026-03-15|HepB 2026-04-11", "valid|not_valid too_short"),
        ("PCV 2026-03-13", "not_valid too_young"),
        ("Rota1v 2026-02-25", "not_valid too_young"),
        ("Rota1v 2026-05-20|Rota1v 2026-06-17", "valid|valid"),
        ("Rota1v 2026-03-20|Rota5v 2026-04-20", "valid|not_valid wrong_product"),
        ("Rota1v 2026-07-03", "not_valid too_old"),
        ("BCG 2026-06-20|BCG 2026-06-20", "valid|not_valid duplicate"),
        ("BCG 2026-06-20|BCG 2026-08-20", "valid|not_valid duplicate"),
        ("MR period 1 2027-01-14|Varicella 2027-02-10", "valid|not_valid live_conflict"),
        ("MR period 1 2027-01-14|Varicella 2027-02-11", "valid|valid"),
        ("Mumps 2027-01-20|MR period 1 2027-02-16", "valid|not_valid live_conflict"),
        ("DPT-IPV 2026-03-16|DPT-IPV-Hib 2026-04-13", "valid|not_valid wrong_product"),
        ("Smallpox 2026-03-16", "ask unknown"),
        ("PCV 2026-03", "ask incomplete"),
        ("PCV 2026-03-16 PCV13", "not_valid wrong_product,not_in_programme"),
    ],
)
def test_a_dose_that_was_given_is_judged(given: str, expected: str) -> None:
    entries = given.split("|")
    lines = printed("2027-03-01", *entries)[: len(entries)]
    said = [f"{line['state']} {line['reason'] or ''}".strip() for line in lines]
    assert "|".join(said) == expected
    assert [line["date"] for line in lines] == [entry["date"] for entry in doses(*entries)]


@pytest.mark.parametrize(
    ("given", "vaccine", "state", "reason"),
    [
        ("PCV 2026-03-13", "PCV", "ask", "too_young"),
        ("PCV 2026-03-13|PCV 2026-04-14", "PCV", "due", None),
        ("BCG 2026-06", "BCG", "ask", "incomplete"),
        ("HepB 2026-03", "HepB", "ask", "incomplete"),
        (
            "HepB 2026-03-15|HepB 2026-04-12|HepB 2026-08-02|HepB 2026-05",
            "HepB",
            "ask",
            "incomplete",
        ),
        ("BCG 2026-06-20|BCG 2026-06-20", "BCG", "complete", None),
        ("DPT-IPV 2026-03-16", "DPT-IPV-Hib", "not_eligible", "wrong_product"),
        ("Hib 2026-03-16", "DPT-IPV-Hib", "not_eligible", "wrong_product"),
        ("Rota1v 2026-03-16", "Rota5v", "not_eligible", "wrong_product"),
    ],
)
def test_the_next_line_after_what_does_not_simply_count(
    given: str, vaccine: str, state: str, reason: str | None
) -> None:
    line = following("2026-09-01", vaccine, *given.split("|"))
    assert (line["state"], line["reason"]) == (state, reason)


def test_the_next_line_goes_by_sex_and_condition() -> None:
    assert following("2039-01-01", "HPV9", sex="male")["state"] == "not_eligible"
    assert following("2039-01-01", "HPV9", sex="male")["reason"] == "sex"
    assert following("2039-01-01", "HPV9", sex=None)["state"] == "ask"
    for condition in ("premature", "immune", "allergy", "fever", "illness", {"code": "asthma"}):
        for on in ("2026-05-01", "2026-10-20"):
            assert following(on, "HepB", conditions=[condition])["state"] == "ask"


@pytest.mark.parametrize(
    ("first", "second", "third"),
    [
        # Seven months on 2026-08-14: three initial doses; the day after: two.
        ("2026-08-14", (2, "2028-01-14"), (3, "2028-01-14")),
        ("2026-08-15", (2, "2028-01-14"), (3, "2031-01-14")),
        # Twelve months on 2027-01-14, 24 on 2028-01-14.
        ("2027-01-14", (2, "2028-01-14"), (3, "2031-01-14")),
        ("2027-01-15", (2, "2031-01-14"), None),
        ("2028-01-14", (2, "2031-01-14"), None),
        ("2028-01-15", None, None),
    ],
)
def test_a_pcv_course_by_the_day_it_began(
    first: str, second: tuple[int, str] | None, third: tuple[int, str] | None
) -> None:
    line = following(first, "PCV", f"PCV {first}")
    assert second == ((line["dose"], line["latest"]) if line["state"] != "complete" else None)
    if line["earliest"] is None:
        return
    given = (f"PCV {first}", f"PCV {line['earliest']}")
    line = following(line["earliest"], "PCV", *given)
    assert third == ((line["dose"], line["latest"]) if line["state"] != "complete" else None)


def test_rsv_has_its_line_in_a_pregnancy_alone() -> None:
    mother = {"born": "1995-05-05", "conditions": [{"code": "pregnant", "due_date": "2027-01-10"}]}
    for on, state in (("2026-10-17", "due_soon"), ("2026-10-18", "due"), ("2026-12-19", "due")):
        line = following(on, "RSV maternal", **mother)
        assert line["state"] == state
        assert (line["earliest"], line["latest"]) == ("2026-10-18", "2026-12-19")
    assert following("2026-12-20", "RSV maternal", **mother)["state"] == "too_late"
    done = following("2026-12-20", "RSV maternal", "RSV maternal 2026-11-01", **mother)
    assert done["state"] == "complete"
    assert "RSV maternal" not in {line["vaccine"] for line in printed("2026-03-01")}


@pytest.mark.parametrize(
    ("plan", "given", "expected"),
    [
        ("HepB 2026-04-12", "HepB 2026-03-15", "allowed"),
        ("HepB 2026-04-11", "HepB 2026-03-15", "refused too_short"),
        ("PCV 2026-03-13", "HepB 2026-03-01", "refused too_young"),
        ("Varicella 2027-02-10", "MR period 1 2027-01-14", "refused live_conflict"),
        ("Varicella 2027-02-11", "MR period 1 2027-01-14", "allowed"),
        ("HepB 2027-01-15", "PCV 2026-04-01", "refused too_old"),
        ("BCG 2026-08-01", "BCG 2026-06-20", "refused duplicate"),
        ("Rota5v 2026-04-20", "Rota1v 2026-03-20", "refused wrong_product"),
        ("PCV 2026-05-20", "PCV 2026-04", "refused incomplete"),
    ],
)
def test_a_planned_dose_is_allowed_or_refused(plan: str, given: str, expected: str) -> None:
    line = printed("2027-01-20", given, planned=doses(plan))[-1]
    assert f"{line['state']} {line['reason'] or ''}".strip() == expected
    assert line["date"] == doses(plan)[0]["date"]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"given": doses("BCG 2026-01-14")}, "before_birth"),
        ({"given": doses("BCG 2026-09-02")}, "future_dose"),
        ({"given": [{"vaccine": "BCG", "date": "2026-02-29"}]}, "bad_date"),
        ({"birth_date": "2026-02-29"}, "bad_birth_date"),
    ],
)
def test_an_impossible_record_has_its_class(change: dict[str, Any], error: str) -> None:
    record = {"birth_date": BORN, "sex": "male", "given": []} | change
    day = parse_day("2026-09-01")
    assert day is not None
    with pytest.raises(FileError) as raised:
        forecast(parse_child(record), day)
    assert raised.value.kind == error


@pytest.mark.parametrize(
    ("change", "percentile", "reason"),
    [
        ({}, 50.0, None),
        ({"value": 3.0, "kind": "weight", "date": "2026-01-25"}, None, "no_reference"),
        ({"value": 8188}, None, "unit"),
        ({"value": 81.9}, None, "unit"),
        ({"value": 0.819}, None, "unit"),
        ({"value": 0}, None, "value"),
        ({"value": "8.2"}, None, "value"),
        ({"kind": "height", "value": 0.70}, None, "unit"),
        ({"kind": "head_circumference", "value": 440}, None, "unit"),
        ({"kind": "head_circumference", "date": "2029-01-15"}, None, "no_reference"),
        ({"date": "2032-07-15"}, None, "no_reference"),
        ({"sex": "unknown"}, None, "sex"),
        ({"kind": "chest"}, None, "kind"),
        ({"date": "2026-01-14"}, None, "date"),
        ({"value": 5.0}, "<3", None),
        ({"value": 12.0}, ">97", None),
    ],
)
def test_a_percentile_or_the_reason_why_not(
    change: dict[str, Any], percentile: object, reason: str | None
) -> None:
    # The printed median of boys from seven to under eight months is 8.188448 kg.
    measure = {"sex": "male", "birth_date": BORN, "date": "2026-08-20", "kind": "weight"}
    answer = percentile_of(measure | {"value": 8.188448} | change).printed()
    assert (answer["percentile"], answer.get("reason")) == (percentile, reason)
    assert answer["edition"] == "2023"
