"""Photos in a diary: made anew, its writer's alone, limited, deleted for good, taken along."""

import base64
import io
import zipfile
from collections.abc import AsyncIterator

import httpx2
import pytest
from PIL import Image
from sqlalchemy import select

from kit.settings import Settings
from services.health import photos
from services.health.models import HealthPhoto
from services.health.personal_data import HealthPersonalData
from services.health.photos import DiaryPhotos
from services.health.service import Records
from tests.identity.support import Clock
from tests.services.health.visitor import KENTA, KENTA_AT, Visitor, visiting

PHOTOS = "/my/health/diary/photos"


class Writer:
    """A mother with a page of her diary about 結衣."""

    def __init__(self, visitor: Visitor, child: str) -> None:
        self.visitor, self.http, self.child, self.entry = visitor, visitor.http, child, ""

    async def write(self, day: str = "2026-11-20") -> None:
        page = f"/my/health/diary?child={self.child}"
        form = await self.visitor.form(page)
        typed = form | {"date": day, "text": "初めて歩いた"}
        assert (await self.http.post("/my/health/diary", data=typed)).status_code == 303
        text = (await self.visitor.get(page)).text
        self.entry = text.split("&amp;entry=")[1].split('"')[0]

    async def add(self, data: bytes, **change: str) -> httpx2.Response:
        token = await self.visitor.form_token()
        fields = {"form_token": token, "child": self.child, "entry": self.entry} | change
        files = {"photo": ("photo.jpg", data, "image/jpeg")}
        return await self.http.post(PHOTOS, data=fields, files=files)

    async def post(self, path: str, **fields: str) -> httpx2.Response:
        token = await self.visitor.form_token()
        ids = {"form_token": token, "child": self.child, "entry": self.entry}
        return await self.http.post(path, data=ids | fields)

    async def kept(self) -> list[HealthPhoto]:
        records = self.visitor.app.state.container.get(Records)
        async with records.database.transaction() as session:
            return list(await session.scalars(select(HealthPhoto).order_by(HealthPhoto.id)))

    async def picture(self, photo_id: str) -> httpx2.Response:
        return await self.visitor.get(f"/my/health/diary/photo?child={self.child}&id={photo_id}")


@pytest.fixture
async def writer(settings: Settings) -> AsyncIterator[Writer]:
    async with visiting(settings, Clock()) as visitor:
        await visitor.becomes()
        await visitor.agrees()
        await visitor.log_in("card_at")
        writer = Writer(visitor, (await visitor.children())[1])
        await writer.write()
        yield writer


def photo(colour: str = "green", size: tuple[int, int] = (3000, 1500)) -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "FUKUSHIMA 37.5 139.9"
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG", exif=exif)
    return out.getvalue()


async def test_a_photo_is_made_anew_sealed_and_shown_to_its_writer(writer: Writer) -> None:
    sent = await writer.add(photo())
    assert sent.headers["location"].endswith("done=added")
    [row] = await writer.kept()
    assert (row.width, row.height) == (1600, 800)
    jpeg = (await writer.picture(row.id)).content
    assert b"FUKUSHIMA" not in jpeg
    assert row.jpeg[14:20] not in jpeg[:64]
    assert Image.open(io.BytesIO(jpeg)).size == (1600, 800)
    page = (await writer.visitor.get(f"/my/health/diary?child={writer.child}")).text
    assert f"id={row.id}" in page
    assert "2026年11月20日の日記の写真1枚目" in page
    assert "health:record:write" in await writer.visitor.looks()
    # The same photo again is none, and neither is what is no photo.
    await writer.add(photo())
    for data, words in ((b"", "選ばれていません"), (b"%PDF-1.7", "読み取れません")):
        answer = await writer.add(data)
        assert answer.status_code == 400
        assert words in answer.text
    assert len(await writer.kept()) == 1


async def test_there_are_limits_of_a_page_and_of_a_citizen(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for colour in ("red", "green", "blue", "white"):
        assert (await writer.add(photo(colour, (300, 200)))).status_code == 303
    refused = await writer.add(photo("black", (300, 200)))
    assert "4枚まで" in refused.text
    monkeypatch.setattr(photos, "MOST", 4)
    await writer.write("2026-11-21")
    refused = await writer.add(photo("black", (300, 200)))
    assert "300枚まで" in refused.text
    assert len(await writer.kept()) == 4


async def test_it_stays_with_a_correction_goes_with_an_entry_taken_back_and_when_deleted(
    writer: Writer,
) -> None:
    await writer.add(photo())
    page = f"/my/health/diary?child={writer.child}"
    form = await writer.visitor.form(page)
    new = {"date": "2026-11-20", "text": "初めて3歩あるいた", "corrects": writer.entry}
    await writer.http.post("/my/health/diary", data=form | new)
    text = (await writer.visitor.get(page)).text
    assert "の日記の写真1枚目" in text
    writer.entry = text.split("&amp;entry=")[1].split('"')[0]
    form = await writer.visitor.form(page)
    await writer.http.post(
        "/my/health/diary", data=form | {"do": "withdraw", "corrects": writer.entry}
    )
    assert await writer.kept() == []
    await writer.write("2026-11-21")
    await writer.add(photo())
    [row] = await writer.kept()
    done = await writer.post(f"{PHOTOS}/remove", photo=row.id)
    assert done.headers["location"].endswith("done=removed")
    assert await writer.kept() == []
    assert (await writer.picture(row.id)).status_code == 303


async def test_nobody_else_sees_it_and_nobody_adds_to_what_they_did_not_write(
    writer: Writer, settings: Settings
) -> None:
    await writer.add(photo())
    [row] = await writer.kept()
    keeper = writer.visitor.app.state.container.get(DiaryPhotos)
    stranger = Visitor(writer.visitor.app, writer.http, writer.visitor.clock)
    await stranger.becomes(KENTA, KENTA_AT)
    await stranger.agrees()
    await stranger.log_in("card_at")
    assert (await stranger.get(f"/my/health/diary/photo?child={writer.child}&id={row.id}")).content[
        :4
    ] != b"\xff\xd8\xff\xe0"
    assert await keeper.of(stranger.citizen, writer.child) == {}
    gone = await writer.http.get(f"{PHOTOS}?child={writer.child}&entry={writer.entry}")
    assert gone.status_code == 303


async def test_they_are_taken_along_and_erased_with_the_citizen(writer: Writer) -> None:
    await writer.add(photo("red"))
    await writer.add(photo("blue"))
    page = (await writer.visitor.get(f"/my/health/export?child={writer.child}")).text
    assert "写真2枚" in page
    answer = await writer.visitor.get(f"/my/health/export/photos?child={writer.child}")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as bundle:
        assert len(bundle.namelist()) == 2
        assert Image.open(bundle.open(bundle.namelist()[0])).size == (1600, 800)
    assert "health:record:export" in await writer.visitor.looks()
    data = writer.visitor.app.state.container.get(HealthPersonalData)
    exported = (await data.export(writer.visitor.citizen))["photos"]
    assert base64.b64decode(exported[0]["jpeg"])[:3] == b"\xff\xd8\xff"
    await data.erase(writer.visitor.citizen)
    assert await writer.kept() == []
