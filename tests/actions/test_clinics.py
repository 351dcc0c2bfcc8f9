"""Doctors on duty in the talk: now, tonight, on a day, by department; call first; no guesses."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from actions.base import ActionContext
from actions.clinics.actions import actions
from actions.clinics.duties_parsing import department_named, part_named
from concierge.app import build_web
from identity.container import IdentityContainer
from kit.db import Database
from kit.http import internal_client
from kit.settings import Settings
from messages.neutral import OpenLink, Text, message_list
from services.clinics.importer import import_clinics
from services.places.service import PlacesService
from tests.actions.test_identity import Talk
from tests.identity.support import Clock

INTENT = "ask_oncall_clinic"
# Sunday, 29 November 2026, ten in the morning in Japan.
SUNDAY = datetime(2026, 11, 29, 1, 0, tzinfo=UTC)


class Sick(Talk):
    """Somebody who asks, and the clock."""

    clock: Clock
    first: Text

    async def ask(self, words: str, **entities: str) -> str:
        dispatcher, tracker = self.turn(words, INTENT, **entities)
        await self.actions[f"action_{INTENT}"].run(dispatcher, tracker, {})
        said = message_list.validate_python([m["custom"] for m in dispatcher.messages])
        assert isinstance(said[0], Text)
        assert isinstance(said[-1], Text)
        self.first, self.said = said[0], said[-1]
        return self.said.text

    def at(self, hour: int, day: int = 29) -> None:
        self.clock.now = datetime(2026, 11, day, hour, tzinfo=UTC)


@pytest.fixture
async def sick(settings: Settings) -> AsyncIterator[Sick]:
    clock = Clock()
    clock.now = SUNDAY
    app = build_web(settings, clock)
    token = settings.internal_token.get_secret_value()
    async with (
        app.router.lifespan_context(app),
        internal_client("http://internal", token, app=app) as http,
    ):
        container = app.state.container
        context = ActionContext(http, clock, settings)
        talk = Sick(context, container.get(IdentityContainer))
        talk.clock = clock
        talk.actions = {action.name(): action for action in actions(context)}
        report = await import_clinics(container.get(Database), settings.city_dir, clock)
        assert report.ok
        assert container.get(PlacesService)
        yield talk


async def test_now_on_a_sunday_morning_those_who_are_open_are_told_and_to_call_first(
    sick: Sick,
) -> None:
    said = await sick.ask("今やってる病院ありますか")
    assert said.startswith("いま受け付けている医療機関の当番です。")
    assert "デモ内科医院" in said or "内科" in said
    assert "9時から12時、13時から17時" in said
    assert "デモ夜間急病センター" not in said
    assert "歯科" not in said
    assert "必ず電話で確かめてください" in said
    assert "すぐ119へ" in said
    assert "※デモ用のデータです" in said
    urls = [c.url for c in sick.said.choices if isinstance(c, OpenLink)]
    assert urls[:2] == ["tel:024-524-3020", "tel:119"]


async def test_a_child_leads_to_paediatrics_and_to_8000(sick: Sick) -> None:
    said = await sick.ask("子どもの病院で今診てくれる所は")
    assert "小児科の当番です" in said
    assert "外科" not in said
    assert "#8000" in said
    assert next(c.label for c in sick.said.choices) == "#8000 こども救急"


async def test_for_a_sick_child_the_numbers_come_first_and_then_who_is_on_duty(sick: Sick) -> None:
    said = await sick.ask("子どもが熱を出しました、今診てもらえる病院は")
    assert "いま受け付けている小児科の当番です" in said
    assert "すぐ119へ" not in said
    assert "お子さんの意識がない" in sick.first.text


async def test_in_the_lunch_break_the_same_day_comes_next(sick: Sick) -> None:
    sick.at(4)
    said = await sick.ask("子ども、今診てくれる病院は")
    assert "いま受け付けている小児科の当番は、ありません。" in said
    assert "次は11月29日(日)です。" in said


async def test_tonight_is_the_night_centre(sick: Sick) -> None:
    said = await sick.ask("今夜診てもらえるところ、病院")
    assert "11月29日(日)の夜の医療機関の当番です" in said
    assert "デモ夜間急病センター" in said
    assert "19時から22時" in said
    assert "デモ内科" not in said


async def test_after_the_night_centre_has_closed_the_next_day_is_told(sick: Sick) -> None:
    sick.at(14)
    said = await sick.ask("今診てくれる病院")
    assert "いま受け付けている医療機関の当番は、ありません。" in said
    assert "次は11月30日(月)です。" in said


async def test_a_day_and_a_department(sick: Sick) -> None:
    said = await sick.ask("12月6日に診てくれる歯医者", date="2026-12-06")
    assert said.startswith("12月6日(日)の歯科の当番です。")
    assert "9時から12時" in said


async def test_a_department_nobody_has_is_said_and_nobody_is_made_up(sick: Sick) -> None:
    said = await sick.ask("日曜でも診てくれる眼科")
    assert "この先2週間、眼科の当番は予定表にありません。" in said
    assert "■" not in said


async def test_a_day_behind_the_calendar_is_said_as_such(sick: Sick) -> None:
    said = await sick.ask("来年の5月5日の当番医", date="2027-05-05")
    assert "3月28日(日)までの分しかないため、5月5日(水)の当番はお答えできません" in said
    assert "■" not in said
    assert "#7119" in said


async def test_another_municipality_is_never_answered_with_this_ones(sick: Sick) -> None:
    said = await sick.ask("郡山市の当番医を教えて")
    assert "郡山市の当番医は、ここではわかりません" in said
    assert "■" not in said


@pytest.mark.parametrize(
    ("words", "department", "part"),
    [
        ("歯が痛い、今日やってる歯医者", "歯科", "day"),
        ("足くじいた、日曜でもレントゲン撮れるところ", "整形外科", "day"),
        ("転んで頭を切った、休みの日に縫ってくれる病院", "外科", "day"),
        ("孫が熱、夜診てくれる先生", "小児科", "night"),
        ("娘が豆を鼻に入れた、日曜に診てくれる耳鼻科", "耳鼻科", "day"),
        ("えーと今から行ける内科の病院", "内科", "now"),
        ("今日の夜間に診てもらえる病院", "", "night"),
        ("is there a dentist open tonight", "歯科", "night"),
        ("bác sĩ nào mở bây giờ", "", "now"),
    ],
)
def test_department_and_time_are_read(words: str, department: str, part: str) -> None:
    assert (department_named(words), part_named(words)) == (department, part)
