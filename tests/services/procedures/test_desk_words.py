"""How the desk speaks of texts: every reason in Japanese, conditions in words, what changed."""

import re
import tomllib
from contextlib import suppress
from datetime import date
from functools import cache
from random import Random

import pytest

from kit.tables import ImportReport
from services.procedures.changing import NotSoSimpleError, with_values
from services.procedures.comparing import changes, line_changes
from services.procedures.condition_words import condition_words
from services.procedures.conditions import read_condition
from services.procedures.desk_view import short_form
from services.procedures.desk_words import faults, reason_words
from services.procedures.events import Guidebook
from services.procedures.reading import parse_event
from tests.services.procedures.test_events import EVENTS, FOLDER, city

DAY = date(2026, 12, 1)


@cache
def text_of(key: str) -> str:
    return (FOLDER / f"{key}.toml").read_text("utf-8")


def book() -> Guidebook:
    return city()[0]


WRONG = [
    ('title = "市外から引っ越してきたとき"', ""),
    ('title = "市外から引っ越してきたとき"', 'title = "'),
    ('title = "市外から引っ越してきたとき"', 'title = ""'),
    ('title = "市外から引っ越してきたとき"', "title = 3"),
    ('title = "市外から引っ越してきたとき"', f'title = "{"長" * 400}"'),
    ('tone = "plain"', 'tone = "merry"'),
    ("reviewed_on = 2026-11-30", 'reviewed_on = "soon"'),
    ("demonstration = true", 'demonstration = "perhaps"'),
    ('name = "moved_on"', 'name = "Moved On"'),
    ('name = "moved_on"', 'name = "children"'),
    ('kind = "date"', 'kind = "day"'),
    ('kind = "date"', 'kind = "choice"'),
    ("earliest = -730", "earliest = 1.5"),
    ('when = "true"', 'when = "nobody_asked"'),
    ('when = "true"', 'when = "children"'),
    ('when = "true"', "when = \"insurance == 'gold'\""),
    ('when = "true"', 'when = "moved_on =="'),
    ('when = "true"', 'when = "moved_on ? 3"'),
    ('when = "true"', "when = true"),
    ('when = "true"', 'when = "false"'),
    ('desk = "citizens"', 'desk = "nowhere"'),
    ('bring = ["identity"', 'bring = ["spoon", "identity"'),
    ('after = ["address_protection"', 'after = ["transfer_in"'),
    ('after = ["transfer_in"', 'after = ["no_such"'),
    ('from = "moved_on", days', 'from = "children", days'),
    ("days = 14 }", "days = 14, months = 1 }"),
    ("days = 14 }", "days = -1 }"),
    ("days = 14 }", "days = 13 }"),
    ('key = "transfer_in"', 'colour = "red"\nkey = "transfer_in"'),
    ('url = "https://myna.go.jp/"', 'url = "myna"'),
    ("moved_on = 2026-11-20", 'moved_on = "gestern"'),
    ("moved_on = 2026-11-20", "moved_on = 1999-11-20"),
    ("moved_on = 2026-11-20", "lived_on = 2026-11-20"),
    ("children = [2, 5]", "children = 7"),
    ("children = [2, 5]", "children = [2, 99]"),
    ("children = [2, 5]", 'children = ["two"]'),
    ('insurance = "work"', 'insurance = "gold"'),
    ('owned = ["', 'owned = ["cat", "'),
    ("list = [", 'list = ["sleep", '),
    ('{ value = "dependent"', '{ value = "work"'),
]


@pytest.mark.parametrize(("right", "wrong"), WRONG, ids=[wrong[:30] for _, wrong in WRONG])
def test_every_reason_is_told_in_japanese_with_its_line(right: str, wrong: str) -> None:
    text = text_of("moving_in").replace(right, wrong, 1)
    assert text != text_of("moving_in")
    report = ImportReport("procedures")
    assert parse_event("moving_in.toml", text, book(), report) is None
    found = faults(text, report.problems)
    assert found
    for one in found:
        assert one.line > 0
        assert re.search("[ぁ-ん]", one.words), one
        assert "原文" not in one.words
        assert not one.words.startswith("読み取れません（"), one
        assert not re.search("[a-z]{3,} [a-z]{2,} [a-z]{2,}", one.words), one


def test_a_reason_that_nobody_has_translated_is_shown_as_it_is() -> None:
    assert reason_words("the moon is full") == "読み取れません（the moon is full）"


def test_a_place_is_named_by_what_officers_know() -> None:
    text = text_of("moving_in").replace('when = "some(children)"', 'when = "some(cats)"', 1)
    report = ImportReport("procedures")
    parse_event("moving_in.toml", text, book(), report)
    fault = next(one for one in faults(text, report.problems) if "cats" in one.words)
    assert fault.where == "手続き「児童手当の申請」の条件"
    assert fault.excerpt == 'when = "some(cats)"'
    assert text.splitlines()[fault.line - 1] == fault.excerpt


@pytest.mark.parametrize("key", EVENTS)
def test_every_condition_of_the_city_is_said_without_signs(key: str) -> None:
    event = book().events[key]
    for one in (*event.facts, *event.procedures):
        words = condition_words(one.when, event)
        assert not re.search("[=<>']|[a-z]_", words), words


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("true", "いつでも"),
        ("insurance == 'kokuho'", "健康保険＝「国民健康保険」"),
        ("insurance != 'work'", "健康保険＝「会社などの健康保険」以外"),
        ("not 'dog' in owned", "あるもの＝「犬」ではない"),
        ("some(children)", "お子さんがいる"),
        ("not some(children, age >= 6 and age <= 15)", "お子さん（6歳以上で15歳以下）がいない"),
        ("count(children, age < 18) >= 3", "お子さん（18歳未満）が3人以上いる"),
        ("days_since(moved_on) > 14", "引っ越した日から今日まで14日を超える"),
        (
            "some(children) and (insurance == 'none' or 'car' in owned)",
            "お子さんがいる、かつ （健康保険＝「まだ決まっていない」、または "
            "あるもの＝「自動車（軽も）」）",
        ),
    ],
)
def test_a_condition_is_said_with_the_labels_of_its_questions(condition: str, words: str) -> None:
    assert condition_words(read_condition(condition), book().events["moving_in"]) == words


@pytest.mark.parametrize("key", EVENTS)
def test_the_short_form_can_change_the_procedures_of_the_city(key: str) -> None:
    text = text_of(key)
    for one in tomllib.loads(text)["procedures"][::6]:
        words = {"fee": '1"000\\円', "note": "", "title": "新しい名前"}
        changed = with_values(text, one["key"], words, None, DAY)
        after = next(p for p in tomllib.loads(changed)["procedures"] if p["key"] == one["key"])
        wanted = {**one, "fee": '1"000\\円', "title": "新しい名前"}
        wanted.pop("note", None)
        assert after == wanted
        assert tomllib.loads(changed)["reviewed_on"] == DAY


def test_the_short_form_counts_other_days_and_leaves_all_other_lines() -> None:
    text = text_of("moving_in")
    changed = with_values(text, "transfer_in", {}, 10, date(2026, 11, 30))
    lines = line_changes(text, changed)
    assert [(one.kind, one.words) for one in lines if one.kind in ("gone", "new")] == [
        ("gone", 'deadline = { from = "moved_on", days = 14 }'),
        ("new", 'deadline = { from = "moved_on", days = 10 }'),
    ]


def test_what_the_short_form_cannot_change_cleanly_it_does_not_change() -> None:
    text = text_of("moving_in")
    several = text.replace('fee = "無料"', 'fee = """\n無料\n"""', 1)
    key = next(p["key"] for p in tomllib.loads(several)["procedures"] if p.get("fee") == "無料\n")
    with pytest.raises(NotSoSimpleError):
        with_values(several, key, {"fee": "300円"}, None, DAY)


def test_changes_are_told_entry_by_entry() -> None:
    before = text_of("moving_in")
    content = tomllib.loads(before)
    first = content["procedures"][0]["title"]
    after = before.replace('fee = "無料"', 'fee = "300円"', 1).replace('tone = "plain"', "", 1)
    after = after.replace('name = "insurance"', 'name = "cover"', 1)
    told = [(one.what, one.kind, one.fields) for one in changes(before, after)]
    assert ("全体", "changed", (("話し方", "plain", ""),)) in told
    assert (f"手続き「{first}」", "changed", (("費用", "無料", "300円"),)) in told
    assert ("質問「健康保険」", "removed", ()) in told
    assert [kind for what, kind, _ in told if what == "質問「健康保険」"] == ["removed", "added"]
    assert changes(before, before) == ()
    assert changes(before, "title = ") == ()


def test_an_order_that_changed_is_told() -> None:
    parts = text_of("moving_in").split("[[procedures]]")
    parts[1], parts[2] = parts[2], parts[1]
    told = changes(text_of("moving_in"), "[[procedures]]".join(parts))
    assert [(one.what, one.kind) for one in told] == [("手続きの順番", "moved")]


def test_lines_that_are_left_out_are_marked() -> None:
    before = "\n".join(map(str, range(30)))
    after = before.replace("\n3\n", "\nthree\n").replace("\n25\n", "\n")
    found = [(one.kind, one.words) for one in line_changes(before, after)]
    assert found == [
        *(("same", "1"), ("same", "2"), ("gone", "3"), ("new", "three"), ("same", "4")),
        *(("same", "5"), ("skip", ""), ("same", "23"), ("same", "24"), ("gone", "25")),
        *(("same", "26"), ("same", "27")),
    ]
    assert line_changes(before, before) == ()


def broken(text: str, random: Random) -> str:
    """Return a text with a few lines lost, doubled, cut or filled with another value."""
    lines = text.splitlines()
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(lines))
        name = lines[at].partition("=")[0]
        lines[at : at + 1] = random.choice(
            [[], [lines[at]] * 2, [lines[at][:-3]], [f"{name}= 3"], [f"{name}= {{}}"], ["[x]"]]
        )
    return "\n".join(lines)


def test_no_text_however_broken_breaks_the_desk() -> None:
    random = Random(18)  # noqa: S311
    text = text_of("moving_in")
    refused = 0
    for _ in range(80):
        wrong = broken(text, random)
        report = ImportReport("procedures")
        refused += parse_event("moving_in.toml", wrong, book(), report) is None
        found = faults(wrong, report.problems)
        assert all(re.search("[ぁ-ん]", one.words) for one in found)
        changes(text, wrong)
        if short_form(wrong, "transfer_in", DAY) is not None:
            with suppress(NotSoSimpleError):
                with_values(wrong, "transfer_in", {"fee": "300円"}, 14, DAY)
    assert refused > 50
