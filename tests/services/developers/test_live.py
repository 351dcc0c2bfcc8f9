"""A skill on its whole way: registered, checked, approved, before citizens, and stopped."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from kit.clock import system_clock
from kit.db import Database
from kit.settings import Settings
from services.developers.rules import BREAKS_AFTER
from services.facilities.importer import import_city as import_places
from services.waste.importer import import_city as import_waste
from tests.services.developers.skill import HOSTILE, Heard, Skill, honest, serving
from tests.services.developers.world import (
    API,
    MANIFEST,
    SECRET_WORDS,
    World,
    import_small_faq,
    outcomes,
    reading,
    said,
)


@pytest.fixture
def skill() -> Iterator[Skill]:
    with serving() as skill:
        yield skill


@pytest.fixture
def rasa() -> Iterator[str]:
    with reading({"ごみの日を教えて": "ask_waste_day"}) as url:
        yield url


@pytest.fixture
async def world(
    settings: Settings, database: Database, rasa: str, tmp_path: Path
) -> AsyncIterator[World]:
    await import_places(database, settings.city_dir, system_clock)
    await import_waste(database, settings.city_dir, system_clock)
    await import_small_faq(database, settings, tmp_path)
    world = World(settings.model_copy(update={"rasa_url": rasa}))
    yield world
    await world.close()


async def test_a_live_skill_answers_with_the_name_of_who_offers_it(
    world: World, skill: Skill
) -> None:
    await world.live(await world.staff(), skill)
    credit, answer = await said(world, "シェアサイクルの空きを教えて")
    assert "デモ自転車の会" in credit["text"]
    assert "デモ用" in credit["text"]
    assert answer["text"] == "空きは5台です。"


async def test_a_skill_hears_nothing_of_the_talk_and_a_name_of_its_own_for_the_citizen(
    world: World, skill: Skill
) -> None:
    staff = await world.staff()
    await world.live(staff, skill)
    skill.heard.clear()
    for citizen in ("ctz_1", "ctz_1", "ctz_2"):
        await said(world, "シェアサイクルの空き", citizen)
    first, again, other = (heard.content["citizen"] for heard in skill.heard)
    assert first == again != other
    for heard in skill.heard:
        told = f"{heard.headers}{heard.body.decode()}"
        assert "ctz_" not in told
        assert SECRET_WORDS not in told
        assert "シェアサイクル" not in told
    with serving() as second:
        other_skill = {"id": "second-skill", "title": "別の機能", "triggers": ["別の機能の言葉"]}
        await world.live(staff, second, **other_skill)
        second.heard.clear()
        await said(world, "別の機能の言葉")
        assert second.heard[0].content["citizen"] not in (first, other)


async def test_words_that_come_near_are_asked_about_first(world: World, skill: Skill) -> None:
    await world.live(await world.staff(), skill)
    skill.heard.clear()
    [question] = await said(world, "駅の近くのシェアサイクルの空きっぽい話")
    assert "のことですか" in question["text"]
    assert skill.heard == []
    payload = question["choices"][0]["payload"]
    assert [m["text"] for m in await said(world, payload)][1:] == ["空きは5台です。"]


async def test_a_button_of_the_skill_comes_back_to_it_with_its_slots(
    world: World, skill: Skill
) -> None:
    choice = {"kind": "again", "label": "駅前", "slots": {"station": "st-1"}}
    skill.answer = {
        "version": "1",
        "messages": [{"type": "text", "text": "どこですか。", "choices": [choice]}],
    }
    await world.live(await world.staff(), skill)
    _, question = await said(world, "シェアサイクルの空き")
    await said(world, question["choices"][0]["payload"])
    assert skill.heard[-1].content["slots"] == {"language": "ja", "station": "st-1"}


async def test_a_skill_that_keeps_failing_is_left_alone_and_others_go_on(
    world: World, skill: Skill
) -> None:
    staff = await world.staff()
    await world.live(staff, skill)
    skill.reply = HOSTILE["status 500"][0]
    for _ in range(BREAKS_AFTER):
        await said(world, "シェアサイクルの空き")
    skill.heard.clear()
    [answer] = await said(world, "シェアサイクルの空き")
    assert "もう一度お試しください" in answer["text"]
    assert skill.heard == []
    assert (await outcomes(world))[-1] == "broken"
    with serving() as other:
        told = {"id": "second-skill", "title": "別の機能", "triggers": ["別の機能の言葉"]}
        await world.live(staff, other, **told)
        assert len(await said(world, "別の機能の言葉")) == 2


async def test_a_disabled_skill_is_not_called_any_more_from_that_moment(
    world: World, skill: Skill
) -> None:
    staff = await world.staff()
    await world.live(staff, skill)
    assert await world.console(staff, "skills/bicycle-stations", state="disabled") == 303
    skill.heard.clear()
    answers = await said(world, '/outside_skill{"skill": "bicycle-stations"}')
    assert "答えを受け取れませんでした" in answers[0]["text"]
    assert "空きは5台" not in str(await said(world, "シェアサイクルの空き"))
    assert skill.heard == []


async def test_an_answer_that_comes_after_the_stop_is_not_told(world: World, skill: Skill) -> None:
    staff = await world.staff()
    await world.live(staff, skill)
    called, may_answer = threading.Event(), threading.Event()

    def wait(skill: Skill, heard: Heard, connection: socket.socket) -> None:
        called.set()
        may_answer.wait(1.5)
        honest(skill, heard, connection)

    skill.heard.clear()
    skill.reply = wait
    asking = asyncio.create_task(said(world, "シェアサイクルの空き"))
    assert await asyncio.to_thread(called.wait, 10)
    assert await world.console(staff, "skills/bicycle-stations", state="disabled") == 303
    may_answer.set()
    [answer] = await asking
    assert "答えを受け取れませんでした" in answer["text"]


async def test_with_a_refused_developer_their_skills_stop_and_can_be_deleted(
    world: World, skill: Skill
) -> None:
    staff = await world.staff()
    key = await world.live(staff, skill)
    async with world.app.state.container.get(Database).transaction() as session:
        developer = await session.scalar(text("SELECT id FROM developers_developer"))
    assert await world.console(staff, f"people/{developer}/delete") == 409
    assert await world.console(staff, f"people/{developer}", state="refused") == 303
    skill.heard.clear()
    await said(world, '/outside_skill{"skill": "bicycle-stations"}')
    assert skill.heard == []
    api = world.browser(Authorization=f"Bearer {key}")
    assert (await api.get(f"{API}/skills")).status_code == 403
    assert await world.console(staff, f"people/{developer}/delete") == 303
    async with world.app.state.container.get(Database).transaction() as session:
        for table in ("developer", "key", "skill", "call"):
            count = text(f"SELECT count(*) FROM developers_{table}")  # noqa: S608
            assert await session.scalar(count) == 0, table
        assert await session.scalar(text("SELECT count(*) FROM developers_step"))


async def test_a_new_manifest_takes_a_live_skill_from_citizens_until_it_is_approved_again(
    world: World, skill: Skill
) -> None:
    key = await world.live(await world.staff(), skill)
    await world.registered(key, skill, description="ほかの説明です。")
    assert "空きは5台" not in str(await said(world, "シェアサイクルの空き"))


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"triggers": ["ごみの日を教えて"]}, "city's own answers"),
        ({"desk": "税務課"}, "desk"),
        ({"url": "http://127.0.0.1:9/answer"}, "answer"),
    ],
)
async def test_the_check_names_what_is_wrong_and_the_skill_stays_a_draft(
    world: World, skill: Skill, changes: dict[str, Any], finding: str
) -> None:
    key = await world.developer(await world.staff())
    api = await world.registered(key, skill, **changes)
    checked = (await api.post(f"{API}/skills/bicycle-stations/check")).json()
    assert checked["state"] == "draft"
    assert finding in [one["name"] for one in checked["report"] if not one["passed"]]
    refused = await api.post(f"{API}/skills/bicycle-stations/state", json={"state": "sandbox"})
    assert refused.status_code == 409


async def test_a_skill_that_takes_wrong_signatures_does_not_pass(
    world: World, skill: Skill
) -> None:
    key = await world.developer(await world.staff())
    api = await world.registered(key, skill)
    skill.checks_signature = False
    checked = (await api.post(f"{API}/skills/bicycle-stations/check")).json()
    assert [one["name"] for one in checked["report"] if not one["passed"]] == ["signature"]


async def test_a_sentence_of_another_skill_is_taken(world: World, skill: Skill) -> None:
    staff = await world.staff()
    await world.live(staff, skill)
    with serving() as second:
        api = await world.registered(await world.developer(staff), second, id="second-skill")
        checked = (await api.post(f"{API}/skills/second-skill/check")).json()
    assert "other skills" in [one["name"] for one in checked["report"] if not one["passed"]]


async def test_developers_reach_their_own_skills_alone(world: World, skill: Skill) -> None:
    staff = await world.staff()
    await world.live(staff, skill)
    other = world.browser(Authorization=f"Bearer {await world.developer(staff)}")
    assert (await other.get(f"{API}/skills")).json() == []
    for path in ("", "/calls"):
        assert (await other.get(f"{API}/skills/bicycle-stations{path}")).status_code == 404
    for path, body in (("check", {}), ("secret", {}), ("state", {"state": "disabled"})):
        answer = await other.post(f"{API}/skills/bicycle-stations/{path}", json=body)
        assert answer.status_code == 404, path
    taken = await other.post(f"{API}/skills", json={**MANIFEST, "url": skill.url})
    assert taken.status_code == 409


async def test_no_developer_puts_a_skill_before_citizens(world: World, skill: Skill) -> None:
    key = await world.developer(await world.staff())
    api = await world.registered(key, skill)
    for state in ("checked", "approved", "live"):
        answer = await api.post(f"{API}/skills/bicycle-stations/state", json={"state": state})
        assert answer.status_code == 422


async def test_the_log_of_calls_has_no_word_of_what_was_said(world: World, skill: Skill) -> None:
    key = await world.live(await world.staff(), skill, slots=["words"])
    await said(world, "シェアサイクルの空き")
    api = world.browser(Authorization=f"Bearer {key}")
    [newest, *_] = (await api.get(f"{API}/skills/bicycle-stations/calls")).json()
    assert set(newest) == {"at", "kind", "outcome", "status", "milliseconds", "size"}
    assert (newest["kind"], newest["outcome"]) == ("live", "ok")


async def test_a_my_number_in_the_words_does_not_leave_the_city(world: World, skill: Skill) -> None:
    trigger = "番号123456789018の話"
    await world.live(await world.staff(), skill, slots=["words"], triggers=[trigger])
    skill.heard.clear()
    await said(world, trigger)
    assert "123456789018" not in skill.heard[0].body.decode()


async def test_a_key_opens_what_its_scopes_say_and_nothing_once_revoked(
    world: World, skill: Skill
) -> None:
    staff = await world.staff()
    made = (await world.http.post(f"{API}/sign-ups", json=_SIGN_UP)).json()
    bearer = {"Authorization": f"Bearer {made['secret']}"}
    wanted = {"name": "読むだけ", "scopes": ["skills:read"]}
    early = await world.http.post(f"{API}/keys", json=wanted, headers=bearer)
    assert early.json()["error"]["code"] == "developer_not_approved"
    await world.console(staff, f"people/{made['id']}", state="approved", desk="市民課")
    key = (await world.http.post(f"{API}/keys", json=wanted, headers=bearer)).json()["key"]
    api = world.browser(Authorization=f"Bearer {key}")
    assert (await api.get(f"{API}/skills")).status_code == 200
    refused = await api.post(f"{API}/skills", json={**MANIFEST, "url": skill.url})
    assert refused.json()["error"]["code"] == "scope_missing"
    async with world.app.state.container.get(Database).transaction() as session:
        kept = str((await session.execute(text("SELECT * FROM developers_key"))).all())
        assert key not in kept
        await session.execute(text("UPDATE developers_key SET revoked_at = now()"))
    assert (await api.get(f"{API}/skills")).status_code == 401
    assert (await world.http.get(f"{API}/skills")).status_code == 401


_SIGN_UP = {"name": "読む人", "mail": "reader@example.jp", "purpose": "読むだけです"}


async def test_staff_approves_for_desks_of_their_own_alone(
    world: World, settings: Settings
) -> None:
    staff = await world.staff()
    made = (await world.http.post(f"{API}/sign-ups", json=_SIGN_UP)).json()
    path = f"people/{made['id']}"
    assert await world.console(staff, path, state="approved", desk="税務課") == 403
    guest = world.browser()
    page = await guest.get("/console/developers/")
    assert page.status_code == 303
    assert isinstance(guest, httpx2.AsyncClient)
