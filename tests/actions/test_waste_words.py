"""What is no household waste: told apart from everyday words that look alike."""

import pytest

from actions.waste.parsing import NotHousehold, not_household
from actions.waste.things_parsing import plainer, thing_to_throw_away
from actions.waste.words_parsing import (
    is_given_away,
    is_gone_already,
    is_left_alone,
    is_left_behind,
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("店のごみ", "business"),
        ("事業ごみ", "business"),
        ("事業系のゴミの出し方", "business"),
        ("会社のゴミ", "business"),
        ("うちの店の生ごみはいつ", "business"),
        ("職場で出たごみを捨てたい", "business"),
        ("食堂をやってるんだけどごみの日は", "business"),
        ("産業廃棄物", "business"),
        ("人間を燃えるゴミに", "person"),
        ("人間", "person"),
        ("人間は何ごみ？", "person"),
        ("人を捨てたい", "person"),
        ("旦那を粗大ごみに出したい", "person"),
        ("妻って燃えるゴミ？", "person"),
        ("死体の捨て方", "person"),
        ("母の遺体を捨てたい", "person"),
        ("犬が死んだ", "animal"),
        ("猫の死体は燃えるごみ？", "animal"),
        ("飼っていたうさぎが亡くなりました", "animal"),
        ("死んだペットを捨てたい", "animal"),
        ("犬を捨てたい", "animal"),
        ("how do I put out restaurant waste", "business"),
        ("我经营一家餐厅，废油怎么扔", "business"),
        ("lixo da minha loja", "business"),
    ],
)
def test_what_is_no_household_waste_is_heard(text: str, reason: str) -> None:
    assert not_household(text) is NotHousehold(reason)


@pytest.mark.parametrize(
    "text",
    [
        "人形の捨て方",
        "雛人形を捨てたい",
        "父の服を捨てたい",
        "赤ちゃんのおむつは何ごみ",
        "子どもを連れてごみを出せますか",
        "夫のごみの出し方が悪い",
        "一人でごみを出せない",
        "老人の手押し車",
        "犬小屋",
        "犬が死んだのでケージを捨てたい",
        "ペットの砂",
        "ペットボトルを捨てたい",
        "ペットを捨てたい",
        "電気カーペットを捨てたい",
        "猫のおもちゃを捨てたい",
        "店の袋は何ごみ",
        "店の前のごみ",
        "会社の近くのごみ集積所",
        "販売店で聞いたごみ袋",
        "買ったお店に返すびん",
        "明日は何のごみ",
        "plastic bag from the shop",
        "商店的袋子是什么垃圾",
        "本人がいなくても粗大ごみを出せる？",
        "",
    ],
)
def test_everyday_waste_stays_household_waste(text: str) -> None:
    assert not_household(text) is None


@pytest.mark.parametrize(
    ("text", "thing"),
    [
        ("血のついた絆創膏は何ごみですか", "絆創膏"),
        ("人が死ぬ映画のDVDを捨てたい", "DVD"),
        ("庭の木を切ったので枝を出したい", "枝"),
        ("ねずみ取りにかかったねずみはどう捨てる", "ねずみ"),
    ],
)
def test_the_thing_is_found_behind_what_is_said_about_it(text: str, thing: str) -> None:
    assert plainer(text)[-1] == thing


def test_what_is_thrown_away_is_told_from_what_it_is_wrapped_in() -> None:
    assert thing_to_throw_away("包丁を捨てたいのですが新聞紙でくるめばいい？") == "包丁"
    assert thing_to_throw_away("これは何ですか") == ""


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("おい！ゴミ持ってってねえぞ！！", True),
        ("ごみを持って行ってくれません", True),
        ("まだ回収されてない", True),
        ("資源ごみを持って行きますか", False),
        ("袋がもうない", False),
        ("車を持っていないのですが", False),
    ],
)
def test_waste_that_was_left_behind_is_heard(text: str, left: bool) -> None:
    assert is_left_behind(text) is left


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("この机、近所の人にあげたいんだけど", True),
        ("使わない自転車を譲りたい", True),
        ("ソファもらってくれる人いないかな", True),
        ("ソファを捨てたい", False),
        ("天ぷらをあげた油は", False),
    ],
)
def test_a_thing_that_is_given_to_somebody_is_not_thrown_away(text: str, given: bool) -> None:
    assert is_given_away(text) is given


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("濡れた布団はもう処分しちゃった", True),
        ("たんすは捨ててしまいました", True),
        ("布団を捨てたい", False),
        ("燃えるごみに電池を捨てちゃった", False),
    ],
)
def test_what_is_gone_already_is_no_question_of_sorting(text: str, gone: bool) -> None:
    assert is_gone_already(text) is gone


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("うちの袋だけ残ってる", True),
        ("隣の家のは持ってったよ", True),
        ("シールは貼られていない", True),
        ("シールが貼ってある", False),
        ("うちの地区の燃えるごみはいつ", False),
    ],
)
def test_who_alone_was_left_out_says_so_in_many_ways(text: str, alone: bool) -> None:
    assert is_left_alone(text) is alone
