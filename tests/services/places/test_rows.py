"""Every row of the city's table, in the spellings in which people write it."""

from collections.abc import Iterator

import pytest

from kit.romaji import hepburn
from services.places.parsing import Reader
from services.places.resolution import resolve
from services.places.rules import Kind, Place, Table, districts_of

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
KANJI = "〇一二三四五六七八九"
KANA = ("", "いっ", "に", "さん", "よん", "ご", "ろく", "なな")


def hiragana(text: str) -> str:
    return text.translate(TO_HIRAGANA)


def official(place: Place) -> str:
    return (
        f"{place.parent}大字{place.name.removeprefix(place.parent)}" if place.parent else place.name
    )


def spellings(place: Place) -> Iterator[tuple[str, set[str]]]:
    whole = set(place.districts)
    yield f"{place.name}です", whole
    yield f"福島県会津若松市{official(place)}123-4", whole if not place.numbered else set()
    yield f"{hiragana(place.reading)}です", whole
    yield place.reading, whole
    yield hepburn(place.reading), whole
    yield place.romaji, whole
    yield f"明日{place.name}のゴミ", whole
    yield f"うちは{hiragana(place.reading)}だよ", whole
    yield f"城西じゃなくて{place.name}です", whole
    if place.numbered:
        yield from _with_chome(place)
    for key, part in place.parts.items():
        belongs = set(districts_of(place, part=key).districts)
        yield f"{place.name}字{part.name}12です", belongs
        yield f"会津若松市{official(place)}字{part.name}123番地", belongs


def _with_chome(place: Place) -> Iterator[tuple[str, set[str]]]:
    for n in range(1, (place.chomes or 2) + 1):
        belongs = set(districts_of(place, (n,)).districts)
        yield f"{place.name}{n}丁目", belongs
        yield f"{place.name}{n}丁目です".translate(FULL_WIDTH), belongs
        yield f"{place.name}{KANJI[n]}丁目5-6", belongs
        yield f"{place.name}{n}-2-3", belongs
        yield f"{place.name} {n}ー2", belongs
        yield f"{hiragana(place.reading)}{KANA[n]}ちょうめ", belongs
        yield f"{place.romaji} {n}-chome", belongs


def test_every_row_is_found_in_every_spelling_and_none_is_silently_wrong(
    table: Table, reader: Reader
) -> None:
    asked, missed, wrong = 0, [], []
    for place in (p for p in table.places if p.kind is Kind.town):
        for text, belongs in spellings(place):
            if not (belongs and text):
                continue
            asked += 1
            found = resolve(reader, text)
            if found.settled and set(found.districts) != belongs:
                wrong.append((text, found.districts))
            elif set(found.districts) != belongs:
                missed.append((text, found.districts))
    assert asked > 3000
    assert wrong == []
    assert len(missed) <= 0.01 * asked, missed[:20]


def test_every_postal_code_means_the_districts_of_its_towns(table: Table, reader: Reader) -> None:
    by_code: dict[str, set[str]] = {}
    for place in table.places:
        if place.postal_code:
            by_code.setdefault(place.postal_code, set()).update(place.districts)
    assert len(by_code) > 200
    for code, districts in by_code.items():
        assert set(resolve(reader, code).districts) == districts
        assert set(resolve(reader, f"〒{code}です").districts) == districts


def test_no_two_districts_answer_to_one_spelling_unnoticed(table: Table, reader: Reader) -> None:
    for place in (p for p in table.places if p.kind is Kind.district and p.name in table.districts):
        assert set(resolve(reader, place.name, asked=True).districts) == {place.name}
        for name in (hiragana(place.reading), *place.other_names):
            found = resolve(reader, name, asked=True).districts
            assert place.name in found, (place.name, name, found)


@pytest.mark.parametrize("before", ["新", "奥", "中の", "お", "高台", "パーク"])
@pytest.mark.parametrize("name", ["栄町", "緑町", "城北", "材木町", "面川"])
def test_a_name_inside_a_longer_one_is_never_sure(reader: Reader, before: str, name: str) -> None:
    found = resolve(reader, f"{before}{name}に住んでいます")
    assert not found.settled or before == "中の"
