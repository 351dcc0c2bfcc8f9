"""Files that citizens send: fetched at once, kept by our own rules, gone when taken back."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from bot.line.channels import Channels
from bot.line.tokens import ChannelTokens
from bot.media import repository
from bot.media.fetcher import MediaFetcher
from bot.media.models import Media
from bot.media.states import FIRST_STATES, MEDIA_STATES
from kit.crypto import DecryptionError
from kit.errors import UnavailableError
from kit.settings import Settings
from kit.vault import ErasedError, Vault
from tests.bot.world import World

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20
CONTENT = "/v2/bot/message/*/content"
STATES = "SELECT state FROM bot_media ORDER BY id"


async def test_an_image_is_fetched_and_kept_with_its_digest(world: World) -> None:
    world.send_file(world.line.add_user(), "image", JPEG)
    await world.work()
    [row] = await world.query("SELECT kind, state, content_type, size, sha256 FROM bot_media")
    digest = hashlib.sha256(JPEG).hexdigest()
    assert row == ("image", "stored", "image/jpeg", len(JPEG), digest)
    assert await _content(world) == JPEG
    assert await world.one("SELECT expires_at - finished_at FROM bot_media") == timedelta(days=30)


@pytest.mark.parametrize("content", [b"MZ\x90\x00", b"<script>alert(1)</script>", b"\x00", b""])
async def test_whatever_a_file_is_only_its_bytes_are_kept(world: World, content: bytes) -> None:
    world.send_file(world.line.add_user(), "file", content, fileName="../../etc/passwd")
    await world.work()
    assert await world.query(STATES) == [("stored",)]
    assert await _content(world) == content


async def test_files_are_sealed_and_readable_with_their_senders_key_and_place_alone(
    world: World,
) -> None:
    for name in ("みさき", "たろう"):
        world.send_file(world.line.add_user(name), "image", JPEG)
    await world.work()
    for (sealed,) in await world.query("SELECT content FROM bot_media_content"):
        assert JPEG[:8] not in sealed
        assert JPEG[-64:] not in sealed
    swap = "UPDATE bot_media_content SET content = (SELECT content FROM bot_media_content b "
    await world.query(swap + "WHERE b.media_id <> bot_media_content.media_id)")
    with pytest.raises(DecryptionError):
        await _content(world)


async def test_without_the_senders_key_a_file_is_lost_for_good(world: World) -> None:
    world.send_file(world.line.add_user(), "image", JPEG)
    await world.work()
    vault = Vault(world.settings.master_keys, world.now)
    async with world.database.transaction() as session:
        assert await vault.destroy(session, await world.one("SELECT citizen_id FROM bot_media"))
    with pytest.raises(ErasedError):
        await _content(world)


async def test_a_video_is_waited_for_while_line_prepares_it(world: World) -> None:
    world.send_file(world.line.add_user(), "video", b"\x00\x00\x00\x18ftypmp42", duration=1)
    await world.work()
    assert await world.query(STATES) == [("waiting",)]
    world.line.post("clock", advance_seconds=5)
    await world.retry()
    assert await world.query(STATES) == [("stored",)]


async def test_a_file_on_another_server_is_recorded_and_never_fetched(world: World) -> None:
    user = world.line.add_user()
    inside = {"type": "external", "originalContentUrl": "http://169.254.169.254/latest/"}
    world.send_file(user, "image", JPEG, contentProvider=inside)
    await world.work()
    assert await world.query(STATES) == [("external",)]
    paths = [e.get("path", "") for e in world.line.get("journal")["entries"]]
    assert not [path for path in paths if "content" in path]


async def test_a_large_file_is_refused_and_nothing_of_it_kept(
    world: World, settings: Settings
) -> None:
    small = settings.model_copy(update={"media_max_bytes": len(JPEG) - 1})
    fetcher, http = _fetcher(world, small)
    async with http:
        world.send_file(world.line.add_user(), "image", JPEG)
        assert world.line.get("webhooks/idle", wait=15) == {"pending": 0}
        await fetcher.fetch(await world.one("SELECT id FROM bot_media"))
    assert await world.query(STATES) == [("too_large",)]
    assert await world.query("SELECT 1 FROM bot_media_content") == []


async def test_a_file_that_line_no_longer_has_is_noted_as_gone(world: World) -> None:
    user = world.line.add_user()
    message_id = world.send_file(user, "image", JPEG)
    world.send_file(user, "image", JPEG)
    assert world.line.get("webhooks/idle", wait=15) == {"pending": 0}
    await world.query("DELETE FROM procrastinate_jobs WHERE task_name = 'bot.take_turn'")
    # LINE has forgotten both: the first was taken back (410), the second is too old (404).
    world.line.post("settings", webhook_active=False)
    world.line.post(f"users/{user}/unsend", messageId=message_id)
    world.line.post("clock", advance_seconds=15 * 86_400)
    await world.work()
    world.line.post("settings", webhook_active=True)
    reasons = "SELECT state, reason FROM bot_media ORDER BY id"
    gone = [("gone", "LINE answered 410"), ("gone", "LINE answered 404")]
    assert await world.query(reasons) == gone


async def test_a_file_that_was_taken_back_is_erased(world: World) -> None:
    user = world.line.add_user()
    message_id = world.send_file(user, "image", JPEG)
    await world.work()
    world.line.post(f"users/{user}/unsend", messageId=message_id)
    await world.work()
    assert await world.query(STATES) == [("unsent",)]
    assert await world.query("SELECT 1 FROM bot_media_content") == []
    # Rasa never saw the file, so that the conversation may stay.
    assert world.rasa.forgotten == []


async def test_a_fetch_that_ends_after_the_message_was_taken_back_keeps_nothing(
    world: World, settings: Settings
) -> None:
    user = world.line.add_user()
    message_id = world.send_file(user, "image", JPEG)
    assert world.line.get("webhooks/idle", wait=15) == {"pending": 0}
    [(media_id, citizen_id)] = await world.query("SELECT id, citizen_id FROM bot_media")
    started = asyncio.Event()
    continue_conversation = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield JPEG[:100]
        started.set()
        await continue_conversation.wait()
        yield JPEG[100:]

    fetcher, http = _fetcher(world, settings, lambda _: httpx2.Response(200, content=slowly()))
    async with http:
        fetching = asyncio.create_task(fetcher.fetch(media_id))
        await started.wait()
        async with world.database.transaction() as session:
            await repository.erase_unsent(session, citizen_id, message_id, world.now())
        continue_conversation.set()
        await fetching
    assert await world.query(STATES) == [("unsent",)]
    assert await world.query("SELECT 1 FROM bot_media_content") == []


async def test_a_failing_line_is_asked_again(world: World) -> None:
    world.line.fault(path=CONTENT, error_rate=1.0, times=1)
    world.send_file(world.line.add_user(), "image", JPEG)
    await world.work()
    assert await world.query(STATES) == [("waiting",)]
    await world.retry()
    assert await world.query(STATES) == [("stored",)]


@pytest.mark.parametrize(
    ("status", "state"),
    [(302, "failed"), (400, "failed"), (403, "failed"), (404, "gone"), (410, "gone")],
)
async def test_what_line_refuses_for_good_is_closed(
    world: World, settings: Settings, status: int, state: str
) -> None:
    headers = {"Location": "http://169.254.169.254/latest/"}
    await _fetch_from(world, settings, lambda _: httpx2.Response(status, headers=headers))
    assert await world.query(STATES) == [(state,)]


async def test_a_video_that_line_could_not_prepare_is_closed(
    world: World, settings: Settings
) -> None:
    def wire(request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/transcoding"):
            return httpx2.Response(200, json={"status": "failed"})
        return httpx2.Response(202)

    await _fetch_from(world, settings, wire)
    assert await world.query(STATES) == [("failed",)]


@pytest.mark.parametrize(("headers", "most"), [({}, 20_000), ({"Content-Length": "99999"}, 1000)])
async def test_no_more_of_a_large_file_is_read_than_may_be_kept(
    world: World, settings: Settings, headers: dict[str, str], most: int
) -> None:
    sent = 0

    async def lasting() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 1_000_000:
            sent += 1000
            yield bytes(1000)

    def wire(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers=headers, content=lasting())

    small = settings.model_copy(update={"media_max_bytes": 5000})
    await _fetch_from(world, small, wire)
    assert await world.query(STATES) == [("too_large",)]
    assert sent <= most


async def test_after_a_day_of_waiting_a_file_is_given_up(world: World, settings: Settings) -> None:
    with pytest.raises(UnavailableError):
        await _fetch_from(world, settings, lambda _: httpx2.Response(500))
    world.ahead = timedelta(days=1, minutes=1)
    fetcher, http = _fetcher(world, settings, lambda _: httpx2.Response(500))
    async with http:
        await fetcher.fetch(await world.one("SELECT id FROM bot_media"))
    assert await world.query(STATES) == [("failed",)]


async def test_files_are_erased_when_their_time_is_over(world: World) -> None:
    user = world.line.add_user()
    world.send_file(user, "image", JPEG)
    await world.work()
    world.ahead = timedelta(days=29)
    await world.run("bot.erase_old")
    assert await world.query(STATES) == [("stored",)]
    world.ahead = timedelta(days=31)
    await world.run("bot.erase_old")
    assert await world.query(STATES) == [("expired",)]
    assert await world.query("SELECT 1 FROM bot_media_content") == []


async def test_a_file_whose_job_crashed_is_closed_after_two_days(world: World) -> None:
    world.send_file(world.line.add_user(), "image", JPEG)
    assert world.line.get("webhooks/idle", wait=15) == {"pending": 0}
    await world.query("DELETE FROM procrastinate_jobs")
    world.ahead = timedelta(days=2, minutes=1)
    await world.run("bot.erase_old")
    assert await world.query(STATES) == [("failed",)]


async def test_several_images_at_once_get_one_answer_and_are_all_kept(world: World) -> None:
    user = world.line.add_user()
    for index in (2, 1, 3):
        images = {"id": "E1", "index": index, "total": 3}
        world.send_file(user, "image", JPEG, imageSet=images)
    world.send_file(user, "image", JPEG)
    await world.work()
    assert await world.query(STATES) == [("stored",)] * 4
    # The greeting, one answer to the set, one to the image of its own.
    assert len(world.texts(user)) == 3


def test_every_state_of_a_file_is_part_of_its_lifecycle() -> None:
    reachable = FIRST_STATES.union(*MEDIA_STATES.values())
    assert reachable == set(MEDIA_STATES)


async def _fetch_from(
    world: World, settings: Settings, wire: Callable[[httpx2.Request], httpx2.Response]
) -> None:
    """Let a citizen send an image, and fetch it from a data API that answers as told."""
    world.send_file(world.line.add_user(), "image", JPEG)
    assert world.line.get("webhooks/idle", wait=15) == {"pending": 0}
    fetcher, http = _fetcher(world, settings, wire)
    async with http:
        await fetcher.fetch(await world.one("SELECT id FROM bot_media"))


async def _content(world: World) -> bytes:
    """The bytes of the first file, as its sender may have them back."""
    vault = Vault(world.settings.master_keys, world.now)
    async with world.database.transaction() as session:
        row = (await session.scalars(select(Media).order_by(Media.id).limit(1))).one()
        return await repository.open_content(session, vault, row)


def _fetcher(
    world: World, settings: Settings, wire: Any = None
) -> tuple[MediaFetcher, httpx2.AsyncClient]:
    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/oauth2/v3/token":
            return httpx2.Response(200, json={"access_token": "t"})
        return wire(request)

    transport = httpx2.MockTransport(answer) if wire else None
    http = httpx2.AsyncClient(base_url=world.line.url, transport=transport, trust_env=False)
    tokens = ChannelTokens(Channels(settings), http)
    return MediaFetcher(world.database, world.now, settings, tokens, http), http
