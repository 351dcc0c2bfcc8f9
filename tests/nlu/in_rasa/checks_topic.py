"""How a message is said whole with what was talked about, and which relation the model sees."""

import asyncio
from datetime import datetime, timedelta, timezone

import pytest
from channels.resolving import resolve, supported
from channels.talks import read_talks
from channels.topic import FOLLOW_UP, SLOT, Topic, fresh, merged, topic_of
from rasa.core.channels.channel import UserMessage

NOW = datetime(2026, 11, 30, 9, tzinfo=timezone.utc)


def area(text, name, start):
    return {"entity": "area", "value": name, "start": start, "end": start + len(name)}


def waste(**slots):
    return Topic("ask_waste_day", NOW, slots)


def check_a_new_day_keeps_the_district_and_asks_anew_what_is_collected():
    day = {"entity": "date", "value": "2026-12-10", "start": 0, "end": 5}
    topic = waste(area="謹教", waste_type="古紙類")
    whole = merged(topic, "来週の木曜は？", [day], "ask_waste_day", corrects=False)
    assert whole.slots == {"area": "謹教", "date": "12月10日"}
    assert whole.words == "謹教 来週の木曜は？"


def check_the_day_after_counts_from_the_day_that_was_told():
    whole = merged(
        waste(area="一箕", date="12月31日"), "その次の日は", [], "ask_waste_day", corrects=False
    )
    assert whole.slots["date"] == "1月1日"
    assert "1月1日" in whole.words


def check_a_correction_puts_the_right_district_in_the_place_of_the_wrong_one():
    text = "鶴城じゃなくて謹教でした"
    topic = Topic("set_waste_reminder", NOW, {"area": "鶴城", "time": "20:00"})
    found = [area(text, "鶴城", 0), area(text, "謹教", 7)]
    whole = merged(topic, text, found, "set_waste_reminder", corrects=True)
    assert whole.slots == {"area": "謹教", "time": "20:00"}
    assert "鶴城" not in whole.words
    other_way = "謹教です、鶴城じゃなくて"
    found = [area(other_way, "謹教", 0), area(other_way, "鶴城", 5)]
    assert merged(topic, other_way, found, topic.task, corrects=True).slots["area"] == "謹教"


def check_a_town_that_stands_in_no_dictionary_is_not_answered_with_the_old_district():
    topic = waste(area="日新", date="12月1日")
    whole = merged(topic, "駅前町は？", [], "ask_waste_day", corrects=False)
    assert "日新" not in whole.words
    assert "12月1日" in whole.words


def check_a_topic_survives_its_slot_and_a_broken_one_is_none():
    topic = fresh("ask_waste_day", "一箕の明日", [area("", "一箕", 0)], NOW)
    assert topic_of(topic.value()) == topic
    assert topic_of({"task": "ask_waste_day"}) is None
    assert topic_of(None) is None
    assert SLOT == "topic"


def check_two_things_that_are_named_decide_against_doubt():
    parsed = {
        "text": "鶴城の明日のごみ",
        "intent": {"name": "out_of_scope", "confidence": 0.9},
        "intent_ranking": [
            {"name": "out_of_scope", "confidence": 0.9},
            {"name": "ask_waste_day", "confidence": 0.06},
        ],
        "entities": [
            area("", "鶴城", 0),
            {"entity": "date", "value": "2026-12-01", "start": 3, "end": 5},
        ],
    }
    assert supported(parsed)["intent"]["name"] == "ask_waste_day"
    parsed["entities"].pop()
    assert supported(parsed)["intent"]["name"] == "out_of_scope"


@pytest.fixture
def learned(agent, relations):
    return agent, relations


def said(learned, topic, text, at=NOW, *, awaited=False):
    agent, relations = learned
    message = UserMessage(text, metadata={"at": NOW.isoformat()})
    parsed = asyncio.run(agent.processor.parse_message(message))
    return resolve(relations, parsed, topic, at, awaited=awaited)


def check_bare_words_continue_and_whole_questions_leave(learned):
    topic = waste(area="城西", date="12月1日")
    assert said(learned, topic, "しあさっては？").told["relation"] == "continues"
    assert said(learned, topic, "東山だと？").told["slots"]["area"] == "東山"
    assert not said(learned, topic, "住民票の写しがほしいんですが").told
    assert not said(learned, topic, "ありがとうございました！").told


def check_a_question_about_an_entry_names_its_aspect(learned):
    topic = Topic("ask_faq", NOW, {}, "kokuho-001", "国民健康保険に入りたいです")
    resolved = said(learned, topic, "費用はいくらかかります？")
    assert resolved.parsed["intent"]["name"] == FOLLOW_UP
    assert resolved.told["aspect"] == "cost"
    assert resolved.told["entry"] == "kokuho-001"


def check_a_question_of_its_own_leaves_what_the_faq_told(learned):
    topic = Topic("ask_faq", NOW, {}, "inu-001", "犬を飼い始めたら何を届け出ますか")
    assert not said(learned, topic, "年金の免除について").told
    assert not said(learned, topic, "ところで明日のごみは").told
    assert said(learned, topic, "電話で相談したいです").parsed["intent"]["name"] != FOLLOW_UP


def check_a_bare_place_answers_the_question_that_waits_for_one(learned):
    told = Topic("ask_faq", NOW, {}, "inu-001", "犬を飼い始めたら何を届け出ますか")
    assert not said(learned, told, "城西").told
    assert said(learned, waste(area="鶴城"), "城西です").told
    assert not said(learned, waste(area="鶴城"), "城西です", awaited=True).told


def check_a_command_belongs_to_what_can_be_commanded(learned):
    topic = Topic("set_alert_area", NOW, {"area": "門田"})
    resolved = said(learned, topic, "やっぱり夜は送らないで")
    assert resolved.parsed["intent"]["name"] == "set_alert_area"


def check_a_topic_lasts_a_day_but_not_a_week(learned):
    topic = waste(area="城西", date="12月1日")
    assert said(learned, topic, "しあさっては？", NOW + timedelta(days=1)).told
    assert not said(learned, topic, "しあさっては？", NOW + timedelta(days=7)).told


def check_the_talks_hold_every_relation_and_no_sentence_twice_in_an_aspect():
    talks = read_talks()
    assert {one.relation for one in talks.examples} == {"continues", "corrects", "leaves"}
    asked = [one for one in talks.aspects if one[1]]
    assert len(asked) == len(set(asked))


@pytest.mark.parametrize(
    "text",
    [
        "弁当を届けてくれる所はありませんか",
        "会社が変わったので在留カードのことで市役所に行きますか",
        "子どもが病気のとき預かってくれる所はありますか",
    ],
)
@pytest.mark.parametrize(
    "topic",
    [
        Topic("set_waste_reminder", NOW, {"area": "一箕", "time": "20:00"}),
        Topic("ask_waste_sorting", NOW, {"waste_item": "布団", "waste_type": "粗大ごみ"}),
        waste(area="城西", date="12月1日"),
    ],
)
def check_a_sentence_of_its_own_is_no_more_about_the_topic(learned, topic, text):
    assert not said(learned, topic, text).told


def check_a_wish_about_the_reminder_stays_one_and_nothing_else_sets_it(learned):
    topic = Topic("set_waste_reminder", NOW, {"area": "一箕", "time": "20:00"})
    assert not said(learned, topic, "成人式はいつ？").told
    assert said(learned, topic, "やっぱり朝6時にして").told
    assert said(learned, topic, "通知を止めて").parsed["intent"]["name"] in (
        FOLLOW_UP,
        "set_waste_reminder",
    )


@pytest.mark.parametrize("text", ["what about cans?", "giấy thì sao", "瓶子呢", "e as latas?"])
def check_another_kind_of_waste_is_asked_of_the_same_district(learned, text):
    topic = waste(area="一箕", waste_type="燃やせるごみ")
    resolved = said(learned, topic, text)
    assert resolved.parsed["intent"]["name"] == "ask_waste_day"
    assert resolved.told["slots"]["area"] == "一箕"
    assert "燃やせるごみ" not in resolved.told["words"]


@pytest.mark.parametrize(
    "text", ["sorry, I meant 行仁", "我说的是行仁", "ý tôi là 行仁", "quis dizer 行仁"]
)
def check_the_name_that_was_meant_takes_the_place_of_the_other(learned, text):
    resolved = said(learned, waste(area="一箕", date="12月1日"), text)
    assert resolved.told["relation"] == "corrects"
    assert resolved.told["slots"]["area"] == "行仁"


def check_what_about_another_day_is_no_farewell(learned):
    topic = Topic("ask_facility", NOW, {"facility": "会津図書館", "date": "11月30日"})
    assert said(learned, topic, "じゃあ明日は").told["relation"] == "continues"
