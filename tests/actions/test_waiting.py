"""Asking for a person: what the action asks the bot for, and what it tells the citizen."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.responses import JSONResponse

from actions.base import ActionContext
from actions.talking import actions as talking
from actions.talking import contact
from actions.talking.waiting import LEFT
from bot.handoff.contract import LEAVE, MESSAGE, QUEUE, Standing
from kit.http import internal_client
from kit.settings import Settings
from kit.web import error_body
from tests.actions.test_talking import HOTLINE, LOST, Talk, links, payloads
from tests.support import bare_app

ASKED = {"event": "user", "metadata": {"handoff_asked": True, "turn_id": "line-7"}}


class Bot:
    """The bot's side at the wire."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.standing: dict[str, Any] = {"situation": "queued", "desk": "市民課", "place": 2}
        self.status = 200


@pytest.fixture
def bot() -> Bot:
    return Bot()


@pytest.fixture
async def talk(settings: Settings, bot: Bot) -> AsyncIterator[Talk]:
    app = bare_app(settings, "the bot")

    @app.post("/line/handoffs/{what}")
    async def take(what: str, body: dict[str, Any]) -> Any:
        bot.calls.append((what, body))
        if bot.status != 200:
            return JSONResponse(error_body("nobody_answers", "Nobody."), bot.status)
        return Standing.model_validate(bot.standing)

    @app.post("/services/faq/search", status_code=503)
    async def down() -> None:
        return None

    token = settings.internal_token.get_secret_value()
    async with internal_client("http://internal", token, app=app) as http:
        context = ActionContext(http, lambda: datetime(2026, 11, 24, tzinfo=UTC), settings)
        talk = Talk(context)
        modules = (talking, contact)
        talk.actions |= {a.name(): a for module in modules for a in module.actions(context)}
        yield talk


async def test_who_names_the_matter_is_queued_at_its_desk_and_told_the_place(
    talk: Talk, bot: Bot
) -> None:
    (said,) = await talk.hear("固定資産税のことで人と話したい", "request_human")
    [(what, body)] = bot.calls
    assert what == "asked"
    assert body["says_matter"] is True
    assert body["desks"][0] == "税務課"
    assert "ただいま2番目です。" in said.text
    assert LEAVE in payloads(said)
    assert "tel:0242-39-1111" in links(said)


async def test_who_only_asks_for_a_person_is_asked_what_about(talk: Talk, bot: Bot) -> None:
    bot.standing = {"situation": "asked", "desk": "市民課"}
    (said,) = await talk.hear("人と話したい", "request_human")
    assert bot.calls[0][1]["says_matter"] is False
    assert "どのようなことについてか" in said.text
    assert payloads(said)[:2] == [QUEUE, LEAVE]


async def test_outside_hours_the_opening_is_told_and_a_message_offered(
    talk: Talk, bot: Bot
) -> None:
    bot.standing = {
        "situation": "closed",
        "desk": "市民課",
        "opens_at": "2026-11-25T08:30:00+09:00",
    }
    (said,) = await talk.hear("人と話したい", "request_human")
    assert "次の受付は11月25日(水) 8:30からです。" in said.text
    assert payloads(said)[0] == MESSAGE


async def test_the_words_after_the_question_are_the_matter(talk: Talk, bot: Bot) -> None:
    talk.past = [ASKED]
    (said,) = await talk.hear("国民健康保険のややこしい話", "nlu_fallback", "action_talk")
    [(what, body)] = bot.calls
    assert (what, body["turn_id"], body["desks"][0]) == ("matters", "line-7", "国保年金課")
    assert "番目です" in said.text


async def test_what_the_bot_knows_about_the_matter_is_answered_besides(
    talk: Talk, bot: Bot
) -> None:
    talk.past = [ASKED]
    assert len(await talk.hear("使い方を教えて", "help")) == 1
    assert bot.calls == [], "a call for help is no matter"
    said = await talk.hear("ごみの収集日", "ask_waste_day", "action_talk", 0.9)
    assert ["番目です" in message.text for message in said] == [True, False]
    said = await talk.hear("ごみの収集日", "ask_waste_day", "action_talk", 0.6)
    assert ["番目です" in message.text for message in said] == [True]


async def test_who_does_not_want_to_wait_any_more_leaves(talk: Talk, bot: Bot) -> None:
    talk.past = [ASKED]
    (said,) = await talk.hear("やっぱりいいです", "cancel")
    assert [what for what, _ in bot.calls] == ["left"]
    assert said.text == LEFT


async def test_a_question_that_is_no_longer_open_is_answered_as_any_other(
    talk: Talk, bot: Bot
) -> None:
    talk.past, bot.status = [ASKED], 404
    (said,) = await talk.hear("ありがとう", "goodbye")
    assert "お気をつけて" in said.text


async def test_danger_raises_the_alarm_and_sorrow_does_not(talk: Talk, bot: Bot) -> None:
    (said,) = await talk.hear(LOST, "chitchat")
    assert HOTLINE in links(said)
    assert [what for what, _ in bot.calls] == ["alarms"]
    await talk.hear("父が亡くなりました", "chitchat")
    assert len(bot.calls) == 1


async def test_the_numbers_are_said_though_nobody_can_be_told(talk: Talk, bot: Bot) -> None:
    bot.status = 503
    (said,) = await talk.hear(LOST, "chitchat")
    assert HOTLINE in links(said)
    (said,) = await talk.hear("人と話したい", "request_human")
    assert "tel:0242-39-1111" in links(said)
