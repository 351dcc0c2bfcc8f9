"""Spoken forms, whom an entry is for, and relief for who cannot pay."""

import pytest

from services.faq.search.circumstances import Circumstances
from services.faq.search.colloquial import as_written
from services.faq.search.ranker import Ranker
from tests.services.faq.test_ranker import entry, first

ENTRIES = [
    entry(
        "gai-001",
        "外国人も国民健康保険や年金に入りますか",
        "住民票のある方は入ります。",
        "外国人 保険",
        "留学生の年金",
    ),
    entry("kok-001", "健康保険と年金の手続き", "国保年金課へ。", "国保に入る"),
    entry("kok-002", "保険料はいくらですか", "所得で決まります。", "保険料の計算"),
    entry("kok-003", "保険料の減免", "ご相談ください。", "保険料が払えない"),
]


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        ("んだば灯油代の助けはねえのが", "灯油代の助けはないのか"),
        ("国保と年金どうすりゃいいの", "国保と年金どうすればいいの"),
        ("児童手当もらえんの？", "児童手当もらえるの？"),
        ("おむつ代もらえっか", "おむつ代もらえるか"),
        ("税金払えねえ", "税金払えない"),
        ("父がなくなりました", "父が亡くなりました"),
        ("どこさ行けばいいべか", "どこへ行けばいいか"),
    ],
)
def test_spoken_forms_are_written_as_an_faq_writes_them(spoken: str, written: str) -> None:
    assert as_written(spoken.replace("？", "?")) == written.replace("？", "?")


@pytest.mark.parametrize(
    "kana",
    ["ほけんじょはどこ", "けんしんのけっか", "ほいくえんのりょうきん", "鍋なべ", "おねえさん"],
)
def test_what_may_be_the_kana_of_another_word_stays(kana: str) -> None:
    assert as_written(kana) == kana


def test_an_entry_for_foreigners_does_not_lead_where_nobody_spoke_of_them() -> None:
    ranker = Ranker(ENTRIES, {})
    assert first(ranker.rank("健康保険と年金に入りますか")) == "kok-001"
    assert first(ranker.rank("外国人は健康保険と年金に入りますか")) == "gai-001"


def test_the_share_of_wordings_that_speak_of_a_circumstance_counts() -> None:
    circumstances = Circumstances(ENTRIES)
    assert circumstances.signals("年金")["apart"][0] == -1
    assert circumstances.signals("外国人の年金")["apart"][0] > -0.2
    assert circumstances.signals("年金")["apart"][1] == 0


def test_who_cannot_pay_is_led_to_relief_and_who_asks_the_amount_is_not() -> None:
    ranker = Ranker(ENTRIES, {})
    assert first(ranker.rank("保険料、安くなりませんか")) == "kok-003"
    assert first(ranker.rank("保険料はいくら")) == "kok-002"
    assert list(Circumstances(ENTRIES).signals("払えません")["relief"]) == [0, 0, 0, 1]
