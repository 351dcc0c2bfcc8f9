"""The core answers in other languages: they belong to entries and tell the same numbers."""

import json
import re

import pytest

from actions.faq.translations import Cores, load_core
from actions.faq.wishes_parsing import wishes_in
from kit.settings import Settings
from services.faq.core_answers import Core, read_core
from services.faq.importer import FaqReport, read_entries

CITY = Settings(environment="test").city_dir
FOLDER = CITY / "faq" / "translations"
LANGUAGES = ("easy", "en", "zh", "vi", "pt")
PHONE = re.compile(r"0\d{1,3}-\d{2,4}-\d{2,4}|#\d{4}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_forty_entries_have_a_short_core_answer(language: str) -> None:
    cores = read_core(FOLDER / f"{language}.jsonl")
    entries = {entry.id: entry for entry in read_entries(CITY / "faq", FaqReport("faq"))}
    assert len(cores) >= 40
    assert len({core.id for core in cores}) == len(cores)
    general = "0242-39-1111"
    for core in cores:
        assert core.id in entries
        assert core.asked, core.id
        assert len(core.answer) < 600, core.id
        told = set(PHONE.findall(entries[core.id].answer)) | {general}
        assert set(PHONE.findall(core.answer)) <= told, core.id


def test_every_language_has_the_same_entries() -> None:
    ids = [[core.id for core in read_core(FOLDER / f"{lang}.jsonl")] for lang in LANGUAGES]
    assert all(one == ids[0] for one in ids)


@pytest.mark.parametrize(
    ("language", "text", "entry"),
    [
        ("en", "Hello, my number card got lost", "myn-006"),
        ("en", "and the day after?", ""),
        ("zh", "我的在留卡丢了", "gaikoku-009"),
        ("vi", "mất thẻ my number rồi", "myn-006"),
        ("pt", "quero um certificado de residência", "res-001"),
        ("easy", "おかねが ないです", "seikatsu-001"),
        ("ja", "マイナンバーカードをなくした", ""),
    ],
)
def test_a_question_finds_its_entry_in_its_own_language(
    language: str, text: str, entry: str
) -> None:
    assert load_core(CITY, language).entry_asked(text) == entry


def test_a_file_that_cannot_be_read_names_its_line(tmp_path: object) -> None:
    file = FOLDER.__class__(str(tmp_path)) / "en.jsonl"
    file.write_text(json.dumps({"id": "a-1", "answer": "x", "asked": ["y"]}) + "\n{}\n", "utf-8")
    with pytest.raises(ValueError, match=r"en\.jsonl:2"):
        read_core(file)


def test_one_shared_word_is_no_question_about_an_entry() -> None:
    cores = Cores((Core("a-1", "x", ("after the earthquake",)),))
    assert cores.entry_asked("the day after tomorrow") == ""
    assert cores.entry_asked("after an earthquake") == "a-1"


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("引っ越します。水道と住民票はどうする", 2),
        ("パスポートはどこで取れますか？あと印鑑登録もしたい", 2),
        ("母が亡くなりました。何をすればいいですか", 0),
        ("図書館は何時まで", 0),
    ],
)
def test_several_wishes_are_told_from_one(text: str, wishes: int) -> None:
    assert len(wishes_in(text)) == wishes
