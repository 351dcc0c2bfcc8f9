"""The page of a list: who has its key has it; ticks, family, calendar, languages."""

import re
from datetime import timedelta

import pytest

from messages.languages import Language
from tests.services.procedures.world import TARO, World


async def test_the_list_stands_by_desk_with_terms_and_papers(world: World) -> None:
    guide = await world.settled()
    shown = await world.page(world.key(guide))
    assert shown.status_code == 200
    assert "転入届" in shown.text
    assert "12月4日(金)" in shown.text
    assert shown.headers["cache-control"] == "no-store"
    assert shown.headers["referrer-policy"] == "no-referrer"
    assert shown.text.index("市民課") < shown.text.index("転入届")


@pytest.mark.parametrize("key", ["", "x", "A" * 32, "A" * 100])
async def test_another_key_opens_nothing(world: World, key: str) -> None:
    await world.settled()
    shown = await world.page(key)
    assert shown.status_code == 410
    assert "転入届" not in shown.text
    assert (await world.press(key, "tick", "transfer_in")).status_code == 410


async def test_a_tick_stays_and_can_be_taken_back(world: World) -> None:
    guide = await world.settled()
    key, first = world.key(guide), guide.first[0]
    pressed = await world.press(key, "tick", first.key)
    assert pressed.status_code == 303
    assert pressed.headers["location"].endswith(f"#{first.key}")
    after = await world.client.latest("ctz_hanako")
    assert (after.done, after.left) == (1, guide.left - 1)
    await world.press(key, "untick", first.key)
    assert (await world.client.latest("ctz_hanako")).done == 0


async def test_what_is_not_listed_cannot_be_ticked(world: World) -> None:
    guide = await world.settled()
    assert (await world.press(world.key(guide), "tick", "no_such")).status_code == 404
    assert (await world.press(world.key(guide), "burn")).status_code == 404


async def test_the_familys_link_looks_and_ticks_and_can_be_withdrawn(world: World) -> None:
    guide = await world.settled()
    key = world.key(guide)
    await world.press(key, "share")
    shown = (await world.page(key)).text
    family = shown.partition('<p class="address"><a href="')[2].partition('"')[0]
    family_key = family.partition("?t=")[2]
    assert family_key not in ("", key)
    assert (await world.press(family_key, "tick", guide.first[0].key)).status_code == 303
    for what in ("share", "unshare", "counter", "remind", "unremind"):
        assert (await world.press(family_key, what)).status_code == 404
    assert "家族が印を付けました" in (await world.page(key)).text
    assert key not in (await world.page(family_key)).text
    await world.press(key, "unshare")
    assert (await world.page(family_key)).status_code == 410
    assert (await world.page(key)).status_code == 200


async def test_the_calendar_holds_every_term_that_is_left(world: World) -> None:
    guide = await world.settled()
    key = world.key(guide)
    answered = await world.browser.get("/procedures/list/calendar.ics", params={"t": key})
    assert answered.headers["content-type"].startswith("text/calendar")
    lines = answered.text.split("\r\n")
    assert "DTSTART;VALUE=DATE:20261204" in lines
    assert all(len(line.encode()) <= 75 for line in lines)
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") > 0


@pytest.mark.parametrize("language", Language)
async def test_the_frame_of_the_page_speaks_every_language(
    world: World, language: Language
) -> None:
    guide = await world.settled()
    shown = (await world.page(world.key(guide), lang=language)).text
    assert ('class="notice"' in shown) is (language is not Language.ja)
    assert "転入届" in shown
    assert ("これからすること" in shown) is (language is Language.ja)


@pytest.mark.parametrize("language", ["en", "zh", "vi", "pt"])
async def test_what_is_japanese_on_a_page_of_another_language_says_so(
    world: World, language: str
) -> None:
    guide = await world.settled()
    key = world.key(guide)
    await world.press(key, "tick", "transfer_in")
    await world.press(key, "share")
    for view in ("", "day"):
        text = (await world.page(key, lang=language, view=view)).text
        body = text.partition("<main")[2].partition("</main>")[0]
        ours = re.sub(r"<(\w+)[^>]* lang=\"ja\"[^>]*>.*?</\1>", "", body, flags=re.DOTALL)
        said = re.sub(r"<[^>]+>|aria-label=\"[^\"]*\"", " ", ours)
        assert not re.findall(r"\S*[ぁ-んァ-ヶ]\S*", said)


async def test_a_language_stays_with_whoever_ticks_and_can_be_changed(world: World) -> None:
    key = world.key(await world.settled())
    form = {"t": key, "lang": "easy", "do": "tick", "procedure": "transfer_in"}
    shown = (await world.page(key, lang="easy")).text
    assert 'name="lang" value="easy"' in shown
    assert all(f"lang={one.value}" in shown and one.label in shown for one in Language)
    answered = await world.browser.post("/procedures/list", data=form)
    assert "lang=easy" in answered.headers["location"]


async def test_the_list_by_day_says_what_is_due_today_this_week_and_later(world: World) -> None:
    key = world.key(await world.settled())
    world.now += timedelta(days=4)
    shown = await stretches(world, key)
    assert "転入届（新しい住所の届け）" in shown["今日まで"]
    # What comes before it stands with it, without a term of its own.
    assert "前の市区町村への転出届（まだの方）" in shown["今日まで"]
    assert "児童手当の申請" in shown["30日以内"]
    headings = ["今日まで", "30日以内", "早めに（決まった期限はありません）", "急がないもの"]
    assert list(shown) == headings
    assert "（あとの手続きに必要です）" in (await world.page(key, view="day")).text
    world.now -= timedelta(days=2)
    assert "転入届（新しい住所の届け）" in (await stretches(world, key))["今週中"]
    world.now += timedelta(days=3)
    assert "転入届（新しい住所の届け）" in (await stretches(world, key))["期限が過ぎたもの"]


async def test_the_list_by_day_keeps_its_view_and_has_all_that_the_list_by_desk_has(
    world: World,
) -> None:
    key = world.key(await world.settled(insurance="unknown"))
    form = {"t": key, "lang": "ja", "view": "day", "do": "tick", "procedure": "transfer_in"}
    answered = await world.browser.post("/procedures/list", data=form)
    assert answered.headers["location"].endswith("view=day#transfer_in")
    titles = re.compile(r"<h3[^>]*>(.+?)</h3>")
    by_day, by_desk = [(await world.page(key, view=view)).text for view in ("day", "")]
    assert sorted(titles.findall(by_day)) == sorted(titles.findall(by_desk))
    assert (await stretches(world, key))["済んだもの"] == ["転入届（新しい住所の届け）"]


async def stretches(world: World, key: str) -> dict[str, list[str]]:
    """Return the titles of the page by day, by the heading over them."""
    text = (await world.page(key, view="day")).text.partition('class="tabs"')[2]
    parts = re.split(r"<h2[^>]*>(.+?)</h2>", text.partition('class="maybe"')[0])
    found = {
        heading: re.findall(r'<h3 lang="ja">(.+?)</h3>', part)
        for heading, part in zip(parts[1::2], parts[2::2], strict=True)
    }
    return {heading: titles for heading, titles in found.items() if titles}


async def test_who_may_be_watched_is_sent_nothing_and_is_not_seen_by_the_family(
    world: World,
) -> None:
    guide = await world.settled()
    key = world.key(guide)
    await world.press(key, "share")
    await world.press(key, "remind")
    family = (await world.page(key)).text.partition('<p class="address"><a href="')[2]
    family_key = family.partition('"')[0].partition("?t=")[2]
    assert (await world.page(family_key)).status_code == 200
    await world.answer(guide, situation=["hide"])
    assert (await world.page(family_key)).status_code == 410
    shown = (await world.page(key)).text
    assert family_key not in shown
    assert "お知らせは送りません" in shown
    assert shown.index("安心して相談") < shown.index("保護命令")
    assert "支援措置" in shown
    world.now += timedelta(days=3)
    await world.reminding.remind()
    assert world.told == []


async def test_a_list_of_another_citizen_is_another_page(world: World) -> None:
    own, other = await world.settled(), await world.settled(TARO, children=[])
    assert world.key(own) != world.key(other)
    await world.press(world.key(own), "tick", own.first[0].key)
    assert (await world.client.latest(TARO)).done == 0


async def test_the_counters_code_ends_after_half_an_hour(world: World) -> None:
    guide = await world.settled()
    shown = (await world.press(world.key(guide), "counter")).text
    code = shown.partition('<p class="digits">')[2].partition("<")[0]
    assert len(code.replace(" ", "")) == 8
    async with world.database.transaction() as session:
        assert (await world.guides.open_counter(session, code.lower())).guide.id == guide.id
    world.now += timedelta(minutes=30)
    from kit.errors import GoneError

    async with world.database.transaction() as session:
        with pytest.raises(GoneError):
            await world.guides.open_counter(session, code)
