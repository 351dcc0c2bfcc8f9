"""Links in the database, without any browser: who meets whom, who moves, who ends."""

from datetime import datetime, timedelta

import pytest

from identity.keys import KeyRing
from identity.links.links import Links, Meeting
from identity.models import Link
from identity.oidc.providers import Provider
from kit.db import Database
from kit.errors import ConciergeError, UnavailableError
from kit.settings import Settings
from kit.vault import Vault
from tests.identity.support import Clock


@pytest.fixture
def links(settings: Settings, keys: KeyRing, clock: Clock) -> Links:
    return Links(Vault(settings.master_keys, clock), keys, clock, "aizuwakamatsu")


def provider(name: str, kind: str = "my-id", issuer: str = "https://idp.example") -> Provider:
    usual = {
        **{"name": name, "title": "試験", "kind": kind, "issuer": issuer, "client_id": "x"},
        **{"scopes": ("openid",), "algorithm": "ES256", "authentication": "private_key_jwt"},
        "card_acr": {"aal3"},
    }
    return Provider.model_validate(usual)


MY_ID, CARD = provider("my-id"), provider("card", "card", "https://card.example")


async def connect(
    links: Links, database: Database, citizen: str, at: Provider, subject: str
) -> tuple[str, str | None]:
    async with database.transaction() as session:
        link, previous = await links.connect(session, citizen, at, subject)
        return link.id, previous


async def meet(
    links: Links, database: Database, citizen: str, at: Provider, subject: str
) -> Meeting:
    async with database.transaction() as session:
        return await links.meet(session, citizen, at, subject)


async def states(links: Links, database: Database, citizen: str) -> dict[str, str]:
    async with database.transaction() as session:
        return {x.provider: x.state for x in await links.all_of(session, citizen)}


async def test_a_login_meets_what_is_linked_there_and_nothing_else(
    links: Links, database: Database
) -> None:
    await connect(links, database, "ctz_1", MY_ID, "one")
    await connect(links, database, "ctz_2", CARD, "two")
    asked = [
        (("ctz_1", MY_ID, "one"), Meeting.known),
        (("ctz_1", MY_ID, "other"), Meeting.other_login),
        (("ctz_2", MY_ID, "one"), Meeting.other_citizen),
        (("ctz_2", MY_ID, "two"), Meeting.new),
        (("ctz_1", CARD, "one"), Meeting.new),
        (("ctz_1", CARD, "two"), Meeting.moves),
        (("ctz_2", CARD, "two"), Meeting.known),
        (("ctz_1", provider("other"), "one"), Meeting.new),
    ]
    for (citizen, at, subject), met in asked:
        assert await meet(links, database, citizen, at, subject) is met, (citizen, at.name, subject)


async def test_a_card_is_taken_from_the_talk_that_had_it(links: Links, database: Database) -> None:
    assert (await connect(links, database, "ctz_1", CARD, "one"))[1] is None
    assert (await connect(links, database, "ctz_2", CARD, "one"))[1] == "ctz_1"
    assert await states(links, database, "ctz_1") == {}
    assert await states(links, database, "ctz_2") == {"card": "active"}
    async with database.transaction() as session:
        owner = await links.owner(session, CARD, "one")
        assert owner is not None
        assert owner.citizen_id == "ctz_2"
        assert await links.owner(session, CARD, "two") is None


async def test_one_link_ends_or_all_and_nobody_elses(links: Links, database: Database) -> None:
    one, _ = await connect(links, database, "ctz_1", MY_ID, "one")
    await connect(links, database, "ctz_1", CARD, "one")
    other, _ = await connect(links, database, "ctz_2", MY_ID, "two")
    async with database.transaction() as session:
        assert await links.end(session, "ctz_1", other, "x") == 0
        assert await links.end(session, "ctz_1", one, "x") == 1
    assert await states(links, database, "ctz_1") == {"card": "active"}
    async with database.transaction() as session:
        assert await links.end(session, "ctz_1", None, "x") == 1
        assert await links.end(session, "ctz_1", None, "x") == 0
    assert await states(links, database, "ctz_2") == {"my-id": "active"}


async def test_what_is_suspended_counts_again_after_a_login_there(
    links: Links, database: Database
) -> None:
    for at in (MY_ID, CARD):
        await connect(links, database, "ctz_1", at, "one")
    await connect(links, database, "ctz_2", MY_ID, "two")
    async with database.transaction() as session:
        assert await links.suspend_all(session, "ctz_1", "unfollowed") == 2
        assert await links.suspend_all(session, "ctz_1", "unfollowed") == 0
        await links.resume(session, "ctz_1", "my-id")
        await links.resume(session, "ctz_1", "my-id")
        await links.resume(session, "ctz_3", "my-id")
    assert await states(links, database, "ctz_1") == {"my-id": "active", "card": "suspended"}
    assert await states(links, database, "ctz_2") == {"my-id": "active"}


async def test_what_ended_lately_is_known_for_a_while_and_what_lives_for_ever(
    links: Links, database: Database, clock: Clock
) -> None:
    ended, _ = await connect(links, database, "ctz_1", CARD, "one")
    await connect(links, database, "ctz_1", MY_ID, "one")
    await connect(links, database, "ctz_2", MY_ID, "two")
    async with database.transaction() as session:
        await links.end(session, "ctz_1", ended, "x")

    async def since(instant: datetime) -> list[str]:
        async with database.transaction() as session:
            return sorted(x.provider for x in await links.since(session, "ctz_1", instant))

    assert await since(clock() - timedelta(days=30)) == ["card", "my-id"]
    clock.forward(days=31)
    assert await since(clock() - timedelta(days=30)) == ["my-id"]


async def test_whoever_makes_or_ends_the_same_link_waits_and_others_do_not(
    links: Links, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("identity.links.links.LONGEST_WAIT_MS", 50)
    async with database.transaction() as held:
        await links.lock(held, "ctz_1", (CARD, "one"))
        async with database.transaction() as session:
            await links.lock(session, "ctz_2", (CARD, "two"))
            await links.lock(session, "ctz_3")
        for citizen, login in (("ctz_1", None), ("ctz_4", (CARD, "one"))):
            with pytest.raises(UnavailableError):
                async with database.transaction() as session:
                    await links.lock(session, citizen, login)


async def test_what_has_ended_never_counts_again(links: Links) -> None:
    ended = Link(id="lnk_1", state="ended")
    with pytest.raises(ConciergeError):
        links._move(ended, "active", None)
    assert ended.state == "ended"
