"""Photos of the talk for the package that asked for them: the sender's own, or none at all."""

import pytest

from bot.media.api import PhotoBook
from kit.errors import GoneError, NotFoundError, PayloadTooLargeError, UnavailableError
from kit.vault import Vault
from messages.media import PhotosAsked
from tests.bot.test_media import JPEG
from tests.bot.world import World


async def asked(world: World, citizen: str | None = None, most_bytes: int = 10**6) -> list[bytes]:
    event = await world.one("SELECT max(event_id) FROM bot_media")
    owner = citizen or await world.one("SELECT citizen_id FROM bot_media LIMIT 1")
    book = PhotoBook(world.database, Vault(world.settings.master_keys, world.now))
    new = PhotosAsked(citizen_id=owner, turn_id=f"line-{event}", most_bytes=most_bytes)
    return (await book.photos(new)).contents()


async def test_a_photo_is_handed_over_as_it_came_and_only_for_its_sender(world: World) -> None:
    world.send_file(world.line.add_user(), "image", JPEG)
    await world.work()
    assert await asked(world) == [JPEG]
    with pytest.raises(NotFoundError):
        await asked(world, "ctz_somebody_else")


async def test_an_album_is_handed_over_together(world: World) -> None:
    user = world.line.add_user()
    for index in (1, 2):
        images = {"id": "set-1", "index": index, "total": 2}
        world.send_file(user, "image", JPEG + bytes([index]), imageSet=images)
    await world.work()
    assert sorted(await asked(world)) == [JPEG + b"\x01", JPEG + b"\x02"]


@pytest.mark.parametrize(
    ("state", "error"),
    [
        ("waiting", UnavailableError),
        ("gone", GoneError),
        ("unsent", GoneError),
        ("too_large", PayloadTooLargeError),
    ],
)
async def test_what_is_not_there_is_said_as_what_it_is(
    world: World, state: str, error: type[Exception]
) -> None:
    world.send_file(world.line.add_user(), "image", JPEG)
    await world.work()
    await world.query(f"UPDATE bot_media SET state = '{state}'")  # noqa: S608
    with pytest.raises(error):
        await asked(world)


async def test_a_file_that_is_too_large_for_the_asker_is_not_handed_over(world: World) -> None:
    world.send_file(world.line.add_user(), "image", JPEG)
    await world.work()
    with pytest.raises(PayloadTooLargeError):
        await asked(world, most_bytes=100)
