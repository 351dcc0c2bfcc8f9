"""Every sentence that our code says exists in every language, and fits."""

import tomllib

import pytest

from kit.settings import ROOT
from kit.text import grapheme_length
from kit.wording import LOCALES, SOURCE, load_wording, read_catalogue
from tools.wording import Sentence, placeholders, sentences

OTHERS = [language for language in LOCALES if language != SOURCE]
LABEL_GRAPHEMES = 20
CITY = ROOT / "city" / "aizuwakamatsu"


@pytest.fixture(scope="module")
def said() -> list[Sentence]:
    """Read here, where it is needed: all files of ours take a second."""
    return sentences()


def test_sentences_are_found_in_every_room_that_speaks(said: list[Sentence]) -> None:
    found = {sentence.text for sentence in said}
    assert {"ごみの日", "やめる", "{area}の次の収集日です。", "おかえりなさい。以前の設定は、"
            "そのまま残っています。", "土砂災害", "北東", "図書館"} <= found  # fmt: skip


def test_no_sentence_is_put_together_where_no_catalogue_finds_it(said: list[Sentence]) -> None:
    put_together = [f"{s.file}:{s.line} {s.text}" for s in said if s.is_formatted]
    assert not put_together, "use translated(…, name=…)"


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_has_a_translation_with_the_same_placeholders(
    said: list[Sentence], language: str
) -> None:
    known = load_wording(language).sentences
    missing = {s.text: f"{s.file}:{s.line}" for s in said if s.text not in known}
    assert not missing, f"run tools/wording.py, then translate: {missing}"
    wrong = {s.text for s in said if placeholders(known[s.text]) != placeholders(s.text)}
    assert not wrong


@pytest.mark.parametrize("language", OTHERS)
def test_a_label_that_fits_a_button_fits_it_in_every_language(
    said: list[Sentence], language: str
) -> None:
    known = load_wording(language).sentences
    labels = {s.text for s in said if s.is_label and fits(s.text)}
    assert labels
    assert not {text: known[text] for text in labels if not fits(known[text])}


def fits(label: str) -> bool:
    return grapheme_length(label) <= LABEL_GRAPHEMES


@pytest.mark.parametrize("language", OTHERS)
def test_the_city_has_its_names_and_help_lines_in_every_language(language: str) -> None:
    known = read_catalogue(CITY / "locales" / f"{language}.po")
    city = tomllib.loads((CITY / "city.toml").read_text(encoding="utf-8"))
    danger = tomllib.loads((CITY / "danger.toml").read_text(encoding="utf-8"))
    lines = [line["label"] for line in danger["lines"].values()]
    papers = (*danger["help"].values(), danger["hardship"])
    lines += [help["faq"]["label"] for help in papers if "faq" in help]
    told = (
        *danger["help"].values(),
        *danger["writing"].values(),
        *danger["unwilling"].values(),
        *(one for matters in danger["asked"].values() for one in matters),
        danger["listeners"],
        danger["hardship"],
    )
    words = [help["words"] for help in told]
    words += [rung for rungs in danger["later"].values() for rung in rungs]
    words += [*danger["over"].values()]
    words += [danger[name] for name in ("listening", "aside", "puzzled", "thanked", "line_asked")]
    words += [line["hours"] for line in danger["lines"].values() if "hours" in line]
    desks = [desk["name"] for desk in city["desks"]]
    notices = list(city["notices"].values())
    named = [city["name"], city["general_desk"]["name"]]
    calendar = (CITY / "waste" / "area_days.csv").read_text(encoding="utf-8-sig")
    kinds = calendar.split("\n")[0].strip().split(",")[2:]
    snow = tomllib.loads((CITY / "snow" / "categories.toml").read_text(encoding="utf-8"))
    matters = [matter["name"] for matter in snow["categories"] if "name" in matter]
    said = (*named, *notices, *desks, *kinds, *words, *lines, *matters)
    assert not [text for text in said if text not in known]
    assert not [known[line] for line in lines if not fits(known[line])]


@pytest.mark.parametrize("language", OTHERS)
def test_the_numbers_to_call_are_the_same_in_every_language(language: str) -> None:
    known = read_catalogue(CITY / "locales" / f"{language}.po")
    danger = tomllib.loads((CITY / "danger.toml").read_text(encoding="utf-8"))
    for help in danger["help"].values():
        # 中毒110番 is a name, and said as one.
        words = help["words"].replace("中毒110番", "")
        numbers = [n for n in ("119", "110", "189", "188", "#7119", "#8000") if n in words]
        assert [n for n in numbers if n not in known[help["words"]]] == []
