"""What may not stand in a LINE talk is found in what staff write, and what may is let through."""

import pytest

from bot.handoff.writing import NEVER, Found, findings

CITY = ["0242-39-1111"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("個人番号は 1234 5678 9018 です", [Found.my_number]),
        ("番号：１２３４５６７８９０１２", [Found.twelve_digits]),
        ("カードは4111-1111-1111-1111", [Found.card]),
        ("090-1234-5678 にかけます", [Found.phone]),
        ("名前 taro@example.jp まで", [Found.mail]),
        ("昭和60年5月5日生まれの方", [Found.birthdate]),
        ("生年月日は1985年ですね", [Found.birthdate]),
        ("会津若松市東栄町3-46の", [Found.address]),
        ("〔日付〕までにお越しください", [Found.placeholder]),
        ("代表 0242-39-1111 へどうぞ", []),
        ("受付は8:30から17:15です。手数料は300円です。", []),
        ("申請は2026年12月10日までです", []),
        ("受付番号 2026-000123 でお呼びします", []),
    ],
)
def test_findings(text: str, found: list[Found]) -> None:
    assert findings(text, CITY) == found


def test_numbers_that_open_everything_are_never_sent() -> None:
    assert Found.my_number in NEVER
    assert Found.phone not in NEVER
