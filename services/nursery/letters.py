"""The result of an application in sentences, and as a letter. Pure, Japanese: it is the city's."""

from collections.abc import Iterator

from kit.pdf import Line
from services.nursery.contract import Application, Better, ChildResult

_TITLE = "保育所等利用調整結果のお知らせ"
_APPEAL = (
    "結果にご不明な点があるときは、{desk}にお尋ねください。"
    "職員が、この結果の記録を見ながらご説明します。"
)
_NEXT = "入園の手続きは、{desk}からご案内します。"


def reason_words(better: Better, *, alone: bool) -> str:
    """Say why a nursery that was wished for more was not to be; `alone` without siblings."""
    if better.reason != "full":
        if alone:
            return "全体の調整の結果、入れませんでした。担当にお尋ねください。"
        return (
            "お子さんひとりなら席がありましたが、きょうだいの希望の組み合わせがそろいませんでした。"
        )
    words = f"定員（{better.seats}人）に達しました。"
    if better.lowest is None:
        return f"{words}いま通っているお子さんで定員になりました。"
    words += f"入れた方のうち、いちばん低い点数は{better.lowest:.0f}点、"
    words += f"お子さんは{better.own:.0f}点です。"
    if better.lowest == better.own:
        words += "同じ点数のときは、市の優先順位の表と、公平なくじの順になります。"
    elif better.lowest < better.own:
        words += "点数だけでは入れましたが、きょうだいの希望とあわせた結果です。"
    return words


def result_words(child: ChildResult) -> str:
    """Say what came of one child's wishes."""
    if child.place is None:
        return "今回は入れる園がありませんでした"
    return f"{child.place}に内定しました"


def letter(
    of: Application, city: str, desk: str, day: str, *, demonstration: bool, address: str = ""
) -> list[Line]:
    """Return the letter of a released result; `day` is the one on which it was released.

    With an address where it is to be posted.
    """
    results = of.results or ()
    lines = [
        *([Line(address, 11)] if address else []),
        Line(day, 10, is_right=True),
        Line(f"{city} {desk}", 11, is_right=True),
        Line("、".join(child.name for child in results) + " さんの保護者 様", 12, 20),
        Line(_TITLE, 16, 24),
        Line(f"{of.round.title}　受付番号 {of.receipt}", 10, 6),
    ]
    for child in results:
        lines += _of_child(child, alone=len(results) == 1)
    placed = any(child.place for child in results)
    lines.append(
        Line((_NEXT.format(desk=desk) if placed else "") + _APPEAL.format(desk=desk), 11, 24)
    )
    if demonstration:
        lines.append(Line("※園、空き、点数、日程は、すべてデモ用の架空のものです。", 9, 16))
    return lines


def _of_child(child: ChildResult, *, alone: bool) -> Iterator[Line]:
    yield Line(f"{child.name}さん", 12, 16)
    yield Line(f"{result_words(child)}。", 13, 4)
    if child.better:
        yield Line("希望がかなわなかった園と、その理由", 10, 8)
    for one in child.better:
        yield Line(f"・{one.name}：{reason_words(one, alone=alone)}", 10, 2)
