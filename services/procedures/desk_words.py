"""How the desk's pages speak of a text: its parts by their names, and what is wrong with it.

The checker speaks to whoever reads its report in a terminal; officers read the same in Japanese.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kit.tables import Problem

PARTS = {"facts": "質問", "procedures": "手続き", "examples": "確認用の例"}
NAMES = {"facts": "name", "procedures": "key", "examples": "name"}
"""What tells the entries of a part apart."""
_TITLES = {"facts": "label", "procedures": "title", "examples": "name"}

FIELDS = {
    "title": "題名",
    "reviewed_on": "内容を確かめた日",
    "demonstration": "デモ用の内容",
    "tone": "話し方",
    "opening": "はじめの言葉",
    "form": "用紙",
    "name": "名前",
    "kind": "答えの形",
    "question": "質問文",
    "label": "見出し",
    "called": "ほかの呼び方",
    "when": "条件",
    "options": "選択肢",
    "least": "最小",
    "most": "最大",
    "earliest": "いちばん早い日",
    "latest": "いちばん遅い日",
    "key": "記号",
    "desk": "窓口",
    "for_whom": "どなたの",
    "deadline": "期限",
    "soon": "早めに",
    "usual": "たいていの方",
    "missed": "遅れると",
    "after": "先にすること",
    "bring": "持ち物",
    "fee": "費用",
    "elsewhere": "ほかの方法",
    "basis": "根拠",
    "note": "補足",
    "today": "例の日付",
    "facts": "例の答え",
    "list": "正しい一覧",
    "due": "正しい期限",
}

_REASONS = (
    (r"“(.+)” stands twice", r"「\1」が二つあります。"),
    (
        r"“(.+)” is asked for, and nothing hangs on it",
        r"「\1」をたずねていますが、使う条件がありません。",
    ),
    (
        r"no example lists “(.+)”",
        r"「\1」が一覧に出る確認用の例がありません。例を一つ足してください。",
    ),
    (r"there is no desk “(.+)” in desks\.toml", r"「\1」という窓口は登録されていません。"),
    (r"there is no “(.+)” in items\.toml", r"「\1」という持ち物は登録されていません。"),
    (r"there is no procedure “(.+)”", r"「\1」という手続きはありません。"),
    (r"“(.+)” is no date that is asked for", r"期限の起点の「\1」は、日付の質問ではありません。"),
    (r"“(.+)” is not asked for before", r"「\1」は、ここより前でたずねていません。"),
    (
        r"“(.+)” is of the kind (\w+), and used otherwise",
        r"「\1」の答えの形は \2 なので、この書き方では使えません。",
    ),
    (r"“(.+)” has no option “(.+)”", r"「\1」に「\2」という選択肢はありません。"),
    (r"“(.+)” waits for itself", r"「先にすること」をたどると「\1」自身に戻ります。"),
    (
        r"“(.+)”: the list also has \[(.*)\] and lacks \[(.*)\]",
        r"例「\1」の一覧が合いません。余分に出る：\2／出ない：\3",
    ),
    (r"“(.+)”: the order of the list is \[(.*)\]", r"例「\1」の一覧の順が合いません。いまの順：\2"),
    (r"“(.+)”: “(.+)” is due on (.+)", r"例「\1」の「\2」の期限が合いません。いまの期限：\3"),
    (r"“.+” asks nothing of the name “(.+)”", r"「\1」という質問はありません。"),
    (r"“(.+)” is yes or no", r"「\1」は true（はい）か false（いいえ）で書きます。"),
    (r"“(.+)” is a list of options", r"「\1」は選択肢を [ ] に並べて書きます。"),
    (r"“(.+)” is a whole number", r"「\1」は整数で書きます。"),
    (r"“(.+)” lies between (\S+) and (\S+)", r"「\1」は \2 から \3 までです。"),
    (r"“(.+)” is a day such as .+", r"「\1」は 2026-11-30 のような日付で書きます。"),
    (r"“(.+)” is a list of at most (\d+) ages", r"「\1」は年齢を [ ] に並べて、\2人まで書きます。"),
    (r"“(.*)”: “(.*)” cannot be read", r"条件「\1」の「\2」のところを読み取れません。"),
    (
        r"“(.*)”: .+ was expected where (.+) stands",
        r"条件「\1」の \2 のところで、書き方が合いません。",
    ),
    (r"a condition stands in quotation marks", '条件は引用符 " " で囲んで書きます。'),
    (
        r"options belong to a choice or to several.*",
        "選択肢は、choice と several の質問に必ず書き、ほかの質問には書きません。",
    ),
    (r"two options have one value", "同じ記号の選択肢が二つあります。"),
    (r"a deadline counts days, months or years.*", "期限は、日・月・年のどれか一つで数えます。"),
    (r"Field required", "書かれていません。必ず要る項目です。"),
    (r"Extra inputs are not permitted", "この項目名は使えません。つづりを確かめてください。"),
    (
        r"String should match pattern .*",
        "英小文字・数字・「_」だけで、英小文字から始めてください。",
    ),
    (r"(?:String|Tuple) should have at least (\d+) .*", r"空にはできません（\1以上）。"),
    (r"String should have at most (\d+) .*", r"\1文字までです。"),
    (r"Input should be greater than or equal to (\S+)", r"\1以上の数にしてください。"),
    (
        r"Input should be (?:'.+')",
        "使える値ではありません。docs/procedures.md の値から選んでください。",
    ),
    (
        r"(?:Input should be a valid date|Datetimes provided to dates).*",
        "2026-11-30 のような日付にしてください。",
    ),
    (r"Input should be a valid integer.*", "整数にしてください。"),
    (r"Input should be a valid boolean.*", "true か false にしてください。"),
    (r"Input should be a valid URL.*", "https:// で始まるアドレスにしてください。"),
    (r"Input should be a valid string.*", '引用符 " " で囲んだ言葉にしてください。'),
    (r"Input should be a valid .*", "値の形が合いません。"),
    (r"the text has more than (\d+) letters", r"長すぎます。\1文字までにしてください。"),
    (
        r".*\(at (?:line \d+, column (\d+)|end of document)\)",
        "TOMLの書き方が合いません。引用符や括弧が閉じているか確かめてください。",
    ),
)
_COMPILED = tuple((re.compile(pattern, re.DOTALL), words) for pattern, words in _REASONS)

_KEY = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a text, as officers read it."""

    line: int
    """From 1; 0 where no line can be named."""
    where: str
    words: str
    excerpt: str
    """The line itself."""


def faults(text: str, problems: Sequence[Problem]) -> tuple[Fault, ...]:
    """Return what is wrong with a text, from its first line to its last."""
    lines, content = text.splitlines(), content_of(text)
    return tuple(
        Fault(
            line=one.line,
            where=_where(content, one.column),
            words=_with_titles(content, one.column, reason_words(one.reason)),
            excerpt=lines[one.line - 1].strip() if 0 < one.line <= len(lines) else "",
        )
        for one in sorted(problems, key=lambda one: one.line)
    )


def _with_titles(content: dict[str, Any], column: str, words: str) -> str:
    """Name the procedures that an example lists wrongly: `転入届（transfer_in）`."""
    if not column.startswith("examples."):
        return words
    titles = {
        str(one.get("key")): f"{one.get('title')}（{one.get('key')}）"
        for one in entries(content, "procedures")
    }
    return _KEY.sub(lambda found: titles.get(found[0], found[0]), words)


def reason_words(reason: str) -> str:
    """Return a reason of the checker in Japanese; an unknown one as it is."""
    plain = reason.removeprefix("Value error, ").strip()
    for pattern, words in _COMPILED:
        found = pattern.fullmatch(plain)
        if found is not None:
            return found.expand(words).replace("'", "")
    return f"読み取れません（{plain}）"


def content_of(text: str) -> dict[str, Any]:
    """Return what a text says; nothing where it is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}


def entries(content: Mapping[str, Any], part: str) -> list[dict[str, Any]]:
    """Return the entries of a part, whatever else stands in its place."""
    found = content.get(part)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def entry_title(part: str, entry: Any) -> str:
    """Return what an entry of a part is called: `手続き「転入届」`."""
    said = entry.get(_TITLES[part]) or entry.get(NAMES[part]) if isinstance(entry, dict) else ""
    return f"{PARTS[part]}「{said}」" if said else PARTS[part]


def _where(content: dict[str, Any], column: str) -> str:
    """Return the place `procedures.3.when` in words: `手続き「児童手当の申請」の条件`."""
    part, _, rest = column.partition(".")
    number, _, field = rest.partition(".")
    name = FIELDS.get(field.partition(".")[0], field)
    if part not in PARTS or not number.isdecimal():
        return FIELDS.get(part, part)
    of_part = entries(content, part)
    entry = of_part[int(number)] if int(number) < len(of_part) else {}
    return f"{entry_title(part, entry)}の{name}" if name else entry_title(part, entry)
