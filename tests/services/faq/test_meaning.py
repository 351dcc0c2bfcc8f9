"""Nearness in meaning, on words that the installed vectors know."""

import numpy as np
import pytest

from kit.text import fold
from services.faq.search.meaning import Cover, Echo, Means, Nearness
from services.faq.search.vectors import word_vectors

DOCUMENTS = [["予防接種", "子供"], ["税金", "納める"], [], ["予防接種", "猫", "犬"]]


def same_for_all(word: str) -> float:
    return 1.0


@pytest.fixture(scope="module")
def nearness() -> Nearness:
    words = {word for document in DOCUMENTS for word in document}
    return Nearness(words, word_vectors(), same_for_all)


def test_a_word_that_means_the_same_covers_the_sentence(nearness: Nearness) -> None:
    idf, near = nearness.of([fold("ワクチン")])
    cover = Cover(DOCUMENTS, nearness).of(idf, near)
    assert cover[0] == cover[3] > 0.5 > 0.2 > cover[1]
    assert cover[2] == 0


def test_a_document_is_echoed_in_so_far_as_the_sentence_says_its_words(nearness: Nearness) -> None:
    _, near = nearness.of(["予防接種", "子供"])
    echo = Echo(DOCUMENTS, nearness).of(near)
    assert echo[0] == pytest.approx(1)
    assert 1 / 3 < echo[3] < 0.9
    assert echo[2] == 0


def test_a_word_without_a_vector_is_near_to_itself_only() -> None:
    nearness = Nearness({"qqzzxx", "犬"}, word_vectors(), same_for_all)
    _, near = nearness.of(["qqzzxx"])
    assert near[0, nearness.numbers["qqzzxx"]] == 1
    assert near[0, nearness.numbers["犬"]] == 0


def test_no_words_are_near_to_nothing(nearness: Nearness) -> None:
    idf, near = nearness.of([])
    assert not Cover(DOCUMENTS, nearness).of(idf, near).any()
    assert not Echo(DOCUMENTS, nearness).of(near).any()


def test_the_mean_of_a_document_is_nearest_to_its_like() -> None:
    documents = [dict.fromkeys(words, 1.0) for words in DOCUMENTS if words]
    means = Means(documents, word_vectors(), same_for_all)
    assert int(np.argmax(means.cosines({fold("ワクチン"): 1.0, "幼児": 1.0}))) == 0
    assert not means.cosines({"qqzzxx": 1.0}).any()
