"""Talks about waste that go on: districts said in passing, corrections, several things at once."""

import pytest

from tests.actions.test_waste import Talk, context, talk

__all__ = ["context", "talk"]


async def test_an_unknown_town_is_said_back_and_the_kept_district_does_not_take_its_place(
    talk: Talk,
) -> None:
    await talk.hear("ごみの日", "ask_waste_day")
    await talk.hear("城西です", "nlu_fallback")
    said = await talk.hear("月見ヶ岡町だけど明日は何のごみ", "ask_waste_day")
    assert said.startswith("「月見ヶ岡町」という地名は、市内で見つかりませんでした。")
    assert "城西" not in said


async def test_a_town_that_is_divided_is_asked_about_and_the_short_answer_understood(
    talk: Talk,
) -> None:
    said = await talk.hear("門田町飯寺です。次のプラはいつ", "ask_waste_day")
    assert "場所によって地区が分かれます" in said
    assert "門田（北部）の次の「プラ" in await talk.hear("北部のほう", "nlu_fallback")


async def test_a_district_said_in_passing_is_used_in_this_talk_and_offered_for_keeping(
    talk: Talk,
) -> None:
    assert "次からもこの地区でお答えしますか" in await talk.hear("城西は明日は", "ask_waste_day")
    assert "城西" in await talk.hear("あさっては？", "nlu_fallback")
    assert "「城西」で覚えました" in await talk.hear("覚えて", "chitchat")


async def test_somebody_elses_district_is_not_offered_for_keeping(talk: Talk) -> None:
    said = await talk.hear("母は駅前町なんですけど明日なに", "ask_waste_day")
    assert said.startswith("駅前町は「城北」の地区です。")
    assert "この地区を覚える" not in talk.labels


async def test_a_correction_names_what_was_changed(talk: Talk) -> None:
    await talk.hear("ごみの日", "ask_waste_day")
    await talk.hear("鶴城", "nlu_fallback")
    said = await talk.hear("鶴城じゃなくて謹教でした", "deny")
    assert "「鶴城」から「謹教」に直しました" in said
    assert "謹教の次の収集日" in said


async def test_who_does_not_know_the_district_may_send_a_place(talk: Talk) -> None:
    await talk.hear("ごみの日", "ask_waste_day")
    assert "町名や住所" in await talk.hear("わからない", "deny")
    assert "地図で場所を送る" in talk.labels


async def test_two_days_get_two_answers(talk: Talk) -> None:
    said = await talk.hear("城西の明日と明後日", "ask_waste_day")
    assert "11月25日(水)の城西" in said
    assert "11月26日(木)の城西" in said
    assert said.count("朝8時30分まで") == 1


async def test_today_after_the_hour_is_too_late_and_the_next_day_is_named(talk: Talk) -> None:
    said = await talk.hear("城西の今日のごみ", "ask_waste_day")
    assert "もう間に合いません" in said
    assert "次の収集\n・12月1日(火)" in said


async def test_a_day_that_does_not_exist_is_said_so(talk: Talk) -> None:
    said = await talk.hear("城西の2月30日", "ask_waste_day")
    assert said.startswith("「2月30日」という日は、ありません。")


async def test_the_last_and_the_first_collection_around_the_new_year(talk: Talk) -> None:
    said = await talk.hear("鶴城の年末最後の燃えるごみはいつ", "ask_waste_day")
    assert "鶴城の最後の「燃やせるごみ」は、12月28日(月)です。" in said
    said = await talk.hear("年始はいつから", "nlu_fallback")
    assert "1月4日(月)" in said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("行仁 2回通知して 前日20時と当日朝7時", "2回以上のお知らせはできません"),
        ("行仁の燃えるごみだけ前日20時に通知", "種類を選んだお知らせはできません"),
        ("行仁、火曜だけ前日20時に通知", "曜日を選んだお知らせはできません"),
        ("行仁、25時に通知", "その時刻はありません"),
    ],
)
async def test_what_a_reminder_cannot_do_is_said(talk: Talk, text: str, expected: str) -> None:
    assert expected in await talk.hear(text, "set_waste_reminder")


async def test_stopping_what_was_never_set_claims_nothing(talk: Talk) -> None:
    said = await talk.hear("ごみの通知を止めて", "set_waste_reminder")
    assert said.startswith("ごみの日のお知らせは、まだ設定していません。")


async def test_a_reminder_is_stopped_under_any_intent_right_after_it_was_told(talk: Talk) -> None:
    await talk.hear("城西、前日20時に通知", "set_waste_reminder")
    assert "止めました" in await talk.hear("しばらく止めて", "cancel")


async def test_several_things_get_an_answer_each(talk: Talk) -> None:
    said = await talk.hear("ヘルメットと自転車", "ask_waste_sorting")
    assert "「ヘルメット」は【燃やせないごみ】" in said
    assert "「自転車」は【粗大ごみ】" in said


async def test_another_thing_is_no_part_of_its_name(talk: Talk) -> None:
    said = await talk.hear("便座カバー", "ask_waste_sorting")
    assert "「便座カバー」は市の一覧で見つかりませんでした" in said


async def test_a_choice_and_a_condition_go_on_from_the_thing_before(talk: Talk) -> None:
    assert "どれに近いですか" in await talk.hear("猫の砂", "ask_waste_sorting")
    assert "【燃やせないごみ】" in await talk.hear("鉱物のやつ", "nlu_fallback")
    await talk.hear("詰め替え用の袋", "ask_waste_sorting")
    assert "汚れが落ちないものは燃やせるごみ" in await talk.hear("汚れてる場合は？", "nlu_fallback")


async def test_things_are_known_in_other_languages(talk: Talk) -> None:
    for text in ("broken umbrella", "雨伞怎么扔", "ô hỏng", "guarda-chuva quebrado"):
        assert "「傘」は【燃やせないごみ】" in await talk.hear(text, "ask_waste_sorting")


@pytest.mark.parametrize(
    "text", ["いくら？", "でんわできる？", "機械じゃ話にならん人間出せ", "どうして"]
)
async def test_what_is_no_place_leaves_the_question_about_the_district(
    talk: Talk, text: str
) -> None:
    await talk.hear("ごみの日", "ask_waste_day")
    assert "地区が見つかりません" not in await talk.hear(text, "nlu_fallback")
    assert not talk.asks


async def test_a_thing_asked_about_before_the_district_is_told_is_answered(talk: Talk) -> None:
    await talk.hear("ごみの日", "ask_waste_day")
    assert "粗大ごみ" in await talk.hear("布団", "nlu_fallback")


async def test_a_place_named_beside_another_matter_is_no_answer(talk: Talk) -> None:
    await talk.hear("ごみの日", "ask_waste_day")
    said = await talk.hear("検診の券はどこに届くの 引っ越して駅前町なんだけど", "nlu_fallback")
    assert "城北" not in said


async def test_the_district_that_a_town_belongs_to_is_said(talk: Talk) -> None:
    await talk.hear("ごみの日", "ask_waste_day")
    assert (await talk.hear("駅前町", "nlu_fallback")).startswith("駅前町は「城北」の地区です。")


async def test_a_place_named_earlier_under_another_matter_answers(talk: Talk) -> None:
    await talk.hear("駅前町に住んでます。除雪まだ？", "chitchat")
    said = await talk.hear("明日は何のごみ", "ask_waste_day")
    assert said.startswith("駅前町は「城北」の地区です。")


@pytest.mark.parametrize(
    "text", ["前の晩から出していい？", "夜のうちに出してもいいですか", "前日の夜に出したい"]
)
async def test_the_evening_before_needs_no_district(talk: Talk, text: str) -> None:
    assert "前の日の夜には出せません" in await talk.hear(text, "set_waste_reminder")


async def test_whether_a_thing_may_go_into_a_kind_is_a_question_about_the_thing(talk: Talk) -> None:
    said = await talk.hear("燃えるごみに妻の布団を出していいですか", "ask_waste_day")
    assert "「布団」は【粗大ごみ】です" in said


async def test_a_sentence_after_an_answer_about_a_thing_is_no_thing(talk: Talk) -> None:
    await talk.hear("布団", "ask_waste_sorting")
    assert "どれに近いですか" not in await talk.hear("父の最後の言葉は何ですか", "nlu_fallback")


async def test_bags_are_answered_after_an_answer_about_a_thing(talk: Talk) -> None:
    await talk.hear("布団", "ask_waste_sorting")
    assert "中身の見える袋" in await talk.hear("ごみのふくろ どこでかう？", "nlu_fallback")
