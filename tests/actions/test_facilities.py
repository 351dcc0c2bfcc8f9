"""What the bot says about refuges and facilities; the service behind it is the real one."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import update

from actions.base import ActionContext, Events
from actions.facilities.actions import FORM, ORIGIN, WANTED, actions
from actions.facilities.messages import DEMONSTRATION, EMERGENCY, OPEN_STATE, SNOW, distance
from kit.db import Database
from kit.errors import UnavailableError
from kit.http import internal_client
from kit.settings import ROOT, Settings
from messages.neutral import Cards, Message, OpenLink, Payload, ShareLocation, Text, message_list
from services.facilities.api import router
from services.facilities.importer import import_city
from services.facilities.models import FacilitiesPlace
from services.facilities.service import FacilitiesService
from tests.support import bare_app

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
SHELTER, FACILITY = "action_facilities_shelter", "action_facilities_facility"
NEAREST, ASK = "action_facilities_nearest", f"action_ask_{ORIGIN}"
STATION = {"latitude": 37.50812345, "longitude": 139.93034567}
TOKYO = {"latitude": 35.68, "longitude": 139.76}
_events: TypeAdapter[list[dict[str, Any]]] = TypeAdapter(list[dict[str, Any]])


def now() -> datetime:
    return NOW


class Talk:
    """One conversation with the actions of this skill, without Rasa in between."""

    def __init__(self, context: ActionContext) -> None:
        self.actions = {action.name(): action for action in actions(context)}
        self.slots: dict[str, Any] = {}
        self.loop: str | None = None
        self.past: Events = []
        self.answers: list[Message] = []

    async def hear(
        self, text: str, intent: str, action: str, *, minutes_ago: int = 0, **entities: str
    ) -> Events:
        """Let one action answer one message; returns the action's events."""
        timestamp = (NOW - timedelta(minutes=minutes_ago)).timestamp()
        parsed = {
            "text": text,
            "intent": {"name": intent},
            "entities": [{"entity": k, "value": v} for k, v in entities.items()],
        }
        user = {"event": "user", "timestamp": timestamp, "parse_data": parsed, "text": text}
        self.past.append(user)
        return await self.run(action, parsed)

    async def run(self, action: str, parsed: dict[str, Any] | None = None) -> Events:
        """Run one more action on the latest message."""
        latest = (
            parsed or next(e for e in reversed(self.past) if e["event"] == "user")["parse_data"]
        )
        loop = {"name": self.loop} if self.loop else {}
        tracker = Tracker("ctz_1", dict(self.slots), latest, self.past, False, None, loop, None)
        dispatcher = CollectingDispatcher()
        events = _events.validate_python(
            await self.actions[action].run(dispatcher, tracker, {"forms": {}})
        )
        # Rasa calls a form's validation from within the form: it leaves no action event.
        inner = action.startswith("validate_")
        self.past += [*([] if inner else [{"event": "action", "name": action}]), *events]
        for event in events:
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
            if event["event"] == "active_loop":
                self.loop = event["name"]
        self.answers = message_list.validate_python([m["custom"] for m in dispatcher.messages])
        return events

    async def share(self, place: dict[str, float], *, minutes_ago: int = 0) -> Events:
        """Send a place from the map."""
        self.slots["location"] = place
        return await self.hear("", "share_location", NEAREST, minutes_ago=minutes_ago)

    @property
    def cards(self) -> Cards:
        """The cards of the latest answer."""
        return next(m for m in self.answers if isinstance(m, Cards))

    @property
    def text(self) -> str:
        """The first text of the latest answer."""
        return next(m.text for m in self.answers if isinstance(m, Text))

    @property
    def buttons(self) -> list[str]:
        """What may be tapped under the latest answer."""
        return [choice.label for choice in self.answers[-1].choices]


def goes_on_to_ask(events: Events) -> bool:
    return any(e["event"] == "followup" and e["name"] == FORM for e in events)


def facts(cards: Cards, number: int = 0) -> dict[str, str]:
    return {fact.label: fact.value for fact in cards.cards[number].facts}


@pytest.fixture
async def talk(database: Database, settings: Settings) -> AsyncIterator[Talk]:
    assert (await import_city(database, ROOT / "city" / "aizuwakamatsu", now)).ok
    app = bare_app(settings, "facilities")
    app.include_router(router)
    app.state.container.put(FacilitiesService, FacilitiesService(database, now, settings))
    token = settings.internal_token.get_secret_value()
    async with internal_client("http://internal", token, app=app) as http:
        yield Talk(ActionContext(http, now, settings))


async def test_a_refuge_is_named_at_once_when_the_words_say_where(talk: Talk) -> None:
    events = await talk.hear("城西で川があふれそう、どこへ逃げる", "ask_shelter", SHELTER)
    assert not goes_on_to_ask(events)
    said = "\n".join(m.text for m in talk.answers if isinstance(m, Text))
    assert "城西地区（おおよその位置）から近い順に、洪水のときの指定緊急避難場所" in said
    assert OPEN_STATE in said
    assert "出典：国土地理院" in said
    assert len(talk.cards.cards) == 3
    assert all("洪水" in facts(talk.cards, n)["対応する災害"] for n in range(3))


async def test_a_card_tells_the_way_and_opens_the_map(talk: Talk) -> None:
    await talk.hear("会津若松駅の避難場所", "ask_shelter", SHELTER)
    card = talk.cards.cards[0]
    assert (card.title, card.subtitle) == ("駅前公園", "指定緊急避難場所")
    assert facts(talk.cards)["距離と方角"] == "南へ約120m（歩いて約2分）"
    assert facts(talk.cards)["住所"] == "福島県会津若松市駅前町406"
    link = card.choices[0]
    assert isinstance(link, OpenLink)
    assert link.url.startswith("https://www.google.com/maps/search/?api=1&query=37.507061,")


async def test_the_summary_says_in_words_what_the_cards_show(talk: Talk) -> None:
    await talk.hear("会津若松駅の避難場所", "ask_shelter", SHELTER)
    for number, card in enumerate(talk.cards.cards):
        assert card.title in talk.cards.summary
        assert facts(talk.cards, number)["距離と方角"] in talk.cards.summary


async def test_without_a_place_the_question_is_kept_and_the_place_is_asked_for(talk: Talk) -> None:
    events = await talk.hear("洪水のときの避難所", "ask_shelter", SHELTER)
    assert goes_on_to_ask(events)
    assert talk.answers == []
    await talk.run(ASK)
    assert "どこから近い場所" in talk.text
    assert any(isinstance(c, ShareLocation) for c in talk.answers[-1].choices)
    assert "会津若松駅" in talk.buttons
    assert talk.buttons[-1] == "やめる"


async def test_a_sent_place_goes_on_with_the_question(talk: Talk) -> None:
    await talk.hear("洪水のときの避難所", "ask_shelter", SHELTER)
    await talk.share(STATION)
    assert "送っていただいた場所から近い順に、洪水のとき" in talk.text
    assert talk.cards.cards[0].title == "駅前公園"


async def test_a_place_sent_out_of_the_blue_offers_choices(talk: Talk) -> None:
    await talk.share(STATION)
    assert talk.text == "場所を受けとりました。この近くの何をお探しですか？"
    assert talk.buttons == ["避難場所", "AED", "トイレ", "ほかの施設"]


async def test_a_choice_after_a_sent_place_needs_no_second_sending(talk: Talk) -> None:
    await talk.share(STATION)
    events = await talk.hear(
        '/ask_facility{"facility": "AED"}', "ask_facility", FACILITY, facility="AED"
    )
    assert not goes_on_to_ask(events)
    assert talk.cards.cards[0].title == "会津若松駅観光案内所"
    assert facts(talk.cards)["場所"] == "案内所の入口"


async def test_an_old_place_is_not_used_again(talk: Talk) -> None:
    await talk.share(STATION, minutes_ago=11)
    assert goes_on_to_ask(await talk.hear("避難所はどこ", "ask_shelter", SHELTER))


async def test_an_old_question_is_forgotten(talk: Talk) -> None:
    await talk.hear("洪水のときの避難所", "ask_shelter", SHELTER)
    talk.slots[WANTED]["at"] = (NOW - timedelta(minutes=11)).isoformat()
    await talk.share(STATION)
    assert "何をお探しですか" in talk.text


async def test_danger_comes_before_everything_else(talk: Talk) -> None:
    await talk.hear("助けて 門田で川に流されそう", "ask_shelter", SHELTER)
    assert isinstance(talk.answers[0], Text)
    assert "119" in talk.answers[0].text


async def test_a_calm_question_gets_no_alarm(talk: Talk) -> None:
    await talk.hear("門田の洪水のときの避難場所", "ask_shelter", SHELTER)
    assert EMERGENCY not in talk.answers
    assert "119に電話する" not in talk.buttons


async def test_without_a_hazard_the_choice_is_explained(talk: Talk) -> None:
    await talk.hear("城西の避難所", "ask_shelter", SHELTER)
    assert "地震と洪水の両方に対応する場所を選びました。" in talk.text
    assert "土砂災害のとき" in talk.buttons


async def test_a_hazard_button_keeps_the_place_that_was_named(talk: Talk) -> None:
    await talk.hear("城西の避難所", "ask_shelter", SHELTER)
    button = next(c for c in talk.answers[-1].choices if c.label == "土砂災害のとき")
    assert isinstance(button, Payload)
    assert button.payload == '/ask_shelter{"hazard": "landslide", "landmark": "城西地区"}'
    await talk.hear(button.payload, "ask_shelter", SHELTER, hazard="landslide", landmark="城西地区")
    assert "城西地区（おおよその位置）から近い順に、土砂災害のとき" in talk.text


async def test_a_place_to_live_in_is_told_apart_from_a_place_to_run_to(talk: Talk) -> None:
    payload = '/ask_shelter{"refuge": "shelter", "landmark": "城西地区"}'
    await talk.hear(payload, "ask_shelter", SHELTER, refuge="shelter", landmark="城西地区")
    assert "しばらく生活する場所です" in talk.text
    assert {card.subtitle for card in talk.cards.cards} == {"指定避難所"}
    assert "逃げ込む避難場所" in talk.buttons


async def test_a_welfare_shelter_tells_whom_it_takes_in(talk: Talk) -> None:
    await talk.hear("北会津に福祉避難所はありますか", "ask_shelter", SHELTER)
    assert "行く前に" in talk.text
    assert facts(talk.cards)["受け入れる方"]


async def test_a_tsunami_in_an_inland_city_is_answered_honestly(talk: Talk) -> None:
    await talk.hear("会津若松駅で津波のときは", "ask_shelter", SHELTER)
    assert "津波に対応する指定緊急避難場所がありません" in talk.text
    assert "出典：国土地理院" in talk.text
    assert "洪水のとき" in talk.buttons


@pytest.mark.parametrize("text", ["門田で大雪", "門田で裏山から雪崩"])
async def test_snow_keeps_people_in_and_offers_buildings(talk: Talk, text: str) -> None:
    await talk.hear(text, "ask_shelter", SHELTER)
    snow = talk.answers.index(SNOW)
    intro = talk.answers[snow + 1]
    assert isinstance(intro, Text)
    assert "建物に入れる指定避難所" in intro.text
    assert "逃げてください" not in intro.text
    assert {card.subtitle for card in talk.cards.cards} == {"指定避難所"}


async def test_snow_is_remembered_while_the_place_is_asked_for(talk: Talk) -> None:
    await talk.hear("雪で家がつぶれそう", "ask_shelter", SHELTER)
    assert isinstance(talk.answers[0], Text)
    assert "119" in talk.answers[0].text
    assert talk.answers[1:] == [SNOW]
    await talk.share(STATION)
    assert "建物に入れる指定避難所" in talk.text


async def test_a_category_that_the_city_lacks_is_said_with_the_demonstration_mark(
    talk: Talk, database: Database
) -> None:
    async with database.transaction() as session:
        await session.execute(
            update(FacilitiesPlace)
            .where(FacilitiesPlace.categories.contains(["プール"]))
            .values(categories=[])
        )
    await talk.hear("プールはどこ", "ask_facility", FACILITY)
    assert "一覧に見つかりませんでした" in talk.text
    assert DEMONSTRATION in talk.text


async def test_somebody_far_away_is_told_so(talk: Talk) -> None:
    await talk.hear("避難所はどこ", "ask_shelter", SHELTER)
    await talk.share(TOKYO)
    assert "30km以内" in talk.text


async def test_a_facility_by_name_is_one_card_marked_as_demonstration(talk: Talk) -> None:
    await talk.hear("図書館は何時まで", "ask_facility", FACILITY)
    card = talk.cards.cards[0]
    assert card.title == "会津図書館"
    assert facts(talk.cards)["時間"].startswith("火〜日 9:00〜19:00")
    assert DEMONSTRATION in card.note
    assert DEMONSTRATION in talk.cards.summary


async def test_an_invented_number_cannot_be_dialled(talk: Talk) -> None:
    await talk.hear("市役所の電話", "ask_facility", FACILITY)
    assert facts(talk.cards)["電話"] == "デモ用のため表示しません"
    assert "0242-00-" not in talk.cards.summary
    assert [choice.label for choice in talk.cards.cards[0].choices] == ["地図を見る"]


async def test_few_facilities_of_a_kind_are_listed_without_a_question(talk: Talk) -> None:
    events = await talk.hear("文化ホールはどこ", "ask_facility", FACILITY)
    assert not goes_on_to_ask(events)
    assert len(talk.cards.cards) == 3
    assert "近い順に見る" in talk.buttons
    await talk.share(STATION)
    assert "送っていただいた場所から近い順に、文化ホール" in talk.text


async def test_many_facilities_of_a_kind_need_a_place(talk: Talk) -> None:
    assert goes_on_to_ask(await talk.hear("近くのトイレ", "ask_facility", FACILITY))
    await talk.share(STATION)
    assert len(talk.cards.cards) == 3


async def test_a_kind_near_a_named_place_is_answered_at_once(talk: Talk) -> None:
    await talk.hear("門田の公民館", "ask_facility", FACILITY)
    assert talk.cards.cards[0].title == "南公民館"


async def test_a_facility_that_nobody_knows_leads_to_choices(talk: Talk) -> None:
    await talk.hear("近くの施設", "ask_facility", FACILITY)
    assert "どの施設をお探しですか" in talk.text
    assert {"図書館", "AED", "職員に相談"} <= set(talk.buttons)


async def test_an_aed_for_somebody_who_fell_begins_with_119(talk: Talk) -> None:
    await talk.hear("人が倒れた！AEDどこ", "ask_facility", FACILITY)
    first = talk.answers[0]
    assert isinstance(first, Text)
    assert isinstance(first.choices[0], OpenLink)
    assert first.choices[0].url == "tel:119"
    assert EMERGENCY not in talk.answers
    await talk.run(ASK)
    assert talk.buttons[:2] == ["今いる場所を送る", "119に電話する"]


async def asked_where(talk: Talk) -> None:
    await talk.hear("洪水のときの避難所", "ask_shelter", SHELTER)
    talk.loop = FORM
    talk.slots["requested_slot"] = ORIGIN


async def test_the_name_of_a_district_answers_the_question_whatever_its_intent(talk: Talk) -> None:
    await asked_where(talk)
    await talk.hear("門田です", "ask_waste_day", f"validate_{FORM}")
    assert talk.slots[ORIGIN]["name"] == "門田地区"
    await talk.run(NEAREST)
    assert "門田地区（おおよその位置）から近い順に、洪水のとき" in talk.text
    assert talk.slots[ORIGIN] is None


async def test_a_long_answer_is_understood_when_it_cannot_be_another_question(talk: Talk) -> None:
    await asked_where(talk)
    await talk.hear("うちは門田の橋のすぐ横なんだけど", "nlu_fallback", f"validate_{FORM}")
    assert talk.slots[ORIGIN]["name"] == "門田地区"


async def test_a_sent_place_fills_the_form_coarsely(talk: Talk) -> None:
    await asked_where(talk)
    talk.slots["location"] = STATION
    await talk.hear("", "share_location", f"validate_{FORM}")
    assert talk.slots[ORIGIN]["latitude"] == 37.5081


async def test_a_question_of_another_skill_is_not_taken_for_a_place(talk: Talk) -> None:
    await asked_where(talk)
    events = await talk.hear("門田のごみの日はいつ", "ask_waste_day", f"validate_{FORM}")
    assert [e for e in events if e.get("name") == ORIGIN] == []


async def test_the_form_ends_silently_after_another_matter(talk: Talk) -> None:
    await asked_where(talk)
    await talk.hear("明日は何のごみ", "ask_waste_day", f"validate_{FORM}")
    talk.past.append({"event": "action", "name": "action_waste_day"})
    await talk.run(ASK)
    assert talk.answers == []
    assert talk.loop is None
    await talk.run(NEAREST)
    assert talk.answers == []


async def test_a_new_question_for_a_refuge_keeps_the_hazard_and_ends_the_form(talk: Talk) -> None:
    await asked_where(talk)
    await talk.hear("城西の避難所です", "ask_shelter", SHELTER)
    assert "洪水のとき" in talk.text
    assert talk.loop is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("もう死にたい", "tel:0120-279-226"),
        ("彼に首しめられた", "tel:110"),
        ("逃げらんね", "tel:119"),
    ],
)
async def test_danger_in_the_middle_of_the_form_is_heard_once_and_instead_of_the_question(
    talk: Talk, text: str, number: str
) -> None:
    await asked_where(talk)
    await talk.hear(text, "nlu_fallback", f"validate_{FORM}")
    await talk.run(ASK)
    [said] = talk.answers
    assert number in [c.url for c in said.choices if isinstance(c, OpenLink)]


async def test_an_unknown_place_is_asked_for_once_more_without_repeating_it(talk: Talk) -> None:
    await asked_where(talk)
    await talk.hear("やまだたろうの家", "nlu_fallback", f"validate_{FORM}")
    assert talk.slots[ORIGIN] is None
    await talk.run(ASK)
    assert "見つかりませんでした" in talk.text
    assert "やまだ" not in talk.text


async def test_when_the_service_is_away_the_turn_fails_and_can_be_repeated(
    settings: Settings,
) -> None:
    app = bare_app(settings, "nothing here")

    @app.post("/services/facilities/readings", status_code=503)
    async def down() -> None:
        """A package that does not answer."""

    async with internal_client("http://internal", "token", app=app) as http:
        talk = Talk(ActionContext(http, now, settings))
        with pytest.raises(UnavailableError):
            await talk.hear("避難所", "ask_shelter", SHELTER)


@pytest.mark.parametrize(
    ("metres", "words"),
    [
        (0, "すぐ近く"),
        (9, "すぐ近く"),
        (14, "約10m"),
        (994, "約990m"),
        (996, "約1.0km"),
        (1549, "約1.5km"),
    ],
)
def test_distances_are_told_as_people_tell_them(metres: int, words: str) -> None:
    assert distance(metres) == words
