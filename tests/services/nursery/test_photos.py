"""Papers by camera: legible, the right one, in time, looked at, made anew, for nobody else."""

import io
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx2
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from sqlalchemy import select

from kit.settings import Settings
from services.nursery.models import NurseryPhoto
from services.nursery.personal_data import NurseryPersonalData
from tests.kit.test_scanning import clamd
from tests.services.nursery.applying import KENTA, MAI, Parent, Town, open_town

WISHES = [["d02"], ["d02"]]
SIZE = (1500, 2000)


@pytest.fixture
async def town(settings: Settings) -> AsyncIterator[Town]:
    async with open_town(settings) as town:
        yield town


@pytest.fixture
async def mai(town: Town) -> Parent:
    mai = await town.parent(MAI)
    await mai.fill_in(WISHES)
    return mai


def printed(words: str = "CERTIFICATE OF EMPLOYMENT") -> Image.Image:
    """A form as a phone sees it."""
    image = Image.new("RGB", SIZE, "white")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(size=40)
    for line in range(30):
        draw.text((80, 60 + 60 * line), f"{words} {line:02} 0123456789", "black", font)
    return image


def jpeg(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", exif=_with_a_place())
    return out.getvalue()


def _with_a_place() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = "FUKUSHIMA 37.5 139.9"
    return exif


async def add(parent: Parent, data: bytes, paper: str = "0", **typed: str) -> httpx2.Response:
    """Send the form with one photo of a paper that was issued ten days ago."""
    page = await parent.page(f"photos?paper={paper}")
    token = re.search(r'name="form_token" value="([^"]+)"', page)
    assert token is not None
    issued = (parent.town.files.today() - timedelta(days=10)).isoformat()
    fields = {"form_token": token[1], "paper": paper, "issued_on": issued} | typed
    files = {"photo": ("photo.jpg", data, "image/jpeg")}
    return await parent.http.post("/my/nursery/photos", data=fields, files=files)


async def kept(town: Town) -> list[NurseryPhoto]:
    async with town.files.database.transaction() as session:
        return list(await session.scalars(select(NurseryPhoto)))


async def test_a_photo_is_made_anew_sealed_shown_to_its_owner_and_handed_in(
    town: Town, mai: Parent
) -> None:
    data = jpeg(printed())
    for _ in range(2):
        assert (await add(mai, data)).headers["location"].endswith("paper=0&done=added")
    [row] = await kept(town)
    assert b"FUKUSHIMA" in data
    assert not row.was_scanned
    assert row.jpeg[:2] != b"\xff\xd8"
    page = await mai.page("photos?paper=0")
    assert "付けた写真（1枚）" in page
    assert "employment" not in page.replace("form_token", "")
    shown = await mai.http.get(f"/my/nursery/photo?id={row.id}")
    assert (shown.content[:2], b"FUKUSHIMA" in shown.content) == (b"\xff\xd8", False)
    assert shown.headers["cache-control"] == "no-store"
    assert "写真で出す（1枚）" in await mai.page("confirm")
    assert (await mai.hand_in()).headers["location"].endswith("done=submitted")
    kenta = await town.parent(KENTA)
    refused = await kenta.http.get(f"/my/nursery/photo?id={row.id}")
    assert refused.headers["location"].startswith("/identity/ended")
    [exported] = (await town.part(NurseryPersonalData).export(mai.citizen))["applications"]
    assert exported["photos"][0]["jpeg"].startswith("/9j/")


async def test_what_cannot_be_read_is_told_kindly_and_not_kept(town: Town, mai: Parent) -> None:
    for data, words in (
        (b"", "まだ選ばれていません"),
        (b"%PDF-1.7", "読み取れませんでした"),
        (b"<svg></svg>", "この形式の画像は受け取れません"),
        (jpeg(printed().resize((600, 800))), "小さくて、文字を読めません"),
        (jpeg(Image.new("RGB", SIZE, (40, 40, 44))), "書類が写っていない"),
        (jpeg(printed().filter(ImageFilter.GaussianBlur(14))), "ぼけていて"),
    ):
        sent = await add(mai, data)
        assert (sent.status_code, "付けていません。" in sent.text) == (400, True), words
        assert words in sent.text
    assert await kept(town) == []


async def test_an_old_paper_a_day_to_come_and_no_day_are_refused(town: Town, mai: Parent) -> None:
    today = town.files.today()
    for days, words in ((91, "日がたちすぎています"), (-1, "証明日を入力"), (None, "証明日を入力")):
        day = "" if days is None else (today - timedelta(days=days)).isoformat()
        sent = await add(mai, jpeg(printed()), issued_on=day)
        assert (sent.status_code, words in sent.text) == (400, True)
    assert await kept(town) == []
    sent = await add(mai, jpeg(printed()), issued_on=(today - timedelta(days=88)).isoformat())
    assert sent.status_code == 303
    town.clock.forward(days=3)
    await mai.log_in("card_at")
    assert "証明日から90日を過ぎています" in await mai.page("confirm")


async def test_one_photo_is_not_two_papers_and_no_paper_has_five_pages(
    town: Town, mai: Parent
) -> None:
    assert (await add(mai, jpeg(printed("PAGE 0")))).status_code == 303
    sent = await add(mai, jpeg(printed("PAGE 0")), paper="1")
    assert "ほかの書類に付いています" in sent.text
    for page in (1, 2, 3):
        assert (await add(mai, jpeg(printed(f"PAGE {page}")))).status_code == 303
    assert "4枚までです" in await mai.page("photos?paper=0")
    sent = await add(mai, jpeg(printed("PAGE 4")), paper="1")
    assert sent.status_code == 303
    assert len(await kept(town)) == 5


async def test_a_page_that_was_handed_in_stays_until_another_is(town: Town, mai: Parent) -> None:
    await add(mai, jpeg(printed()))
    [row] = await kept(town)
    await mai.hand_in()
    await mai.post("photos/remove", {"paper": "0", "photo": row.id})
    assert "写真を付けるか、ほかの出し方を" in await mai.page("confirm")
    assert [one.id for one in await kept(town)] == [row.id]
    await add(mai, jpeg(printed("ANOTHER")))
    second = next(one for one in await kept(town) if one.id != row.id)
    await mai.post("photos/remove", {"paper": "0", "photo": second.id})
    assert [one.id for one in await kept(town)] == [row.id]


async def test_only_papers_that_are_needed_take_photos(mai: Parent) -> None:
    for paper in ("2", "x", "", "-1", "9" * 40):
        answer = await mai.http.get(f"/my/nursery/photos?paper={paper}")
        assert answer.headers["location"] == "/identity/ended/page_refused"


async def test_the_desk_opens_a_page_with_a_reason_that_the_family_reads(
    town: Town, mai: Parent
) -> None:
    await add(mai, jpeg(printed()))
    await mai.hand_in()
    officer = await town.officer()
    [one] = re.findall(r"/applications/(nap_[0-9a-f]+)", await officer.page("rounds/2027-04"))
    assert "nph_" not in await officer.page(f"applications/{one}")
    opened = await officer.does(f"applications/{one}", reason="就労証明書の確認")
    [photo] = set(re.findall(r"photos/(nph_[0-9a-f]+)", opened.text))
    refused = await officer.does(f"applications/{one}/photos/{photo}", reason="")
    assert (refused.status_code, b"\xff\xd8" in refused.content) == (422, False)
    shown = await officer.does(f"applications/{one}/photos/{photo}", reason="就労証明書の確認")
    assert shown.content[:2] == b"\xff\xd8"
    assert (await mai.http.get("/identity/account/access")).text.count("就労証明書の確認") == 2
    missing = re.findall(rf"{one}/papers/(\d+)", opened.text)[0]
    await officer.does(f"applications/{one}/papers/{missing}", do="wrong")
    assert "別の書類か、読めないもののようです" in await mai.page()


async def test_a_scanner_of_the_city_looks_first(settings: Settings) -> None:
    answers = (b"stream: X FOUND\0", b"ERROR\0", b"stream: OK\0")
    async with clamd(*answers) as (address, seen):
        own = settings.model_copy(update={"virus_scanner": address})
        async with open_town(own) as town:
            mai = await town.parent(MAI)
            await mai.fill_in(WISHES)
            data = jpeg(printed())
            told = [(await add(mai, data)) for _ in answers]
            assert [sent.status_code for sent in told] == [400, 503, 303]
            assert "ウイルス検査を通らなかった" in told[0].text
            assert "いま写真を検査できません" in told[1].text
            assert seen == [data] * 3
            assert [row.was_scanned for row in await kept(town)] == [True]
            await town.part(NurseryPersonalData).erase(mai.citizen)
            assert await kept(town) == []
