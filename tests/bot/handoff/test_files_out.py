"""Pictures and documents from the desk: safe, under an address of their own, gone in time."""

import io

import httpx2
import pytest
from PIL import Image

from bot.handoff.desk import UNCHECKED, NewFile, NotHeldError
from bot.media.outgoing import BadDocumentError, NoFileError
from kit.errors import InvalidInputError
from tests.bot.handoff.people import SATO, SUZUKI, People

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF"
SECRET = b"SecretCamera"


def photo(longest: int = 3000) -> bytes:
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()
    out = io.BytesIO()
    Image.new("RGB", (longest, longest // 2), "red").save(out, "JPEG", exif=exif)
    assert SECRET in out.getvalue()
    return out.getvalue()


async def opened(address: str) -> httpx2.Response:
    async with httpx2.AsyncClient(trust_env=False) as line:
        return await line.get(address, headers={"Accept": "text/html"})


async def sent_picture(people: People) -> tuple[str, dict[str, str]]:
    user = await people.citizen()
    await people.asks(user)
    grip = await people.takes(SATO, user)
    await people.desk.send_file(SATO, grip, NewFile("k", photo(), is_checked=True))
    # The form is sent twice.
    await people.desk.send_file(SATO, grip, NewFile("k", photo(), is_checked=True))
    await people.world.work()
    messages = [row["message"] for row in people.world.line.from_bot(user)]
    [image] = [message for message in messages if message["type"] == "image"]
    return user, image


async def test_a_picture_goes_out_once_without_anything_but_its_pixels(people: People) -> None:
    _, image = await sent_picture(people)
    assert image["sender"]["name"] == "佐藤（市民課）"
    sizes = []
    for name in ("originalContentUrl", "previewImageUrl"):
        answer = await opened(image[name])
        assert answer.headers["content-type"] == "image/jpeg"
        assert "no-store" in answer.headers["cache-control"]
        assert SECRET not in answer.content
        sizes.append(Image.open(io.BytesIO(answer.content)).size)
    assert sizes == [(2048, 1024), (480, 240)]
    kept = "SELECT count(*), min(digest), bool_or(position('JFIF' in content) > 0) FROM %s"
    [[count, digest, is_plain]] = await people.world.query(kept % "bot_sent_file")
    assert (count, is_plain) == (1, False)
    assert digest not in image["originalContentUrl"]


async def test_an_address_ends_with_its_time_and_the_file_with_it(people: People) -> None:
    _, image = await sent_picture(people)
    people.later(days=people.world.settings.media_retention_days)
    answer = await opened(image["originalContentUrl"])
    assert answer.status_code == 404
    assert "text/html" in answer.headers["content-type"]
    await people.world.run("bot.erase_old")
    assert await people.world.one("SELECT count(*) FROM bot_sent_file") == 0


async def test_an_erased_citizens_pictures_open_no_more(people: People) -> None:
    user, image = await sent_picture(people)
    async with httpx2.AsyncClient(trust_env=False) as http:
        address = f"{people.world.settings.internal_base_url}/line/personal-data"
        token = people.world.settings.internal_token.get_secret_value()
        headers = {"Authorization": f"Bearer {token}"}
        answer = await http.delete(f"{address}/{await people.id_of(user)}", headers=headers)
        assert answer.status_code == 204
    assert (await opened(image["previewImageUrl"])).status_code == 404


async def test_a_document_goes_as_a_link_that_saves_it(people: People) -> None:
    user = await people.citizen()
    await people.asks(user)
    grip = await people.takes(SATO, user)
    await people.desk.send_file(SATO, grip, NewFile("k", PDF, is_checked=True))
    words, _, address = (await people.heard(user))[-1].partition("\n")
    assert words == "書類（PDF）をお送りします。12月24日(木)まで開けます。"
    answer = await opened(address)
    assert answer.content == PDF
    assert answer.headers["content-disposition"].startswith("attachment")
    assert (await opened(f"{address}/preview")).status_code == 404


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", NoFileError),
        (PDF.replace(b"/Catalog", b"/Catalog /Launch 2 0 R"), BadDocumentError),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", InvalidInputError),
        (b"MZ\x90\x00", InvalidInputError),
    ],
)
async def test_what_is_neither_picture_nor_plain_document_is_not_sent(
    people: People, content: bytes, refusal: type[InvalidInputError]
) -> None:
    user = await people.citizen()
    await people.asks(user)
    grip = await people.takes(SATO, user)
    with pytest.raises(refusal):
        await people.desk.send_file(SATO, grip, NewFile("k", content, is_checked=True))
    with pytest.raises(InvalidInputError, match=UNCHECKED):
        await people.desk.send_file(SATO, grip, NewFile("k", photo(), is_checked=False))
    with pytest.raises(NotHeldError):
        await people.desk.send_file(SUZUKI, grip, NewFile("k", photo(), is_checked=True))
    assert await people.world.one("SELECT count(*) FROM bot_sent_file") == 0
