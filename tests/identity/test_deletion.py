"""A citizen is deleted: everything of theirs, in every package, for good."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from auth.levels import Level
from bot.jobs import SEND
from concierge.cli import app
from identity.contract import ACCOUNT_PAGE, DELETE_PAGE
from kit.db import Base
from kit.errors import UnauthorizedError
from services.residents.contract import AUDIENCE, ResidentsClient
from tests.identity.browsing import Browser
from tests.identity.world import IdentityWorld, Person

WITH_REGISTER = True

WORDS = "わたしの病気の話です"
JPEG = b"\xff\xd8\xff\xe0 a picture of mine"
# What stays: the log, the tombstone, and rows by which LINE's redeliveries are known.
STAY = {"identity_access", "identity_deletion"}
EMPTIED = {"bot_line_event", "bot_outbound", "bot_media"}


SUBSCRIPTION = (
    "INSERT INTO waste_subscription (citizen_id, area, change_key, created_at, updated_at) "
    "VALUES (:of, '城西', 'k', now(), now())"
)
KEPT = (
    SUBSCRIPTION,
    "INSERT INTO waste_reminder_log VALUES (:of, '2026-11-24', 'queued', now())",
    "INSERT INTO bot_preferences (citizen_id, areas, topics, hazards, language, updated_at) "
    "VALUES (:of, '{城西}', '{}', '{}', 'ja', now())",
    "INSERT INTO bot_outbound (key, citizen_id, state, messages_json, retry_key, created_at, "
    "reply_attempts, push_attempts) VALUES ('late', :of, 'pending', '[{\"text\": \"お知らせ\"}]', "
    "gen_random_uuid(), now(), 0, 0)",
)
# What is sealed in it cannot be read, so nobody may take this out before it is erased.
HANDBOOK = (
    "INSERT INTO procedure_guide (id, citizen_id, event, sealed, page_index, begun_at, seen_at,"
    " reminds) VALUES ('prg_1', :of, 'moving_in', '\\x00', 'page', now(), now(), false)",
    "INSERT INTO health_entry (id, record_id, person_id, kind, body, source, written_by, "
    "written_at, key_index, content_index) VALUES ('hen_1', 'hen-1', :of, 'diary', '', "
    "'guardian', :of, now(), 'k', 'c')",
    "INSERT INTO health_photo (id, record_id, person_id, citizen_id, jpeg, width, height, digest, "
    "added_at) VALUES ('hph_1', 'hen-1', :of, :of, '\\x00', 1, 1, '\\x00', now())",
    "INSERT INTO health_share (person_id, citizen_id, parts, about, code_index, created_at, "
    "ends_at) VALUES (:of, :of, '{growth}', '', 'c', now(), now())",
    "INSERT INTO bot_handoff (citizen_id, state, fence, kind, urgent, desk, trigger, asked_at) "
    "VALUES (:of, 'queued', 0, 'talk', false, '市民課', 'request', now())",
    "INSERT INTO disaster_safety (key, citizen_id, state, for_other, reported_at, updated_at) "
    "VALUES ('k', :of, 'safe', false, now(), now())",
    "INSERT INTO disaster_safety_call (report_id, outcome, at, staff_id, staff) "
    "SELECT id, 'called', now(), 's', 's' FROM disaster_safety WHERE citizen_id = :of",
    "INSERT INTO snow_report (draft_key, citizen_id, source, category, severity, status, lat, lon, "
    "place_name, place_words, description, description_approved, media_url, note, handed_to, "
    "filed_at, updated_at, expires_at) VALUES ('k', :of, 'line', 'c', 's', '受付', 37.5, 139.9, "
    "'', '', '', false, '', '', '', now(), now(), now())",
    "INSERT INTO snow_follower (report_id, citizen_id, followed_at) "
    "SELECT id, citizen_id, now() FROM snow_report WHERE citizen_id = :of",
    "INSERT INTO snow_sanding (report_id, at, citizen_id) "
    "SELECT id, now(), citizen_id FROM snow_report WHERE citizen_id = :of",
)

OTHERS = (
    "INSERT INTO bot_broadcast_tester VALUES ('s', :of, now())",
    "INSERT INTO developers_permission (citizen_id, skill_id, scopes, given_at) "
    "VALUES (:of, 'bicycle-stations', '{district}', now())",
    "INSERT INTO disaster_timeline (citizen_id, leaves_at, goes_to, updated_at) "
    "VALUES (:of, 3, 'shelter', now())",
    "INSERT INTO sensors_field (citizen_id, place, made_at) VALUES (:of, '\\x00', now())",
    "INSERT INTO health_reminder (citizen_id, person_id, about, since) "
    "VALUES (:of, :of, '\\x00', now())",
    "INSERT INTO health_reminded (citizen_id, person_id, what_index, at) "
    "VALUES (:of, :of, 'w', now())",
    "INSERT INTO bot_sent_file (digest, key, citizen_id, content_type, created_at, expires_at, "
    "content) VALUES ('d', 'k', :of, 'image/jpeg', now(), now() + interval '1 day', '\\x00')",
    "INSERT INTO bot_search_words (outbound_id, citizen_id, at, words, folded, pairs) "
    "SELECT id, citizen_id, now(), 'w', 'w', '{}' FROM bot_outbound WHERE citizen_id = :of LIMIT 1",
)
# What is sealed in it cannot be read, so nobody may take this out before it is erased.
NURSERY = (
    "INSERT INTO nursery_round (id, title, starts_on, opens_at, closes_at, state) VALUES "
    "('r', 'r', now(), now(), now(), 'collecting')",
    "INSERT INTO nursery_application (id, round_id, citizen_id, state, version, tie, updated_at) "
    "VALUES ('nap_1', 'r', :of, 'submitted', 1, '[]', now())",
    "INSERT INTO nursery_child (id, application_id, person_id, position, age, units, wishes) "
    "VALUES ('nch_1', 'nap_1', :of, 0, 1, 1, '{d01}')",
)


async def settled(world: IdentityWorld) -> tuple[Person, Browser]:
    """Somebody of whom every package keeps something, at a browser where the card was read."""
    misaki = await world.person()
    browser = await world.linked(misaki, "my-id")
    browser = await world.linked(misaki, "card")
    world.bot.line.say(misaki.line_user, WORDS)
    world.bot.send_file(misaki.line_user, "image", JPEG)
    await world.bot.work()
    for sql in KEPT:
        await world.bot.query(sql, of=misaki.citizen_id)
    open_account(world, browser)
    browser.send("/consents")
    return misaki, browser


def open_account(world: IdentityWorld, browser: Browser, path: str = ACCOUNT_PAGE) -> str:
    return browser.open(f"{world.bot.settings.public_base_url}{path}")


def delete_all(world: IdentityWorld, browser: Browser) -> str:
    open_account(world, browser, DELETE_PAGE)
    return browser.send("/delete", what="everything", read="on")


async def rows_by_table(world: IdentityWorld, citizen_id: str) -> dict[str, int]:
    """How many rows every table has of a citizen, whoever adds a table."""
    found = {}
    for table in Base.metadata.tables.values():
        for column in ("citizen_id", "person_id"):
            if column in table.columns:
                sql = f"SELECT count(*) FROM {table.name} WHERE {column} = :of"  # noqa: S608
                found[table.name] = await world.bot.one(sql, of=citizen_id)
    return found


async def test_priv_03_deleting_leaves_nothing_of_a_citizen_in_any_room(
    world: IdentityWorld,
) -> None:
    misaki, browser = await settled(world)
    for sql in (*HANDBOOK, *NURSERY, *OTHERS):
        await world.bot.query(sql, of=misaki.citizen_id)
    before = await rows_by_table(world, misaki.citizen_id)
    empty = {name for name, rows in before.items() if not rows}
    assert empty == {"identity_deletion", "residents_link"}
    assert "消去しました" in delete_all(world, browser)
    after = await rows_by_table(world, misaki.citizen_id)
    # That somebody was served stays for the figures, without anything that leads to a person.
    assert {name for name, rows in after.items() if rows} == STAY | EMPTIED | {"bot_handoff"}
    texts = "SELECT string_agg(to_jsonb(t)::text, '') FROM {} t"
    everything = "".join(
        [str(await world.bot.one(texts.format(name))) for name in EMPTIED | {"bot_citizen"}]
    )
    for trace in (WORDS, misaki.line_user, "お知らせ", "回答"):
        assert trace not in everything
    assert await world.bot.query("SELECT 1 FROM bot_media_content") == []
    assert world.bot.rasa.forgotten == [misaki.citizen_id]
    assert (await world.identity.standing(misaki.citizen_id)).level is Level.L0


async def test_what_was_waiting_to_be_sent_is_not_sent(world: IdentityWorld) -> None:
    misaki, browser = await settled(world)
    seen = len(world.messages(misaki))
    delete_all(world, browser)
    [(state, words)] = await world.bot.query(
        "SELECT state, messages_json FROM bot_outbound WHERE key = 'late'"
    )
    assert (state, words) == ("dropped", "[]")
    await world.bot.do(
        SEND, outbound_id=await world.bot.one("SELECT id FROM bot_outbound WHERE key = 'late'")
    )
    await world.bot.retry()
    assert len(world.messages(misaki)) == seen


async def test_who_is_deleted_leaves_the_multicasts_that_wait(world: IdentityWorld) -> None:
    misaki, browser = await settled(world)
    body = {"to": ["Uother", misaki.line_user], "messages": [{"type": "text", "text": "雪"}]}
    await world.bot.query(
        "INSERT INTO bot_announcement (key, segment, messages_json, urgent, audience, expires_at, "
        'created_at) VALUES (\'snow\', \'{}\', \'[{"type": "text", "text": "雪"}]\', false, 2, '
        "now() + interval '1 day', now())"
    )
    for people in (body, body | {"to": [misaki.line_user]}):
        text = json.dumps(people, ensure_ascii=False)
        await world.bot.query(
            "INSERT INTO bot_announcement_chunk (announcement_id, channel, state, recipients, "
            "body, retry_key, attempts) SELECT id, 'default', 'pending', 2, :body, "
            "gen_random_uuid(), 0 FROM bot_announcement",
            body=text,
        )
    delete_all(world, browser)
    chunks = await world.bot.query(
        "SELECT state, recipients, body FROM bot_announcement_chunk ORDER BY id"
    )
    assert chunks[0][:2] == ("pending", 1)
    assert json.loads(chunks[0][2]) == body | {"to": ["Uother"]}
    assert (chunks[1][0], chunks[1][2]) == ("dropped", None)


async def test_a_grant_from_before_the_deletion_opens_nothing_afterwards(
    world: IdentityWorld,
) -> None:
    misaki, browser = await settled(world)
    scope = ("residents:people:read",)
    grant = await world.identity.grant(misaki.citizen_id, AUDIENCE, scope, Level.L3)
    assert grant is not None
    register = ResidentsClient(world.http)
    assert (await register.people(grant)).people == ()
    delete_all(world, browser)
    with pytest.raises(UnauthorizedError) as refused:
        await register.people(grant)
    assert refused.value.status == 401
    assert await world.identity.grant(misaki.citizen_id, AUDIENCE, scope, Level.L3) is None


async def test_the_browser_is_logged_out_and_an_unfinished_login_links_nothing(
    world: IdentityWorld,
) -> None:
    misaki = await world.person()
    browser = Browser()
    browser.open(await world.link(misaki, "my-id"))
    browser.send("/start")
    world.pass_line(browser, misaki)
    world.pass_my_id(browser)
    assert await world.identity.delete(misaki.citizen_id, "unfollowed")
    world.pass_line(browser, misaki)
    await world.bot.work()
    assert await world.links(misaki) == []
    assert "もう一度始めてください" in open_account(world, browser)


async def test_who_writes_again_is_somebody_new(world: IdentityWorld) -> None:
    misaki, browser = await settled(world)
    delete_all(world, browser)
    world.bot.line.say(misaki.line_user, "こんにちは")
    await world.bot.work()
    who = "SELECT id FROM bot_citizen WHERE line_user_id = :user"
    fresh = await world.bot.one(who, user=misaki.line_user)
    assert fresh != misaki.citizen_id
    assert world.bot.rasa.asked[-1]["sender"] == fresh
    assert (await world.identity.standing(fresh)).providers == ()


async def test_a_second_request_is_harmless(world: IdentityWorld) -> None:
    misaki, browser = await settled(world)
    delete_all(world, browser)
    world.bot.line.say(misaki.line_user, "こんにちは")
    await world.bot.work()
    assert await world.identity.delete(misaki.citizen_id, "restored")
    await world.bot.retry()
    assert await world.identity.delete(misaki.citizen_id, "restored")
    await world.bot.retry()
    kept = "SELECT count(*) FROM bot_line_event e JOIN bot_citizen c ON c.id = e.citizen_id "
    assert await world.bot.one(kept + "WHERE c.forgotten_at IS NULL AND e.raw <> '{}'") == 1
    deeds = "SELECT action FROM identity_access WHERE citizen_id = :of"
    actions = [action for (action,) in await world.bot.query(deeds, of=misaki.citizen_id)]
    assert actions.count("deletion.requested") == 1


async def test_a_room_that_is_away_is_repeated_and_the_citizen_is_told_so(
    world: IdentityWorld,
) -> None:
    misaki, browser = await settled(world)
    world.bot.rasa.status = 503
    said = delete_all(world, browser)
    assert "消去を受け付けました" in said
    assert "数分で終わります" in said
    # Whatever is not away is gone at once.
    assert await world.links(misaki) == []
    assert await world.bot.query("SELECT 1 FROM waste_subscription") == []
    open_ones = "SELECT count(*) FROM identity_deletion WHERE finished_at IS NULL"
    await world.bot.retry()
    assert await world.bot.one(open_ones) == 1
    world.bot.rasa.status = 0
    await world.bot.retry()
    assert await world.bot.one(open_ones) == 0
    assert world.bot.rasa.forgotten == [misaki.citizen_id]


async def test_what_a_turn_under_way_wrote_after_the_deletion_goes_with_the_job(
    world: IdentityWorld,
) -> None:
    misaki, browser = await settled(world)
    delete_all(world, browser)
    await world.bot.query(SUBSCRIPTION, of=misaki.citizen_id)
    await world.bot.retry()
    assert await world.bot.query("SELECT 1 FROM waste_subscription") == []
    finished = "SELECT finished_at IS NOT NULL FROM identity_deletion"
    assert await world.bot.query(finished) == [(True,)]


async def test_the_log_keeps_who_and_when_without_content(world: IdentityWorld) -> None:
    misaki, browser = await settled(world)
    delete_all(world, browser)
    await world.bot.retry()
    text = await world.bot.one("SELECT string_agg(to_jsonb(a)::text, '') FROM identity_access a")
    assert "deletion.requested" in text
    assert "deletion.finished" in text
    for trace in (WORDS, misaki.line_user, "佐藤", "美咲"):
        assert trace not in text


async def test_unlinking_alone_keeps_the_settings_and_ends_who_they_are(
    world: IdentityWorld,
) -> None:
    misaki, browser = await settled(world)
    open_account(world, browser, DELETE_PAGE)
    assert "連携を外しました" in browser.send("/delete", what="links")
    assert {state for _, state in await world.links(misaki)} == {"ended"}
    assert await world.bot.one("SELECT count(*) FROM waste_subscription") == 1
    # Without the card nobody stands for a resident, and nobody's card waits for the staff.
    assert await world.bot.query("SELECT 1 FROM residents_case") == []
    assert "もう一度始めてください" in open_account(world, browser)
    assert (await world.identity.standing(misaki.citizen_id)).level is Level.L0


async def test_deleting_needs_the_card_read_just_now_where_one_is_linked(
    world: IdentityWorld,
) -> None:
    misaki, _ = await settled(world)
    browser = Browser()
    browser.open(await world.identity.one_time_link(misaki.citizen_id, Level.L1, page=DELETE_PAGE))
    browser.send("/start")
    world.pass_line(browser, misaki)
    assert "カードで確認する" in browser.page.text
    browser.send("/step-up/card")
    world.pass_card(browser)
    assert "情報もすべて消す" in browser.page.text


async def test_without_a_card_the_line_account_suffices(world: IdentityWorld) -> None:
    misaki, browser = await world.person(), Browser()
    browser.open(await world.identity.one_time_link(misaki.citizen_id, Level.L1, page=DELETE_PAGE))
    browser.send("/start")
    world.pass_line(browser, misaki)
    assert "情報もすべて消す" in browser.page.text
    unread = browser.send("/delete", what="everything")
    assert browser.page.status_code == 422
    assert "印をつけてから" in unread
    assert await world.bot.query("SELECT 1 FROM identity_deletion") == []
    assert "消去しました" in browser.send("/delete", what="everything", read="on")


async def test_the_page_says_before_what_goes_and_what_the_law_keeps(world: IdentityWorld) -> None:
    _, browser = await settled(world)
    said = open_account(world, browser, DELETE_PAGE)
    assert "消えるもの" in said
    assert "法律で市が保管する記録" in said


async def test_ninety_days_after_a_block_every_room_erases(world: IdentityWorld) -> None:
    misaki, _ = await settled(world)
    world.bot.line.post(f"users/{misaki.line_user}/block")
    await world.bot.work()
    world.bot.ahead = timedelta(days=91)
    await world.bot.run("bot.forget_lost")
    assert await world.bot.query("SELECT 1 FROM waste_subscription") == []
    after = await rows_by_table(world, misaki.citizen_id)
    assert {name for name, rows in after.items() if rows} == STAY | EMPTIED


async def test_priv_07_a_restored_backup_does_not_bring_a_deleted_citizen_back(
    world: IdentityWorld, tmp_path: Path
) -> None:
    misaki, browser = await settled(world)
    backup = await _copy(world)
    delete_all(world, browser)
    listed = tmp_path / "deletions.tsv"
    assert (await asyncio.to_thread(_command, world, "deletions", str(listed))).exit_code == 0
    assert listed.read_text().startswith(f"{misaki.citizen_id}\t")
    await _restore(world, backup)
    assert await world.bot.one("SELECT count(*) FROM waste_subscription") == 1
    assert await world.bot.one("SELECT count(*) FROM identity_deletion") == 0
    result = await asyncio.to_thread(_command, world, "reapply-deletions", str(listed))
    assert (result.exit_code, result.stderr) == (0, "1 deleted again, 0 wait for a worker\n")
    after = await rows_by_table(world, misaki.citizen_id)
    assert {name for name, rows in after.items() if rows} == STAY | EMPTIED
    where = "SELECT count(*) FROM bot_citizen WHERE line_user_id = :user"
    assert await world.bot.one(where, user=misaki.line_user) == 0


async def test_auditors_check_the_log_by_a_command(world: IdentityWorld) -> None:
    _, browser = await settled(world)
    delete_all(world, browser)
    checked = await asyncio.to_thread(_command, world, "check-log")
    assert checked.exit_code == 0
    assert "none changed, none missing" in checked.stderr
    await world.bot.query("ALTER TABLE identity_access DISABLE TRIGGER ALL")
    await world.bot.query("UPDATE identity_access SET actor = 'nobody' WHERE id = 2")
    checked = await asyncio.to_thread(_command, world, "check-log")
    assert checked.exit_code == 1
    assert "record 2 was changed" in checked.stderr


def _command(world: IdentityWorld, *arguments: str) -> Result:
    """Run the command line, in the environment of this world."""
    settings = world.bot.settings
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("concierge.deletions_cli.command_settings", lambda: settings)
        return CliRunner().invoke(app, ["identity", *arguments])


async def _copy(world: IdentityWorld) -> dict[str, list[str]]:
    """A backup: every row of every table, as PostgreSQL writes it."""
    return {
        table.name: [
            row
            for (row,) in await world.bot.query(f"SELECT t::text FROM {table.name} t")  # noqa: S608
        ]
        for table in Base.metadata.sorted_tables
    }


async def _restore(world: IdentityWorld, backup: dict[str, list[str]]) -> None:
    names = ", ".join(backup)
    await world.bot.query("ALTER TABLE identity_access DISABLE TRIGGER ALL")
    await world.bot.query("ALTER TABLE identity_staff_change DISABLE TRIGGER ALL")
    await world.bot.query("ALTER TABLE faq_version DISABLE TRIGGER ALL")
    await world.bot.query(f"TRUNCATE {names}")
    for name, rows in backup.items():
        sql = f"INSERT INTO {name} OVERRIDING SYSTEM VALUE SELECT (CAST(:row AS {name})).*"
        for row in rows:
            await world.bot.query(sql, row=row)
    await world.bot.query("ALTER TABLE identity_access ENABLE TRIGGER ALL")
