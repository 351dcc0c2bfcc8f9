"""What staff start for a citizen: a button in the talk, in their name, and in the record."""

import re

import httpx2

from auth.levels import Level
from bot.handoff import starting
from concierge.modules import load_modules
from tests.bot.handoff.people import TAX, People
from tests.bot.handoff.test_desk_pages import taken

LINK = re.compile(r"https?://[^\"\s]+/identity/start\?t=[\w-]+")


def names(page: httpx2.Response) -> set[str]:
    return set(re.findall(r'name="start" value="([^"]+)"', page.text))


async def test_a_page_a_proof_and_a_consent_are_sent_as_buttons(people: People) -> None:
    user = await people.citizen()
    await people.asks(user)
    async with people.browser("sato") as sato:
        url, seen = await taken(people, user, sato)
        assert f'href="{url}/start"' in (await sato.get(url)).text
        page = await sato.get(f"{url}/start")
        wanted = {"page:/my/nursery/", "page:/snow/", "proof:L3", "consent:health_records"}
        assert wanted <= names(page)
        assert "page:/my/settings" not in names(page)
        for number, name in enumerate(sorted(wanted)):
            form = {"fence": seen, "key": f"s{number}", "start": name}
            sent = await sato.post(f"{url}/start", **form)
            assert sent.headers["location"] == f"{url}?done=started"
        talk = (await sato.get(url)).text
        assert "「保育所などの申し込み」のページです" in talk
        assert "手続きのボタンを送った（母" not in talk
        assert "手続きのボタンを送った（保育所などの申し込み）" in talk
        assert not LINK.search(talk), "whoever has the link could use it"
    await people.world.work()
    rows = people.world.line.from_bot(user)
    sent_by = {str(row["message"].get("sender", {}).get("name")) for row in rows[-4:]}
    assert sent_by == {"sato（市民課）"}
    links = LINK.findall(str(rows))
    assert len(set(links)) == 3, "the page open to everybody needs none"
    async with httpx2.AsyncClient(trust_env=False) as browser:
        opened = await browser.get(links[0])
    assert opened.status_code == 200
    sql = "SELECT details->>'what' FROM bot_handoff_action WHERE action = 'started' ORDER BY id"
    assert {row[0] for row in await people.world.query(sql)} == wanted


async def test_who_does_not_hold_the_talk_starts_nothing(people: People) -> None:
    user = await people.citizen()
    await people.asks(user)
    async with (
        people.browser("sato") as sato,
        people.browser("suzuki") as suzuki,
        people.browser("tanaka", TAX) as tanaka,
    ):
        url, seen = await taken(people, user, sato)
        before = await people.written(user)
        form = {"fence": seen, "key": "s", "start": "proof:L3"}
        refused = await suzuki.post(f"{url}/start", **form)
        assert refused.status_code == 409
        assert "送信していません" in refused.text
        assert (await tanaka.post(f"{url}/start", **form)).status_code == 404
        assert (await tanaka.get(f"{url}/start")).status_code == 404
        unknown = await sato.post(
            f"{url}/start", **(form | {"start": "page:https://evil.example/"})
        )
        assert unknown.status_code == 400
        assert "お願いすることを選んでください" in unknown.text
    assert await people.written(user) == before


async def test_the_bot_begins_what_was_chosen_at_the_end_of_a_talk(people: People) -> None:
    user = await people.citizen()
    await people.asks(user)
    async with people.browser("sato") as sato:
        url, seen = await taken(people, user, sato)
        form = {"fence": seen, "reason": "answered", "then": "/report_snow_road"}
        await sato.post(f"{url}/close", **form)
    await people.world.work()
    last = people.world.line.from_bot(user)[-1]["message"]
    labels = [item["action"]["label"] for item in last["quickReply"]["items"]]
    assert labels == ["危ない雪道の連絡", "満足", "ふつう", "不満"]
    assert last["quickReply"]["items"][0]["action"]["data"] == "/report_snow_road"
    sql = "SELECT details FROM bot_handoff_action WHERE action = 'closed'"
    assert await people.world.one(sql) == {"reason": "answered", "then": "/report_snow_road"}


def test_pages_of_one_s_own_ask_for_what_their_records_ask_for() -> None:
    levels = {start.what: start.level for start in starting.pages(load_modules())}
    assert levels["/my/health/"] == Level.L3
    assert levels["/identity/account"] == Level.L1
    assert levels["/nursery/"] is None
