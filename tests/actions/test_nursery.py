"""Nursery places in the talk: what is free; of an application only that there is one."""

import json
from datetime import date, timedelta

import pytest
from pydantic import TypeAdapter

from actions.nursery.actions import actions
from actions.nursery.words_parsing import ages_named
from auth.levels import Level
from identity.contract import IdentityClient
from kit.settings import Settings
from messages.neutral import Message, OpenLink, Payload, Text
from services.nursery.contract import AUDIENCE, DraftPart, NurseryClient
from services.nursery.importer import import_nursery
from services.residents.contract import Identification, ResidentsClient
from services.residents.importer import import_demonstration
from services.residents.register import Register
from tests.actions.test_identity import Talk, talk  # noqa: F401  a fixture

NAMES = {
    "ask_nursery_vacancy": "action_ask_nursery_vacancy",
    "estimate_nursery_points": "action_estimate_nursery_points",
    "apply_nursery": "action_open_nursery_application",
    "change_nursery_application": "action_open_nursery_application",
    "ask_nursery_result": "action_open_nursery_application",
}
OPEN_FOR = timedelta(days=11)
"""From the day of the file to the deadline of the demonstration."""
PAGE = "http://127.0.0.1:8000/my/nursery/"
_MESSAGES: TypeAdapter[list[Message]] = TypeAdapter(list[Message])


@pytest.fixture
async def mai(talk: Talk, settings: Settings) -> Talk:  # noqa: F811
    """A mother of two in the city's demonstration register."""
    talk.actions = {action.name(): action for action in actions(talk.context)}
    register = Register(talk.container.database, talk.context.clock, settings)
    assert (await import_demonstration(register, settings.city_dir)).ok
    today = talk.context.clock().astimezone(settings.timezone).date()
    folder = settings.city_dir / "nursery"
    assert (await import_nursery(talk.container.database, folder, today)).ok
    who = Identification(
        citizen_id=talk.citizen,
        name="NGUYEN THI MAI",
        address="福島県会津若松市扇町99番地5",
        birthdate=date(1998, 2, 14),
        sex="female",
    )
    assert (await talk.context.client(ResidentsClient).identify(who)).outcome == "matched"
    return talk


async def hear(talk: Talk, text: str, intent: str) -> list[Text]:  # noqa: F811
    dispatcher, tracker = talk.turn(text, intent)
    await talk.actions[NAMES[intent]].run(dispatcher, tracker, {})
    said = _MESSAGES.validate_python([m["custom"] for m in dispatcher.messages])
    spoken = json.dumps(dispatcher.messages, ensure_ascii=False)
    assert not [word for word in ("NGUYEN", "2023", "res_", "nap_") if word in spoken]
    texts = [message for message in said if isinstance(message, Text)]
    talk.said = texts[-1]
    return texts


def links(said: Text) -> list[str]:
    return [choice.url for choice in said.choices if isinstance(choice, OpenLink)]


async def test_age_and_place_of_the_sentence_choose_what_is_told(mai: Talk) -> None:
    [said] = await hear(mai, "門田で2歳の子が入れる保育園はありますか", "ask_nursery_vacancy")
    assert said.text.startswith("門田の2歳児クラスの空き")
    assert "河東" not in said.text
    assert "※デモ用のデータです" in said.text
    assert "こども保育課" in said.text
    assert links(said) == ["http://127.0.0.1:8000/nursery/?age=2&district=%E9%96%80%E7%94%B0"]


async def test_without_an_age_the_classes_are_offered(mai: Talk) -> None:
    [said] = await hear(mai, "保育園に空きはありますか", "ask_nursery_vacancy")
    labels = [choice.label for choice in said.choices]
    assert labels[1:7] == [f"{age}歳児" for age in range(6)]
    [button] = [c for c in said.choices if isinstance(c, Payload) and c.label == "3歳児"]
    [said] = await hear(mai, button.payload, "ask_nursery_vacancy")
    assert said.text.startswith("3歳児クラスの空き")


async def test_a_place_in_latin_letters_is_the_place_that_it_sounds_like(mai: Talk) -> None:
    dispatcher, tracker = mai.turn("daycare for a 2-year-old near Monden", "ask_nursery_vacancy")
    tracker.events = [{"event": "user", "metadata": {"language": "en"}}]
    await mai.actions[NAMES["ask_nursery_vacancy"]].run(dispatcher, tracker, {})
    text = str(dispatcher.messages)
    assert "デモすぎのこ保育園" in text
    assert "デモ河東こども園" not in text


async def test_siblings_of_two_ages_are_answered_together(mai: Talk) -> None:
    [said] = await hear(mai, "0歳と3歳の二人が入れる保育園", "ask_nursery_vacancy")
    assert "0歳児クラスの空き" in said.text
    assert "3歳児クラスの空き" in said.text


async def test_a_pupil_is_told_of_the_classes(mai: Talk) -> None:
    [said] = await hear(mai, "8歳の子の保育園の空き", "ask_nursery_vacancy")
    assert "0歳児から5歳児まで" in said.text


async def test_points_are_told_in_short_with_the_page(mai: Talk) -> None:
    [said] = await hear(mai, "保育園の点数はどうやって決まりますか", "estimate_nursery_points")
    assert "保育が必要な理由" in said.text
    assert links(said)[0] == "http://127.0.0.1:8000/nursery/points"


@pytest.mark.parametrize(
    ("words", "intent", "before"),
    [
        ("保育園を申し込みたい", "apply_nursery", "締め切りは{deadline} 17時です"),
        ("保育園の希望を変えたい", "change_nursery_application", "変更や取り下げ"),
        ("保育園の結果を知りたい", "ask_nursery_result", "結果と理由"),
    ],
)
async def test_the_card_comes_first_and_the_same_intent_goes_on(
    mai: Talk, words: str, intent: str, before: str
) -> None:
    first, asked = await hear(mai, words, intent)
    last = mai.context.clock().astimezone(mai.context.settings.timezone).date() + OPEN_FOR
    assert before.format(deadline=f"{last.month}月{last.day}日") in first.text
    assert "マイナンバーカードで確認します" in asked.text
    assert await mai.login_request() == ("card", f"/{intent}", None)
    await mai.prove(card_at=True)
    [said] = await hear(mai, f"/{intent}", intent)
    assert links(said) == [PAGE]


async def test_after_the_card_only_how_many_there_are_is_told(mai: Talk) -> None:
    await mai.prove(card_at=True)
    [said] = await hear(mai, "保育園の申し込みの結果は出ましたか", "ask_nursery_result")
    assert "まだ見つかりませんでした" in said.text
    grant = await mai.context.client(IdentityClient).grant(
        mai.citizen, AUDIENCE, ("nursery:application:write",), Level.L3
    )
    assert grant is not None
    part = DraftPart(round_id="2027-04", note="アレルギー")
    await mai.context.client(NurseryClient).save(grant, part)
    [said] = await hear(mai, "保育園の申し込みを変えたい", "change_nursery_application")
    assert "申し込みが1件あります" in said.text
    assert "アレルギー" not in said.text


@pytest.mark.parametrize(
    ("words", "ages"),
    [
        ("1歳児クラス", (1,)),
        ("１歳", (1,)),
        ("一歳の子", (1,)),
        ("0〜2歳の小さい園", (0, 1, 2)),
        ("0歳と3歳", (0, 3)),
        ("1さいの こども", (1,)),
        ("うまれて8か月", (0,)),
        ("my 2-year-old", (2,)),
        ("孩子3岁", (3,)),
        ("meu filho de 4 anos", (4,)),
        ("8歳", (8,)),
        ("車で10分くらい", ()),
        ("4月入園", ()),
    ],
)
def test_ages_are_read(words: str, ages: tuple[int, ...]) -> None:
    assert ages_named(words) == ages
