"""What residents tell at once of themselves, in sentences of many voices."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from actions.procedures.facts import (
    Direction,
    Handbook,
    Happening,
    Housing,
    Insurance,
    NumberCard,
    Pension,
    Pet,
    Relation,
    Vehicle,
    Work,
)
from actions.procedures.facts_parsing import Told, told
from actions.procedures.places_parsing import Here
from tests.actions.told_examples import TODAY

HERE = Here(("会津若松", "若松"))


def read(text: str) -> Told:
    return told(text, TODAY, HERE)


@pytest.mark.parametrize(
    ("text", "first", "last", "of"),
    [
        ("11月3日に新潟市から越してきました", "2026-11-03", "2026-11-03", Happening.moved),
        ("11月3日に夫が亡くなりました", "2026-11-03", "2026-11-03", Happening.died),
        ("十一月三日に引っ越した", "2026-11-03", "2026-11-03", Happening.moved),
        ("先月の20日に引っ越しました", "2026-10-20", "2026-10-20", Happening.moved),
        ("20日に母が死にました", "2026-11-20", "2026-11-20", Happening.died),
        ("金曜に子どもが生まれました", "2026-11-27", "2026-11-27", Happening.born),
        ("令和8年11月25日 義父死亡", "2026-11-25", "2026-11-25", Happening.died),
        ("R8.11.3に転入しました", "2026-11-03", "2026-11-03", Happening.moved),
        ("3日前に祖母が亡くなって", "2026-11-27", "2026-11-27", Happening.died),
        ("母が亡くなったのは先週の火曜です", "2026-11-24", "2026-11-24", Happening.died),
        ("10月末で会社を辞めて社保が切れました", "2026-10-31", "2026-10-31", Happening.left_work),
        ("来年3月31日で定年です", "2027-03-31", "2027-03-31", Happening.left_work),
        ("12月10日に東京へ引っ越します", "2026-12-10", "2026-12-10", Happening.moved),
        ("1月15日に婚姻届を出す予定", "2027-01-15", "2027-01-15", Happening.married),
        ("再来月出産予定です", "2027-01-01", "2027-01-31", Happening.born),
        ("来年4月上旬に転出します", "2027-04-01", "2027-04-10", Happening.moved),
        ("半年前に離婚しました", "2026-05-01", "2026-05-31", Happening.divorced),
        ("今年の夏に結婚しました", "2026-06-01", "2026-08-31", Happening.married),
        ("今月引っ越しました", "2026-11-01", "2026-11-30", Happening.moved),
        ("I moved here on November 15", "2026-11-15", "2026-11-15", Happening.moved),
        ("My grandmother died two weeks ago", "2026-11-16", "2026-11-16", Happening.died),
        ("We are moving on December 5", "2026-12-05", "2026-12-05", Happening.moved),
    ],
)
def test_a_day_lies_behind_or_ahead_as_it_is_told(
    text: str, first: str, last: str, of: Happening
) -> None:
    [day] = read(text).dates
    assert (str(day.first), str(day.last), day.of) == (first, last, of)
    assert day.words in text


def test_of_two_days_each_has_its_own_happening() -> None:
    died, buried = read("祖父が11月20日に亡くなり、来月5日に引っ越します").dates
    assert (died.first, died.of) == (date(2026, 11, 20), Happening.died)
    assert (buried.first, buried.of) == (date(2026, 12, 5), Happening.moved)


@pytest.mark.parametrize(
    ("text", "count", "ages", "expected"),
    [
        ("妻と、小3の長男、年中の娘がいます", 2, ["小3", "年中"], False),
        ("子ども2人（中1と小4）です", 2, ["中1", "小4"], False),
        ("子どもはいません", 0, [], False),
        ("子供はまだいない", 0, [], False),
        ("こどもが ひとり います。3さいです", 1, ["3さい"], False),
        ("妊娠5か月です。上の子が2歳", 1, ["2歳"], True),
        ("三人目を妊娠しました", 2, [], True),
        ("子ども3人、一番下は生後4か月です", 3, ["生後4か月"], False),
        ("8歳と5歳の子がいます", 2, ["8歳", "5歳"], False),
        ("双子が生まれました", 2, [], False),
        ("小学生が2人と中学生が1人います", 3, [], False),
        ("嫁と子供がいる", None, [], False),
        ("with my wife and two kids (5 and 8)", 2, ["5", "8"], False),
    ],
)
def test_children_are_counted_as_far_as_they_are_told(
    text: str, count: int | None, ages: list[str], expected: bool
) -> None:
    children = read(text).children
    assert children is not None
    assert (children.count, [age.words for age in children.ages]) == (count, ages)
    assert children.expected is expected


@pytest.mark.parametrize(
    "text",
    ["母86歳が要介護2です", "猫15歳がいます", "埼玉の息子のところに移ります", "引っ越しました"],
)
def test_who_is_no_child_at_home_is_not_counted(text: str) -> None:
    children = read(text).children
    assert children is None or (children.count is None and not children.ages)


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("小3の子", 8, 9),
        ("小学2年生の娘", 7, 8),
        ("中1の息子", 12, 13),
        ("高2です", 16, 17),
        ("年長の子", 5, 6),
        ("生後3か月の赤ちゃん", 0, 0),
        ("１歳の子", 1, 1),
        ("七十二歳の父", 72, 72),
        ("80代の母", 80, 89),
        ("父（82）が亡くなりました", 82, 82),
        ("母ちゃん76で耳が遠い", 76, 76),
    ],
)
def test_an_age_is_read_in_every_form(text: str, least: int, most: int) -> None:
    [age] = read(text).ages
    assert (age.least, age.most) == (least, most)


def test_somebody_is_known_with_their_age_and_what_happened_to_them() -> None:
    [husband] = read("先月夫（72）が亡くなりました").people
    assert (husband.relation, husband.words, husband.concerned) == (Relation.husband, "夫", True)
    assert husband.age is not None
    assert husband.age.least == 72


@pytest.mark.parametrize(
    ("text", "relations"),
    [
        ("夫の母が認知症です", [Relation.mother_in_law]),
        ("祖母と叔父がいます", [Relation.grandmother, Relation.uncle]),
        ("ばっぱが亡ぐなった", [Relation.grandmother]),
        ("ちちが しにました", [Relation.father]),
        ("母子手帳をもらいたい", []),
        ("大丈夫です、親切にどうも", []),
        ("妻と両親と暮らしています", [Relation.wife, Relation.parent]),
        ("兄弟はいません", []),
        ("元夫と別れました", [Relation.former_husband]),
    ],
)
def test_people_are_named_by_what_they_are_to_the_writer(
    text: str, relations: list[Relation]
) -> None:
    assert [person.relation for person in read(text).people] == relations


@pytest.mark.parametrize(
    ("text", "direction", "origin", "goal"),
    [
        ("来月、郡山から会津若松に引っ越します", Direction.into, "郡山", ""),
        ("横浜市から夫の実家に引っ越してきました", Direction.into, "横浜市", ""),
        (
            "とうきょうから きました。ひっこしの てつづきを おしえて",
            Direction.into,
            "とうきょう",
            "",
        ),
        ("ベトナムから来ました。会津若松に住みます", Direction.into, "ベトナム", ""),
        ("会津若松市からさいたま市に引っ越します", Direction.out, "", "さいたま市"),
        ("大阪さ引っ越すごどになった", Direction.out, "", "大阪"),
        ("3月末に仙台へ転勤になりました", Direction.out, "", "仙台"),
        ("来年カナダに移住します", Direction.abroad, "", "カナダ"),
        (
            "市内のアパートから市内の一戸建てに引っ越します",
            Direction.within,
            "市内のアパート",
            "市内の一戸建て",
        ),
        ("引っ越しました", None, "", ""),
        ("子供が小学校に入る前に引っ越します", None, "", ""),
        ("I moved here from Tokyo with my dog", Direction.into, "Tokyo", ""),
        ("My son and I are moving to Koriyama", Direction.out, "", "Koriyama"),
    ],
)
def test_where_somebody_moves_is_read(
    text: str, direction: Direction | None, origin: str, goal: str
) -> None:
    found = read(text)
    assert (found.direction, found.place_from, found.place_to) == (direction, origin, goal)


def test_places_of_the_city_tell_a_move_within_it() -> None:
    known = Here(("会津若松",), ("門田", "一箕町"))
    assert told("門田から一箕町に引っ越しました", TODAY, known).direction is Direction.within
    assert told("門田から一箕町に引っ越しました", TODAY, HERE).direction is not Direction.within


def test_a_neighbour_whose_name_begins_like_ours_is_not_ours() -> None:
    found = read("会津美里町に家を建てたので引っ越します")
    assert (found.direction, found.place_to) == (Direction.out, "会津美里町")


@pytest.mark.parametrize(
    ("text", "fact", "kinds"),
    [
        ("犬も猫も飼っていません", "pets", [Pet.none]),
        ("柴犬1匹と猫がいます", "pets", [Pet.dog, Pet.cat]),
        ("ペットなし", "pets", [Pet.none]),
        ("盲導犬について知りたい", "pets", []),
        ("犬が死にました", "pets", []),
        ("車は2台あります", "vehicles", [Vehicle.car]),
        ("軽トラと原付があります", "vehicles", [Vehicle.car, Vehicle.moped]),
        ("車は持っていません", "vehicles", [Vehicle.none]),
        ("車で来ました。電車と自転車で通勤しています", "vehicles", []),
        ("車いすを使っています", "vehicles", []),
    ],
)
def test_animals_and_vehicles_are_there_or_denied(text: str, fact: str, kinds: list[Any]) -> None:
    assert [one.kind for one in getattr(read(text), fact)] == kinds


@pytest.mark.parametrize(
    ("text", "fact", "kind"),
    [
        ("国保じゃなくて社保です", "insurance", Insurance.employee),
        ("夫の扶養に入ってます", "insurance", Insurance.dependent),
        ("後期高齢者です", "insurance", Insurance.late_elderly),
        ("任意継続にするか迷ってます", "insurance", None),
        ("保険証をなくしました", "insurance", None),
        ("年金をもらっていました", "pension", Pension.receiving),
        ("国民年金です", "pension", Pension.national),
        ("会社員です", "work", Work.employee),
        ("会社員でしたが先月辞めました。仕事を辞めたのは病気のためです", "work", Work.left),
        ("アパートに住んでいます", "work", None),
        ("パートです", "work", Work.part_time),
        ("働いていません", "work", Work.none),
        ("療育手帳を持っています", "handbook", Handbook.intellectual),
        ("障害者手帳はありません", "handbook", Handbook.none),
        ("母子手帳がほしい", "handbook", None),
        ("市営住宅に住んでます", "housing", Housing.public),
        ("持ち家です", "housing", Housing.own),
        ("マイナンバーカードは持ってます", "number_card", NumberCard.has),
        ("マイナンバーカードをなくした", "number_card", NumberCard.lost),
        ("マイナンバーカードは作ってません", "number_card", NumberCard.none),
    ],
)
def test_how_somebody_lives_is_read_or_absent(text: str, fact: str, kind: Any) -> None:
    found = getattr(read(text), fact)
    assert (found and found.kind) is kind


def test_what_is_only_wished_for_says_so() -> None:
    wished, had = read("国保に入りたいです").insurance, read("国保です").insurance
    assert wished is not None
    assert had is not None
    assert (wished.wished, had.wished) == (True, False)


def test_level_of_care_living_alone_and_nationality_are_read() -> None:
    found = read("要介護３の母が一人暮らしです。私はフィリピン人です")
    assert (found.care_level, found.alone, found.nationality) == (
        "要介護3",
        True,
        "フィリピン人",
    )
    assert read("家族と住んでいます").alone is False


@pytest.mark.parametrize("text", ["", "。", "　", "ごみの日はいつ", "😀", "ｱ", "１２３４" * 50])
def test_a_sentence_that_tells_nothing_is_empty(text: str) -> None:
    assert read(text) == Told()


def test_the_words_of_every_fact_stand_as_they_were_written() -> None:
    text = "ﾊﾟｰﾄです。１０月３１日に引っ越しました、犬と車あり、母ちゃん８０歳"
    found = read(text)
    words = [one.words for one in (*found.dates, *found.ages, *found.people, *found.works)]
    assert words
    assert all(word in text for word in words)


def test_no_example_stands_in_the_measuring_file() -> None:
    folder = Path(__file__).parents[1]
    file = folder / "services" / "procedures" / "first_sentences.jsonl"
    written = [json.loads(line)["text"] for line in file.read_text("utf-8").splitlines()]
    for tests in ("test_facts_told.py", "test_life_events.py", "test_replies.py"):
        examples = (folder / "actions" / tests).read_text("utf-8")
        assert not [text for text in written if text.strip() in examples], tests
