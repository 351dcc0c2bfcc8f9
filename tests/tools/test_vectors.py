"""The word vectors: the package's files are read rightly, and both sides fold alike."""

import json
from pathlib import Path

import numpy as np
import pytest

from kit.text import fold
from services.faq.search.vectors import FOLDER, WordVectors
from tools import vectors as tool


def test_strings_get_the_numbers_that_spacy_gives_them() -> None:
    # The examples of spaCy's own documentation ("Vocab, hashes and lexemes").
    assert tool.spacy_hash("coffee") == 3197928453018144401


@pytest.mark.parametrize("word", ["ゴミ", "ｺﾞﾐ", "ＬＩＮＥ", "Straße", "ヴァイオリン", "㍿"])
def test_the_tool_and_the_program_fold_alike(word: str) -> None:
    assert tool.fold(word) == fold(word)


def test_a_messagepack_map_of_every_size_of_number_is_read() -> None:
    numbers = {5: 127, 200: 255, 0x1234: 0xFFFF, 0x12345678: 1, 0x123456789ABCDEF0: 2}
    assert tool.read_map(_pack(numbers)) == numbers


def test_a_small_package_comes_out_folded_and_of_length_one(tmp_path: Path) -> None:
    vocabulary = tmp_path / "ja_ginza" / "ja_ginza-1.0.0" / "vocab"
    vocabulary.mkdir(parents=True)
    with (vocabulary / "vectors").open("wb") as file:
        np.save(file, np.array([[3, 4], [0, 2], [9, 0]], dtype="<f4"))
    rows = {"ゴミ": 0, "市": 1, "カキ": 2, "かき": 1}
    hashes = {tool.spacy_hash(word): row for word, row in rows.items()}
    (vocabulary / "key2row").write_bytes(_pack(hashes))
    (vocabulary / "strings.json").write_text(json.dumps([*rows, "知らない"]))

    tool.extract(tool.find_vocabulary(tmp_path), tmp_path / "out")

    vectors = WordVectors(tmp_path / "out")
    assert _numbers(vectors, fold("ゴミ")) == pytest.approx([0.6, 0.8], abs=1e-3)
    assert _numbers(vectors, fold("市")) == [0, 1]
    assert _numbers(vectors, "かき") == [0, 1], "the word written so itself wins"
    assert vectors.of("知らない") is None


def test_words_of_one_matter_are_near_in_the_installed_vectors() -> None:
    vectors = WordVectors(FOLDER)

    def nearness(one: str, other: str) -> float:
        return float(vectors.mean({one: 1.0}) @ vectors.mean({other: 1.0}))

    assert nearness("予防接種", fold("ワクチン")) > 0.7 > 0.3 > nearness("住民票", "犬")
    assert not vectors.mean({"qwertyuiopasdf": 1.0}).any()


def _numbers(vectors: WordVectors, word: str) -> list[float]:
    found = vectors.of(word)
    assert found is not None
    return [float(number) for number in found]


def _pack(numbers: dict[int, int]) -> bytes:
    flat = [number for pair in numbers.items() for number in pair]
    return b"\xdf" + len(numbers).to_bytes(4, "big") + b"".join(map(_pack_number, flat))


def _pack_number(number: int) -> bytes:
    if number < 128:
        return bytes([number])
    size = next(size for size in (1, 2, 4, 8) if number < 1 << 8 * size)
    return bytes([{1: 0xCC, 2: 0xCD, 4: 0xCE, 8: 0xCF}[size]]) + number.to_bytes(size, "big")
