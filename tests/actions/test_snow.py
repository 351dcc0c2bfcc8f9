"""Reports of snow in the talk: any order, corrected, interrupted, joined, filed once."""

from collections.abc import AsyncIterator

import pytest

from actions.base import ActionContext
from actions.snow.actions import actions as snow_actions
from actions.snow.base import FORM, PENDING
from actions.talking.actions import actions as talking_actions
from kit.db import Database
from kit.settings import Settings
from messages.neutral import Cards
from services.facilities.api import router as facilities_router
from services.facilities.importer import import_city
from services.facilities.service import FacilitiesService
from services.snow import ground_repository, plough_repository
from services.snow.passages import Passage
from services.snow.slipperiness import Outlook
from tests.actions.form_talk import FormTalk
from tests.actions.rules import rules
from tests.services.snow.test_service import picture
from tests.services.snow.world import HANAKO, STATION, TARO, World

RULES = rules("snow") | {"cancel": "action_leave"}


class Talk(FormTalk):
    """A conversation about snow."""

    def __init__(self, context: ActionContext, citizen: str = HANAKO) -> None:
        made = [*snow_actions(context), *talking_actions(context)]
        super().__init__(made, RULES, FORM, citizen)


@pytest.fixture
async def world(database: Database, settings: Settings) -> AsyncIterator[World]:
    world = World(database, settings)
    report = await import_city(database, settings.city_dir, lambda: world.now)
    report.raise_if_bad()
    world.app.include_router(facilities_router)
    service = FacilitiesService(database, lambda: world.now, settings)
    world.app.state.container.put(FacilitiesService, service)
    yield world
    await world.http.aclose()


@pytest.fixture
def context(world: World) -> ActionContext:
    return ActionContext(world.http, lambda: world.now, world.settings)


@pytest.fixture
def talk(context: ActionContext) -> Talk:
    return Talk(context)


async def test_a_sentence_fills_kind_and_place_and_three_taps_file_it(talk: Talk) -> None:
    said = await talk.hear("駅前の歩道がつるつるで歩けない")
    assert "写真があれば" in said
    said = await talk.tap("写真なしで進む")
    assert said == (
        "この内容で知らせます。よろしいですか？\n"
        "種類：凍結・つるつる\n場所：会津若松駅\n程度：歩けない\n写真：なし"
    )
    said = await talk.tap("知らせる")
    assert said.startswith("受け付けました。受付番号は S-1 です。\n道路課が確認し、")
    assert not talk.open


async def test_help_in_danger_comes_before_the_first_question(talk: Talk) -> None:
    said = await talk.hear("/report_snow_road")
    assert said.splitlines()[0].endswith("先に119へ電話してください。")
    assert "119 火事・救急" in talk.labels
    await talk.tap("凍結・つるつる")
    assert "119" not in talk.words


async def test_who_sits_in_a_car_in_the_snow_reads_of_119_first(talk: Talk) -> None:
    said = await talk.hear("雪で車の中から動けません")
    assert "119" in said.splitlines()[0]


async def test_any_order_with_a_pin_a_photo_and_words(talk: Talk, world: World) -> None:
    world.photos["line-3"] = picture()
    await talk.hear("/report_snow_road")
    assert "どんな様子ですか" in await talk.pin(*STATION)
    assert "どんな様子ですか" in await talk.photo()
    said = await talk.hear("わだちが深くて車が通れない", "nlu_fallback")
    assert "種類：わだち・圧雪" in said
    assert "（地図の場所）" in said
    assert "程度：車が通れない" in said
    assert "写真：1枚" in said
    assert "S-1" in await talk.hear("はい", "affirm")
    await world.take_photos_in()
    assert world.told == []


async def test_a_second_citizen_joins_instead_of_filing_again(
    talk: Talk, context: ActionContext, world: World
) -> None:
    await talk.hear("駅前の歩道がつるつるで歩けない")
    await talk.tap("写真なしで進む")
    await talk.tap("知らせる")
    other = Talk(context, TARO)
    await other.hear("道が凍っています")
    said = await other.pin(STATION[0] + 0.0001, STATION[1])
    assert said == "近くに、同じ種類の報告があります。これと同じですか？"
    [cards] = [a for a in other.answers if isinstance(a, Cards)]
    assert cards.cards[0].title == "S-1 凍結・つるつる"
    assert "報告 S-1 に加わりました（2人が報告）。" in await other.tap("同じ場所です")
    assert not other.open


async def test_the_same_place_can_be_said_in_words_and_another_goes_on(
    talk: Talk, context: ActionContext, world: World
) -> None:
    await world.file(citizen="ctz_3")
    await talk.hear("駅前がつるつる")
    assert "写真があれば" in await talk.hear("別の場所です", "deny")
    other = Talk(context, TARO)
    await other.hear("駅前がつるつる")
    assert "加わりました" in await other.hear("同じです", "affirm")


async def test_a_double_tap_files_one_and_says_its_number(talk: Talk, world: World) -> None:
    await talk.hear("駅前の歩道がつるつるで歩けない")
    await talk.tap("写真なしで進む")
    [choice] = [c for c in talk.choices if c.label == "知らせる"]
    await talk.press(choice.payload)
    said = await talk.press(choice.payload)
    assert said.startswith("この報告は、もう受け付けています。受付番号は S-1 です。")
    assert await world.offered() == ["S-1"]


async def test_a_place_far_outside_the_city_is_said_kindly_and_asked_again(talk: Talk) -> None:
    await talk.hear("道がつるつる")
    said = await talk.pin(35.68, 139.76)
    assert said.startswith("市の外の場所のようです。")
    assert "場所はどこですか" in said
    assert "写真があれば" in await talk.pin(*STATION)


async def test_an_unknown_name_is_said_back(talk: Talk) -> None:
    await talk.hear("道がつるつる")
    assert "喜多方市" in await talk.hear("喜多方市です", "nlu_fallback") or "市の外" in talk.words


async def test_a_town_alone_is_asked_about_and_may_be_enough(talk: Talk) -> None:
    said = await talk.hear("大町1丁目の道が凍っています")
    assert "「大町1丁目」のどのあたりですか？" in said
    assert "写真があれば" in await talk.tap("この町名だけで知らせる")


async def test_corrections_are_taken_and_the_summary_says_them(talk: Talk) -> None:
    await talk.hear("駅前の歩道がつるつるで歩けない")
    await talk.tap("写真なしで進む")
    assert "種類：わだち・圧雪" in await talk.hear("つるつるじゃなくてわだちです", "deny")
    assert "場所：鶴ヶ城" in await talk.hear("場所は鶴ヶ城の前でした", "nlu_fallback")
    assert "どこを直しますか" in await talk.tap("直す")
    await talk.tap("程度")
    assert "程度：注意がいる" in await talk.tap("注意がいる")


async def test_another_matter_interrupts_and_the_report_is_gone_on_with(talk: Talk) -> None:
    await talk.hear("駅前の歩道がつるつるで歩けない")
    said = await talk.hear("明日は何のごみ", "ask_waste_day")
    assert said == ""
    said = await talk.hear("/report_snow_road")
    assert said == "途中の報告があります（凍結・つるつる・会津若松駅）。続けますか？"
    assert "写真があれば" in await talk.tap("続ける")


async def test_what_answers_is_taken_after_other_matters_and_nothing_else_is(talk: Talk) -> None:
    await talk.hear("道がつるつる")
    for aside, intent in (
        ("図書館は何時まで？", "ask_facility"),
        ("鶴ヶ城は何時まで開いてますか", "ask_facility"),
        ("はい", "affirm"),
    ):
        assert await talk.hear(aside, intent) == ""
    assert "写真があれば" in await talk.hear("鶴ヶ城の前です", "nlu_fallback")
    for _ in range(4):
        await talk.hear("明日は何のごみ", "ask_waste_day")
    assert not talk.open
    assert "途中の報告があります（凍結・つるつる・鶴ヶ城）" in await talk.hear("/report_snow_road")


async def test_questions_about_our_own_questions_are_answered(talk: Talk) -> None:
    await talk.hear("道がつるつる")
    said = await talk.hear("写真って必要なんですか？", "ask_faq")
    assert said.startswith("写真は、なくてもかまいません。")
    assert "場所はどこですか" in said
    said = await talk.hear("場所は番地まで必要ですか", "ask_faq")
    assert said.startswith("だいたいの場所でかまいません。")
    await talk.hear("鶴ヶ城")
    assert "なくてもかまいません" in await talk.hear("写真ないとだめですか", "ask_faq")


async def test_words_that_sound_like_leaving_are_answers(talk: Talk) -> None:
    await talk.hear("駅前の歩道がつるつるで歩けない")
    talk_open = await talk.hear("なしで", "start_over")
    assert "写真：なし" in talk_open
    assert "どこを直しますか" in await talk.hear("直す", "start_over")
    assert "場所はどこですか" in await talk.hear("場所", "ask_facility")
    assert "場所：鶴ヶ城" in await talk.hear("鶴ヶ城", "nlu_fallback")
    assert "S-1" in await talk.hear("んだ", "nlu_fallback")


async def test_one_sentence_can_say_that_there_is_no_photo(talk: Talk) -> None:
    said = await talk.hear("鶴ヶ城の前が凍ってて歩けねぇ、写真はねえよ")
    assert "程度：歩けない\n写真：なし" in said


async def test_what_is_told_for_somebody_to_act_is_a_report_whatever_it_sounds_like(
    talk: Talk,
) -> None:
    polite = "神明通りの歩道が凍結しておりました。ご対応いただけますと幸いです"
    assert "写真があれば" in await talk.hear(polite, "ask_slippery_road")
    await talk.hear("やめます", "cancel")
    said = await talk.hear("報告したいことがあるんだけど、雪で", "ask_report_status")
    assert "どんな様子ですか" in said


async def test_ice_is_told_along_a_way_from_where_somebody_starts(talk: Talk, world: World) -> None:
    asked = "会津若松駅から鶴ヶ城までの道は滑りますか"
    assert "道なりに調べました" in await talk.hear(asked, "ask_slippery_road")
    assert "途中に、凍結の報告はありません。" in talk.words
    said = await talk.hear("鶴ヶ城までの道は凍ってますか", "ask_slippery_road")
    assert said.startswith("鶴ヶ城まで、どこから行きますか？")
    await world.file(at=STATION)
    said = await talk.pin(*STATION)
    assert "途中に、凍結の報告が1件あります。" in said


async def test_who_spread_sand_says_so_once(talk: Talk, world: World) -> None:
    await world.file()
    await talk.hear("知らせた件はどうなった", "ask_report_status")
    for _ in range(2):
        said = await talk.tap("砂をまきました")
        assert "砂まきの記録：1月15日(金) 7時" in said
    async with world.database.transaction() as session:
        assert len(await ground_repository.sandings(session, 1)) == 1


async def test_a_question_about_ploughs_interrupts_and_the_report_is_kept(talk: Talk) -> None:
    await talk.hear("道がつるつる")
    assert "どのあたりの道の除雪ですか" in await talk.hear(
        "除雪車はいつ来ますか", "ask_plow_status"
    )
    await talk.pin(*STATION)
    assert "除雪" in talk.words
    assert "途中の報告があります（凍結・つるつる）" in await talk.hear("/report_snow_road")
    assert "場所はどこですか" in await talk.tap("続ける")


async def test_leaving_says_that_nothing_was_reported(talk: Talk, world: World) -> None:
    await talk.hear("駅前の歩道がつるつるで歩けない")
    said = await talk.hear("やめます", "cancel")
    assert "まだ知らせていません" in said
    assert talk.slots[PENDING] is None
    assert await world.offered() == []
    assert "どんな様子ですか" in await talk.hear("/report_snow_road")


async def test_what_is_not_understood_is_asked_twice_more_and_then_left_kindly(
    talk: Talk,
) -> None:
    await talk.hear("道がつるつる")
    for _ in range(2):
        assert "場所を読みとれませんでした" in await talk.hear("ほげほげ", "nlu_fallback")
    assert "申し訳ありません" in await talk.hear("ほげほげ", "nlu_fallback")
    assert "場所はどこですか" in await talk.tap("続ける")


async def test_a_matter_of_the_city_s_own_file_is_reported_the_same_way(talk: Talk) -> None:
    await talk.hear("鶴ヶ城の前の道に穴があいています")
    await talk.tap("写真なしで進む")
    assert "種類：道路の穴" in await talk.tap("注意がいる")


async def test_the_latest_report_is_told_and_taken_back(talk: Talk, world: World) -> None:
    assert "ありません" in await talk.hear("知らせた件は", "ask_report_status")
    await world.file()
    said = await talk.hear("知らせた件はどうなった", "ask_report_status")
    assert "報告 S-1（凍結・つるつる・" in said
    assert "いまの状態：【受付】（1月15日(金) 7時）" in said
    assert "取下げ" in await talk.tap("取り下げる")


async def test_a_report_is_told_by_number_and_an_unknown_number_is_said(
    talk: Talk, world: World
) -> None:
    await world.file(citizen=TARO)
    assert "【受付】" in await talk.hear("受付番号はS-1です", "ask_report_status")
    assert "取り下げる" not in talk.labels
    assert "S-77 という番号" in await talk.hear("番号77番はどうなった", "ask_report_status")


async def test_ploughs_are_told_as_facts_and_the_unknown_as_unknown(
    talk: Talk, world: World
) -> None:
    assert "どのあたりの道の除雪ですか" in await talk.hear("除雪車いつ来る？", "ask_plow_status")
    road = world.service.roads.roads[0]
    at = road.line[1]
    said = await talk.pin(at.lat, at.lon)
    assert "記録は、ありません" in said
    assert "いまどこにいるかは、わかりません" in said
    passed = Passage(str(road.section), "p1", world.now, world.now)
    async with world.database.transaction() as session:
        await plough_repository.add_passages(session, [passed])
    world.later(hours=2)
    await talk.hear("除雪車いつ来る？", "ask_plow_status")
    said = await talk.pin(at.lat, at.lon)
    assert "最後に通ったのは、1月15日(金) 7時です。" in said
    assert "次に通る時刻は、決まっていません" in said
    far = await talk.hear("湊町の除雪は", "ask_plow_status")
    assert "とっていません" in far or "どのあたり" in far


async def test_slippery_roads_are_told_from_what_is_there(talk: Talk, world: World) -> None:
    said = await talk.hear("滑りやすい道はどこ", "ask_slippery_road")
    assert "路面の見込みは、まだ届いていません。" in said
    assert "滑らないとは限りません" in said
    await world.file()
    outlook = Outlook(-5.0, 1.0, 20.0, 0.0, 0.0)
    values = {"at": world.now, "who": "stf_1", **vars(outlook)}
    async with world.database.transaction() as session:
        await plough_repository.add_outlook(session, values)
    said = await talk.hear("駅前は滑る？", "ask_slippery_road")
    assert "【非常に滑りやすい】日中にとけた雪や雨が" in said
    assert "会津若松駅の近くで、凍結の報告が1件あります。" in said
