"""Where the name of a place stands by itself in a text. Texts and names are folded already."""

import re
from collections.abc import Callable, Collection
from itertools import accumulate

_KANJI = re.compile(r"[々〇一-鿿㐀-䶿]")
# Kanji beside a name that make no other name of it.
_MAY_FOLLOW = re.compile(
    r"地区|地域|町内|在住|住|方面|周辺|付近|近|辺|側|界隈|全域|一帯|区域|学区|団地|大?字|番地|民"
    r"|北部|南部|東部|西部|中部|的|行|引|内(?!科|装|視|覧)|[今本明翌当前毎次来再何第生第一二三四五六七八九十]"
    r"|可燃|不燃|燃|資源|粗大|古紙|古布|缶|瓶|空[きい缶瓶]|危険|有害|乾電池|収集|回収|通知|登録|変更|希望|避難|出"
    r"|[月火水木金土日]曜"
)
_MAY_PRECEDE = re.compile(
    r"(?:今|[今本翌明当前昨毎]日|明後日|次|[今来毎]週|[今来]月|今度|現在|曜日?|午前|午後|時|分|日"
    r"|私|僕|俺|自分|家|自宅|実家|父|母|兄|姉|弟|妹|会社|職場|住所|住|場所|地区|地域|町内"
    r"|市|区|郡|県|都|府|字|変更?|訂正|違|的|在|是|查|问)$"
)
# 村松原 and 村松台 are other places than 村松; 村松小学校 lies in it.
_MAKES_ANOTHER = re.compile(r"[原台丘岡野山川田島崎沢谷新東西南北上下元本浜津浦坂](?![側部方])")
_LONGEST_BEFORE = 4
_PAUSES = re.compile(r"[\s、。，．,.!?！？「」『』:：;；…]+")


def is_kanji(mark: str) -> bool:
    """Tell whether a text begins with a Kanji."""
    return _KANJI.match(mark) is not None


def pauses(text: str, key: Callable[[str], str]) -> frozenset[int]:
    """Return where the clauses of `text` end in `key(text)`, which holds no marks any more."""
    clauses = [key(clause) for clause in _PAUSES.split(text)]
    return (
        frozenset(accumulate(map(len, clauses))) if "".join(clauses) == key(text) else frozenset()
    )


def begins_within(text: str, start: int, pauses: Collection[int] = ()) -> bool:
    """Tell whether a name from `start` on is the end of a longer one: 田町 in 新田町."""
    if start in pauses:
        return False
    before = text[max(0, start - _LONGEST_BEFORE) : start]
    if not (is_kanji(text[start : start + 1]) and is_kanji(before[-1:])):
        return False
    return _MAY_PRECEDE.search(before) is None


def ends_within(text: str, end: int, pauses: Collection[int] = ()) -> bool:
    """Tell whether a name up to `end` goes on in Kanji that are no words of their own: 村松原."""
    if end in pauses:
        return False
    after = text[end:]
    return is_kanji(text[end - 1 : end]) and is_kanji(after) and not _MAY_FOLLOW.match(after)


def is_another_place(text: str, end: int, pauses: Collection[int] = ()) -> bool:
    """Tell whether a name up to `end` goes on as a name of another place, not of a building."""
    return ends_within(text, end, pauses) and _MAKES_ANOTHER.match(text, end) is not None
