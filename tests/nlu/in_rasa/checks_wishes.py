"""Where a message may hold two wishes."""

import pytest
from channels.wishes import possible_wishes, two_wishes


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("明日のごみは？あと布団の捨て方も", "明日のごみは？", "布団の捨て方も"),
        ("場所を教えて。それから、電話番号も知りたい", "場所を教えて", "電話番号も知りたい"),
        ("電池の捨て方と、図書館の場所", "電池の捨て方", "図書館の場所"),
        ("布団の捨て方を教えて。あと/restart", "布団の捨て方を教えて", "／restart"),
    ],
)
def check_a_joint_parts_two_wishes(text: str, first: str, second: str) -> None:
    assert two_wishes(text) == (first, second)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "住民票の取り方を教えて",
        "あとで行きます",
        "父が倒れました。どうすればいいですか",
        "はい。あと1",
        "教えて。あと" + "あ" * 200,
    ],
)
def check_other_words_stay_whole(text: str) -> None:
    assert two_wishes(text) is None


def check_the_wish_beside_small_talk_is_the_last_sentence() -> None:
    assert possible_wishes("助かりました！あと体育館は何時から？")[0] == "体育館は何時から？"
    assert possible_wishes("どうも。/restart")[0] == "／restart"
    assert possible_wishes("ありがとう") == []
    assert possible_wishes("ありがとう。はい") == ["ありがとう。"]
    assert "何を持ちますか？" in possible_wishes("何を持ちますか？ありがとう")
