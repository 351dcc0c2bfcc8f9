"""The handbook in the talk: the schedule for everybody; after the card how many, and the page."""

import json
from datetime import date

import pytest
from pydantic import TypeAdapter

from actions.health.actions import PARTS, actions
from actions.health.ages_parsing import age_in_months, vaccine_named
from kit.settings import Settings
from messages.neutral import Message, OpenLink, Payload, Text
from services.residents.contract import Identification, ResidentsClient
from services.residents.importer import import_demonstration
from services.residents.register import Register
from tests.actions.test_identity import Talk, talk  # noqa: F401  a fixture

SCHEDULE = "ask_vaccination_schedule"
PERSONAL = ("佐藤", "美咲", "蓮", "結衣", "2024", "2019", "res_", "DEMO")
_MESSAGES: TypeAdapter[list[Message]] = TypeAdapter(list[Message])


@pytest.fixture
async def misaki(talk: Talk, settings: Settings) -> Talk:  # noqa: F811
    """A mother of two in the city's demonstration register."""
    talk.actions = {action.name(): action for action in actions(talk.context)}
    register = Register(talk.container.database, talk.context.clock, settings)
    assert (await import_demonstration(register, settings.city_dir)).ok
    who = Identification(
        citizen_id=talk.citizen,
        name="佐藤 美咲",
        address="福島県会津若松市中央一丁目99番1号",
        birthdate=date(1988, 4, 12),
        sex="female",
    )
    assert (await talk.context.client(ResidentsClient).identify(who)).outcome == "matched"
    return talk


async def hear(talk: Talk, text: str, intent: str) -> list[Text]:  # noqa: F811
    """Return what is said to words, or to a payload of its own intent."""
    name = "action_ask_vaccination_schedule" if intent == SCHEDULE else "action_open_handbook"
    dispatcher, tracker = talk.turn(text, intent)
    await talk.actions[name].run(dispatcher, tracker, {})
    said = _MESSAGES.validate_python([m["custom"] for m in dispatcher.messages])
    assert all(isinstance(message, Text) for message in said)
    assert not [w for w in PERSONAL if w in json.dumps(dispatcher.messages, ensure_ascii=False)]
    texts = [message for message in said if isinstance(message, Text)]
    talk.said = texts[-1]
    return texts


async def test_without_an_age_it_is_asked_and_the_own_child_is_offered(misaki: Talk) -> None:
    [said] = await hear(misaki, "次の予防接種はいつですか", SCHEDULE)
    assert "何か月、または何歳ですか" in said.text
    assert next(c.label for c in said.choices) == "うちの子の予定を見る"
    [button] = [c for c in said.choices if isinstance(c, Payload) and c.label == "3か月"]
    [said] = await hear(misaki, button.payload, SCHEDULE)
    assert said.text.startswith("生後3か月が標準の時期にあたる定期接種：B型肝炎、")
    assert "このあと3か月のうちに始まるもの：BCG" in said.text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("1歳半だけど次なに打つの", ("1歳6か月が標準", "MR")),
        ("BCGは何か月で受けますか", ("生後5か月から生後8か月のあいだ", "1歳になる日の前日まで")),
        ("MRの2期の時期を教えてください", ("小学校に入る前の年の4月1日",)),
        ("ロタの1回目はいつまで", ("生後14週6日", "生後24週0日まで")),
        ("子宮頸がんワクチン、うちの娘はいつ打てますか", ("中学1年生の4月", "高校1年生の3月")),
        ("日本脳炎は何歳からですか", ("3歳から4歳のあいだ", "全部で3回")),
    ],
)
async def test_age_and_vaccine_are_answered_from_the_published_schedule(
    misaki: Talk, words: str, told: tuple[str, ...]
) -> None:
    [said] = await hear(misaki, words, SCHEDULE)
    assert not [part for part in (*told, "根拠：定期接種実施要領") if part not in said.text]
    assert "安全です" not in said.text


@pytest.mark.parametrize("intent", PARTS)
async def test_before_the_card_the_dialogue_waits_and_after_it_opens_the_page(
    misaki: Talk, intent: str
) -> None:
    said = await hear(misaki, "体重の記録と予防接種と薬と日記", intent)
    assert "マイナンバーカードで確認します" in said[-1].text
    assert await misaki.login_request() == ("card", f"/{intent}", None)
    await misaki.prove(card_at=True)
    [said_after] = await hear(misaki, f"/{intent}", intent)
    assert "お子さん2人の母子健康手帳があります" in said_after.text
    assert "どのお子さんかは、ページで選べます" in said_after.text
    url = next(c.url for c in said_after.choices if isinstance(c, OpenLink))
    assert url == f"http://127.0.0.1:8000/my/health/{PARTS[intent].page}"


async def test_a_number_in_the_talk_is_said_not_to_be_recorded(misaki: Talk) -> None:
    first, _ = await hear(misaki, "体重は9.8キロでした", "record_growth")
    assert "このトークに書かれた数字は、記録されません" in first.text


async def test_who_fears_to_miss_a_vaccination_hears_its_ages_before_the_card(
    misaki: Talk,
) -> None:
    worry = "息子のBCGが間に合わないかもしれないんだけど！"
    ages, card = await hear(misaki, worry, "view_vaccination_record")
    assert "1歳になる日の前日まで" in ages.text
    assert ages.choices == ()
    assert "マイナンバーカード" in card.text
    # Who asks for the record alone is asked for the card alone.
    assert len(await hear(misaki, "BCGの記録を見せて", "view_vaccination_record")) == 1


async def test_with_the_card_the_schedule_leads_to_the_childrens_page(misaki: Talk) -> None:
    await misaki.prove(card_at=True)
    [said] = await hear(misaki, "次の予防接種はいつですか", SCHEDULE)
    assert "お子さん2人の母子健康手帳があります" in said.text
    assert [c.url for c in said.choices if isinstance(c, OpenLink)] == [
        "http://127.0.0.1:8000/my/health/"
    ]


async def test_who_has_no_child_here_is_told_so(misaki: Talk) -> None:
    await misaki.context.client(ResidentsClient).forget(misaki.citizen)
    await misaki.prove(card_at=True)
    [said] = await hear(misaki, "/view_growth_chart", "view_growth_chart")
    assert "見つかりませんでした" in said.text


@pytest.mark.parametrize(
    ("words", "months"),
    [
        ("3か月の予防接種", 3),
        ("３ヶ月です", 3),
        ("三か月児", 3),
        ("1歳6か月", 18),
        ("一歳半", 18),
        ("来月で三つになる", 36),
        ("こどもは 5かげつです", 5),
        ("my son is 4 months old", 4),
        ("孩子3个月", 3),
        ("生まれたばかり", 0),
        ("前回から3か月あけて", None),
        ("2回目は何か月あけますか", None),
        ("あと1つ残っていますか", None),
        ("65歳です", None),
    ],
)
def test_an_age_is_read_and_a_gap_is_none(words: str, months: int | None) -> None:
    assert age_in_months(words) == months


def test_an_adults_vaccine_is_not_of_the_childrens_schedule() -> None:
    assert vaccine_named("65歳の肺炎球菌ワクチン") is None
    assert vaccine_named("小児用肺炎球菌の追加") == "PCV"
