"""Who is speaking, turn by turn; identity is the real package."""

from collections.abc import AsyncIterator

import pytest
from pydantic import TypeAdapter
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ActionContext, Turn
from actions.identity import step_up
from actions.identity.actions import actions
from auth.levels import Level
from concierge.app import build_web
from identity.container import IdentityContainer
from identity.contract import IdentityClient
from kit.clock import system_clock
from kit.http import internal_client
from kit.ids import new_citizen_id
from kit.settings import Settings
from messages.neutral import OpenLink, Payload, Text, message_list

START = "http://127.0.0.1:8000/identity/start?t="


class Talk:
    """One citizen's conversation with this skill."""

    def __init__(self, context: ActionContext, container: IdentityContainer) -> None:
        self.context = context
        self.container = container
        self.actions = {action.name(): action for action in actions(context)}
        self.citizen = new_citizen_id()
        self.said = Text(text="…")

    def turn(self, text: str, intent: str, **entities: str) -> tuple[CollectingDispatcher, Tracker]:
        found = [{"entity": name, "value": value} for name, value in entities.items()]
        message = {"text": text, "intent": {"name": intent}, "entities": found}
        return CollectingDispatcher(), Tracker(self.citizen, {}, message, [], False, None, {}, None)

    async def hear(self, text: str, intent: str, **entities: str) -> str:
        dispatcher, tracker = self.turn(text, intent, **entities)
        assert await self.actions[f"action_{intent}"].run(dispatcher, tracker, {}) == []
        return self.note(dispatcher)

    def note(self, dispatcher: CollectingDispatcher) -> str:
        [said] = message_list.validate_python([m["custom"] for m in dispatcher.messages])
        assert isinstance(said, Text)
        self.said = said
        return said.text

    async def tap(self, label: str) -> str:
        [choice] = [c for c in self.said.choices if c.label == label]
        assert isinstance(choice, Payload)
        name, brace, rest = choice.payload[1:].partition("{")
        entities = TypeAdapter(dict[str, str]).validate_json(brace + rest) if brace else {}
        return await self.hear(choice.payload, name, **entities)

    @property
    def token(self) -> str:
        [url] = [c.url for c in self.said.choices if isinstance(c, OpenLink)]
        assert url.startswith(START)
        return url.removeprefix(START)

    async def login_request(self) -> tuple[str, str | None, str | None]:
        """What the link of the last answer is for: provider, resume, page."""
        async with self.container.database.statement() as session:
            login_request = await self.container.one_time_links.look(session, self.token)
        assert login_request.citizen_id == self.citizen
        return login_request.provider, login_request.resume, login_request.page

    async def link(self, provider: str, subject: str) -> str:
        async with self.container.database.transaction() as session:
            chosen = self.container.party(provider).provider
            link, _ = await self.container.links.connect(session, self.citizen, chosen, subject)
        return link.id

    async def prove(self, **instants: object) -> None:
        _, session = await self.container.sessions.start(self.citizen, "")
        proofs = {name: self.container.clock() for name in ("line_at", *instants)}
        await self.container.sessions.renew(session.proven(**proofs))


@pytest.fixture
async def talk(settings: Settings) -> AsyncIterator[Talk]:
    app = build_web(settings)
    token = settings.internal_token.get_secret_value()
    async with (
        app.router.lifespan_context(app),
        internal_client("http://internal", token, app=app) as http,
    ):
        context = ActionContext(http, system_clock, settings)
        yield Talk(context, app.state.container.get(IdentityContainer))


async def test_linking_is_a_link_and_how_to_undo_it(talk: Talk) -> None:
    text = await talk.hear("My-IDを連携したい", "link_my_id")
    assert "いつでも外せます" in text
    assert "ほかの人には送らないでください" in text
    assert await talk.login_request() == ("my-id", None, None)


async def test_who_is_linked_is_not_sent_to_link_again(talk: Talk) -> None:
    await talk.link("my-id", "misaki")
    assert "つながっています" in await talk.hear("My-IDを連携したい", "link_my_id")
    assert not any(isinstance(choice, OpenLink) for choice in talk.said.choices)


async def test_the_card_is_read_on_a_page_and_no_number_belongs_here(talk: Talk) -> None:
    text = await talk.hear("マイナンバーカードで本人確認したい", "verify_mynumber")
    assert "このトークに送らないでください" in text
    assert await talk.login_request() == ("card", None, None)


async def test_undo_ends_that_one_link_of_this_citizen_alone(talk: Talk) -> None:
    link_id = await talk.link("my-id", "misaki")
    await talk.link("card", "misaki")
    assert "もう外れています" in await talk.hear("/undo_link", "undo_link")
    wrong = await talk.hear("/undo_link", "undo_link", identity_link="lnk_of_somebody_else")
    assert "もう外れています" in wrong
    assert "取り消しました" in await talk.hear("/undo_link", "undo_link", identity_link=link_id)
    assert "もう外れています" in await talk.hear("/undo_link", "undo_link", identity_link=link_id)
    standing = await talk.context.client(IdentityClient).standing(talk.citizen)
    assert standing.providers == ("card",)


async def test_unlinking_asks_what_shall_go_before_anything_goes(talk: Talk) -> None:
    await talk.link("my-id", "misaki")
    asked = await talk.hear(
        "連携を解除してデータを全部消して", "unlink_account", unlink_what="links"
    )
    assert "どちらにしますか" in asked
    assert await talk.login_request() == ("line", None, "/identity/account/delete")
    assert (await talk.context.client(IdentityClient).standing(talk.citizen)).providers == (
        "my-id",
    )
    assert await talk.tap("連携だけ外す") == "連携を外しました。"
    assert (await talk.context.client(IdentityClient).standing(talk.citizen)).providers == ()


async def test_who_looked_and_what_is_kept_are_pages_behind_a_login(talk: Talk) -> None:
    await talk.hear("私の情報を誰が見たか知りたい", "ask_access_log")
    assert await talk.login_request() == ("line", None, "/identity/account/access")
    await talk.hear("ここに書いたことって誰かに見られますか", "ask_privacy")
    assert await talk.login_request() == ("line", None, "/identity/account")


async def test_a_missing_level_pauses_the_dialogue_with_the_way_back_in_the_link(
    talk: Talk,
) -> None:
    dispatcher, tracker = talk.turn("成長の記録を見せて", "view_growth_chart")
    turn = Turn(dispatcher, tracker)
    asked = (talk.context, turn, "services/health", ("growth:read",))
    assert await step_up.grant(*asked, Level.L3) is None
    assert "マイナンバーカードで確認します" in talk.note(dispatcher)
    assert await talk.login_request() == ("card", "/view_growth_chart", None)

    await talk.prove(my_id_at=True)
    assert await step_up.grant(*asked, Level.L3) is None
    await talk.prove(card_at=True)
    grant = await step_up.grant(*asked, Level.L3)
    assert grant is not None
    assert grant.count(".") == 2


async def test_a_tapped_button_comes_back_with_everything_it_carried(talk: Talk) -> None:
    payload = '/apply_nursery{"child": "2"}'
    dispatcher, tracker = talk.turn(payload, "apply_nursery", child="2")
    await step_up.ask(talk.context, Turn(dispatcher, tracker), Level.L2)
    talk.note(dispatcher)
    assert await talk.login_request() == ("my-id", payload, None)
