"""A record asked for in the talk: the card first, then how many, and no value."""

from datetime import date

import pytest

from actions.residents import actions as residents
from auth.levels import Level
from identity.contract import IdentityClient
from kit.settings import Settings
from messages.neutral import OpenLink
from services.residents.contract import AUDIENCE, ContactDetails, Identification, ResidentsClient
from services.residents.importer import import_demonstration
from services.residents.register import Register
from tests.actions.test_identity import Talk, talk  # noqa: F401  a fixture

CONTACT = ContactDetails(phone="0242-39-1111", mail="misaki@example.jp")


@pytest.fixture
async def misaki(talk: Talk, settings: Settings) -> Talk:  # noqa: F811
    """Who has the city's demonstration register, and stands in it."""
    talk.actions |= {action.name(): action for action in residents.actions(talk.context)}
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


async def test_without_the_card_the_dialogue_waits_with_the_way_back(misaki: Talk) -> None:
    await misaki.prove(my_id_at=True)
    assert "マイナンバーカードで確認します" in await misaki.hear("/view_contact", "view_contact")
    assert await misaki.login_request() == ("card", "/view_contact", None)


async def test_with_the_card_it_is_said_how_many_there_are_and_no_value(misaki: Talk) -> None:
    await misaki.prove(card_at=True)
    said = await misaki.hear("/view_contact", "view_contact")
    assert said.startswith("市からのお知らせが届くご連絡先は、登録されていません。")
    context = misaki.context
    scopes = ("residents:people:read", "residents:contact:write")
    for number in (1, 2):
        grant = await context.client(IdentityClient).grant(
            misaki.citizen, AUDIENCE, scopes, Level.L3_FRESH
        )
        assert grant is not None
        people = (await context.client(ResidentsClient).people(grant)).people
        await context.client(ResidentsClient).save_contact(
            grant, people[number - 1].resident_id, CONTACT
        )
        said = await misaki.hear("/view_contact", "view_contact")
        assert f"ご連絡先が{number}件登録されています" in said
    everything = misaki.said.model_dump_json()
    assert not [word for word in ("0242", "misaki", "佐藤", "美咲", "蓮") if word in everything]
    [url] = [c.url for c in misaki.said.choices if isinstance(c, OpenLink)]
    assert url == "http://127.0.0.1:8000/my/contact"


async def test_who_is_not_in_the_register_is_told_so(misaki: Talk) -> None:
    await misaki.context.client(ResidentsClient).forget(misaki.citizen)
    await misaki.prove(card_at=True)
    assert "照合が、まだ終わっていません" in await misaki.hear("/view_contact", "view_contact")


async def test_the_record_is_offered_where_it_is_told_what_is_kept(misaki: Talk) -> None:
    await misaki.hear("ここに書いたことって誰かに見られますか", "ask_privacy")
    assert "マイナンバーカードで確認します" in await misaki.tap("連絡先を確かめる")
