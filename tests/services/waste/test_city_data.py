"""The demo city's own files: complete, readable, marked as demonstration, known to the NLU."""

import re
from datetime import date

import yaml

from kit.settings import ROOT
from services.waste.importer import read_city
from services.waste.rules import collections, next_days

FOLDER = ROOT / "city/aizuwakamatsu/waste"
REPORT, CITY = read_city(FOLDER)
_PARENTHESES = re.compile(r"[（(].*?[）)]")
_KANA = re.compile(r"[ぁ-ゖァ-ヶー]{1,2}")


def test_the_files_have_no_problem() -> None:
    assert REPORT.problems == []


def test_everything_is_marked_as_demonstration() -> None:
    assert CITY.office.demonstration


def test_there_are_things_enough_each_with_a_hint_and_a_reading() -> None:
    assert len(CITY.targets) >= 450
    assert [t.name for t in CITY.targets if not t.notice] == []
    assert [t.name for t in CITY.targets if not re.fullmatch(r"[ぁ-ゖー・A-Z]+", t.reading)] == []
    assert len({t.name for t in CITY.targets}) == len(CITY.targets)


def test_every_kind_says_how_it_is_put_out() -> None:
    kinds = set(CITY.categories) | {t.category for t in CITY.targets}
    assert {kind for kind in kinds if not CITY.how.get(kind)} == set()


def test_every_district_has_every_kind_within_a_year_but_bulky_waste_on_request() -> None:
    for area in CITY.areas:
        kinds = {p.category for p in next_days(CITY, area, date(2026, 11, 24))}
        assert set(CITY.categories) - kinds == {"粗大ごみ"}, area.label


def test_the_turns_of_two_years_are_pauses_everywhere() -> None:
    for area in CITY.areas:
        for year in (2026, 2027):
            found = collections(CITY, area, date(year, 12, 31), date(year + 1, 1, 3))
            assert all(p.stopped for p in found), area.label


# Names in Latin letters stand between blanks, which the tables of Japanese words do not ask for.
_FOREIGN = re.compile(r"[a-zà-ỹ]")


def _in_data(*words: str) -> set[str]:
    """Words that can be found in a sentence: no single letters, no kana of two letters."""
    named = {_PARENTHESES.sub("", word) for word in words}
    own = (word for word in named if not _FOREIGN.search(word))
    return {word for word in own if len(word) > 1 and not _KANA.fullmatch(word)}


def test_the_nlu_lookups_hold_exactly_the_citys_words() -> None:
    text = (ROOT / "nlu/data/waste/lookups.yml").read_text(encoding="utf-8")
    lookups = {
        table["lookup"]: {line.removeprefix("- ") for line in table["examples"].splitlines()}
        for table in yaml.safe_load(text)["nlu"]
    }
    assert lookups == {
        "area": _in_data(*(area.name for area in CITY.areas), *CITY.area_words),
        "waste_type": _in_data(*CITY.categories, *CITY.category_words),
        "waste_item": _in_data(*(target.name for target in CITY.targets), *CITY.item_words),
    }
