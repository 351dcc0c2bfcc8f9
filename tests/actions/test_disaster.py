"""What is said of warnings and safety; the services behind it are the real ones."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select, text

from actions.base import ActionContext, Events
from actions.disaster.actions import FORM, PLACE, actions
from actions.disaster.safety_parsing import read_safety
from concierge.app import build_web
from kit.db import Database
from kit.http import internal_client
from kit.settings import Settings
from messages.neutral import Message, OpenLink, ShareLocation, message_list
from services.disaster import repository, shelters
from services.disaster.entries import Entry
from services.disaster.models import DisasterSafety
from services.disaster.safety import SafetyBook, SafetyRow

NOW = datetime(2026, 7, 28, 9, 0, tzinfo=UTC)
STATUS, SAFETY = "action_disaster_status", "action_disaster_safety"
_events: TypeAdapter[list[dict[str, Any]]] = TypeAdapter(list[dict[str, Any]])


class Talk:
    """One conversation with this skill, without Rasa in between."""

    def __init__(self, context: ActionContext, database: Database, book: SafetyBook) -> None:
        self.actions = {action.name(): action for action in actions(context)}
        self.database, self.book = database, book
        self.slots: dict[str, Any] = {}
        self.past: Events = []
        self.answers: list[Message] = []

    async def hear(
        self, said: str, intent: str, action: str, language: str = "ja", **entities: str
    ) -> Events:
        metadata = {"turn_id": f"t{len(self.past)}", "language": language}
        parsed = {
            "text": said,
            "intent": {"name": intent},
            "entities": [{"entity": k, "value": v} for k, v in entities.items()],
        }
        self.past.append(
            {
                "event": "user",
                "timestamp": NOW.timestamp(),
                "parse_data": parsed,
                "text": said,
                "metadata": metadata,
            }
        )
        return await self.run(action, parsed)

    async def run(self, action: str, parsed: dict[str, Any]) -> Events:
        tracker = Tracker("ctz_1", dict(self.slots), parsed, self.past, False, None, {}, None)
        dispatcher = CollectingDispatcher()
        found = await self.actions[action].run(dispatcher, tracker, {"forms": {}})
        events = _events.validate_python(found)
        self.slots |= {e["name"]: e["value"] for e in events if e["event"] == "slot"}
        self.answers = message_list.validate_python([m["custom"] for m in dispatcher.messages])
        return events

    @property
    def words(self) -> str:
        return "\n".join(getattr(answer, "text", "") for answer in self.answers)

    async def put(self, *entries: Entry, heard: datetime | None = NOW) -> None:
        async with self.database.transaction() as session:
            await repository.replace_entries(session, "actual", entries)
            if heard is not None:
                await repository.note_heard(session, "jma", heard)


def entry(hazard: str, level: int | None, rank: float, code: str = "49") -> Entry:
    return Entry(
        "07202", hazard, level, code, True, "x.xml", NOW, rank, publishers="福島地方気象台"
    )


@pytest.fixture
async def talk(database: Database, settings: Settings) -> AsyncIterator[Talk]:
    app = build_web(settings, lambda: NOW)
    token = settings.internal_token.get_secret_value()
    async with (
        app.router.lifespan_context(app),
        internal_client("http://internal", token, app=app) as http,
    ):
        book = app.state.container.get(SafetyBook)
        yield Talk(ActionContext(http, lambda: NOW, settings), database, book)


async def test_what_is_in_force_is_said_with_its_age_and_the_citys_orders_apart(
    talk: Talk,
) -> None:
    await talk.put(entry("landslide", 4, 4.0), entry("thunder", None, 2.0, "14"))
    await talk.hear("警報出てる？", "ask_alert_status", STATUS)
    assert talk.words.startswith(
        "7/28 18:00現在の情報です。\n市の避難情報：いま受け取っているものはありません。\n"
        "会津若松市に出ているもの\n・レベル４土砂災害危険警報（7/28 18:00発表）\n・雷注意報"
    )
    labels = [choice.label for choice in talk.answers[0].choices]
    assert labels[:2] == ["119 火事・救急", "避難所をさがす"]
    await talk.hear("Any warnings now?", "ask_alert_status", STATUS, language="en")
    assert "Level 4: Landslide" in talk.words
    assert "no evacuation" not in talk.words.lower()


async def test_calm_is_said_only_while_the_authorities_are_heard(talk: Talk) -> None:
    await talk.put()
    await talk.hear("警報出てる？", "ask_alert_status", STATUS)
    assert "警報や注意報は出ていません" in talk.words
    await talk.put(heard=NOW - timedelta(minutes=16))
    await talk.hear("警報出てる？", "ask_alert_status", STATUS)
    assert "情報が届いていません" in talk.words
    assert "出ていません" not in talk.words.replace("情報が届いていません", "")
    assert any(isinstance(c, OpenLink) and "jma.go.jp" in c.url for c in talk.answers[0].choices)


async def test_nothing_was_ever_heard(talk: Talk) -> None:
    await talk.hear("避難指示は出ていますか", "ask_alert_status", STATUS)
    assert "気象庁からの警報などの情報を受け取れていません" in talk.words
    assert "警報や注意報は出ていません" not in talk.words


async def reports(talk: Talk) -> list[SafetyRow]:
    async with talk.database.transaction() as session:
        rows = (await session.scalars(select(DisasterSafety).order_by(DisasterSafety.id))).all()
        return [await talk.book.row(session, row) for row in rows]


async def test_help_is_119_first_then_the_list_then_the_place(talk: Talk) -> None:
    events = await talk.hear("/report_safety", "report_safety", SAFETY, safety="needs_help")
    assert "119" in getattr(talk.answers[0], "text", "")
    assert "一覧にのせました" in talk.words
    assert [e["name"] for e in events if e["event"] == "followup"] == [FORM]
    await talk.run(f"action_ask_{PLACE}", talk.past[-1]["parse_data"])
    assert any(isinstance(c, ShareLocation) for c in talk.answers[0].choices)
    talk.slots["location"] = {"latitude": 37.4948, "longitude": 139.9298}
    talk.slots[PLACE] = {"latitude": 37.4948, "longitude": 139.9298}
    await talk.hear("/share_location", "share_location", "action_disaster_place")
    assert "場所も" in talk.words
    assert talk.slots[PLACE] is None
    [row] = await reports(talk)
    assert (row.state, row.latitude, row.longitude) == ("needs_help", 37.4948, 139.9298)
    async with talk.database.transaction() as session:
        [kept] = await session.scalars(text("SELECT details FROM disaster_safety"))
        assert b"37.49" not in bytes(kept)


async def test_safe_is_taken_once_for_a_turn_and_a_bare_word_is_asked_about(talk: Talk) -> None:
    await talk.hear("家族4人とも無事です", "report_safety", SAFETY)
    await talk.run(SAFETY, talk.past[-1]["parse_data"])
    [row] = await reports(talk)
    assert (row.state, row.people) == ("safe", 4)
    assert "無事の連絡を受け付けました" in talk.words
    await talk.hear("安否報告", "report_safety", SAFETY)
    assert "どちらですか" in talk.words
    assert len(await reports(talk)) == 1
    await talk.book.erase("ctz_1")
    assert await talk.book.export("ctz_1") == {}


async def test_a_place_without_a_report_is_not_said_to_be_noted(talk: Talk) -> None:
    talk.slots[PLACE] = {"latitude": 37.5, "longitude": 139.9}
    await talk.hear("/share_location", "share_location", "action_disaster_place")
    assert "まだどこにも伝えていません" in talk.words


async def test_a_shelter_that_was_opened_is_told_with_the_next_answer(talk: Talk) -> None:
    from actions.facilities.open_state import with_open_state
    from services.facilities.contract import Kind, Place

    place = Place(
        kind=Kind.shelter,
        name="城西小学校",
        latitude=37.5,
        longitude=139.9,
        map_url="https://example.org/",
        credit="",
        demonstration=True,
    )
    context = talk.actions[STATUS].context  # type: ignore[attr-defined]
    assert await with_open_state(context, [place]) == (place,)
    async with talk.database.transaction() as session:
        await shelters.put(session, "城西小学校", "open", "職員", NOW)
    [told] = await with_open_state(context, [place])
    assert told.note == "いま開いています（7/28 18:00）"


@pytest.mark.parametrize(
    ("said", "state", "people", "for_other"),
    [
        ("無事です", "safe", None, False),
        ("避難所に着きました、4人とも元気です", "safe", 4, False),
        ("けがはありません、家も平気です", "safe", None, False),
        ("子どもと二人で城北小にいます。けがなしです", "safe", 2, False),
        ("助けてください", "needs_help", None, False),
        ("3人で二階に取り残されています", "needs_help", 3, False),
        ("隣のおばあさんが下敷きになって動けない", "needs_help", None, True),
        ("We are trapped on the roof, 5 people", "needs_help", 5, False),
        ("We are all safe", "safe", None, False),
        ("被困在家里", "needs_help", None, False),
        ("安否登録", None, None, False),
    ],
)
def test_reports_are_read(
    said: str, state: str | None, people: int | None, for_other: bool
) -> None:
    heard = read_safety(said)
    assert (heard.state, heard.people, heard.for_other) == (state, people, for_other)
