"""Taking a handbook along: a PDF with letters of its own, and the Bundle, behind a fresh card."""

import re
import zlib
from collections.abc import AsyncIterator
from io import BytesIO

import pytest
from fontTools.ttLib import TTFont

from kit.settings import Settings
from services.health.paper import HEIGHT, Line, pdf
from tests.identity.support import Clock
from tests.services.health.visitor import KENTA, KENTA_AT, Visitor, visiting


def read(document: bytes) -> list[str]:
    """Return the lines of a PDF by the letters of the font in it, as a reader draws them."""
    streams = [zlib.decompress(s) for s in re.findall(rb"stream\n(.+?)\nendstream", document, re.S)]
    font = TTFont(BytesIO(streams[0]))
    letters = {font.getGlyphID(name): chr(code) for code, name in font.getBestCmap().items()}
    shown = [n for page in streams[2:] for n in re.findall(rb"<([0-9A-F]*)> Tj", page)]
    return [
        "".join(letters[int(text[at : at + 4], 16)] for at in range(0, len(text), 4))
        for text in shown
    ]


def test_letters_come_out_as_written_and_long_lines_break() -> None:
    long = "予防接種" * 40
    said = read(pdf("題", [Line("髙橋さん（ﾃｽﾄ）", 18), Line(long), Line("絵文字😀")]))
    assert said[0] == "髙橋さん（ﾃｽﾄ）"
    assert "".join(said[1:-2]) == long
    assert len(said) > 5
    assert said[-2] == "絵文字〓"
    assert said[-1] == "1 / 1"


def test_what_fills_a_page_goes_on_with_the_next() -> None:
    document = pdf("題", [Line(f"{number}行目") for number in range(120)])
    assert document.count(b"/Type /Page ") == 3
    heights = [float(y) for y in re.findall(rb"Tf [\d.]+ ([\d.]+) Td", document)]
    assert all(0 < y < HEIGHT for y in heights)
    start = int(document.split(b"startxref\n")[1].split(b"\n")[0])
    assert document[start:].startswith(b"xref\n")
    assert read(document)[-1] == "3 / 3"


@pytest.fixture
async def misaki(settings: Settings) -> AsyncIterator[Visitor]:
    async with visiting(settings, Clock()) as visitor:
        await visitor.becomes()
        await visitor.agrees()
        await visitor.log_in("card_at")
        yield visitor


async def test_a_mother_takes_her_childs_handbook_along(misaki: Visitor) -> None:
    _, yui = await misaki.children()
    form = await misaki.form(f"/my/health/diary?child={yui}")
    await misaki.http.post("/my/health/diary", data=form | {"date": "2026-11-20", "text": "歩いた"})
    assert "PDFを保存する" in (await misaki.get(f"/my/health/export?child={yui}")).text
    answer = await misaki.get(f"/my/health/export/pdf?child={yui}")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"
    said = "".join(read(answer.content))
    for words in ("佐藤　結衣さんの母子健康手帳", "水ぼうそう（水痘） 2回目", "DEMO-113", "9.86kg"):
        assert words in said
    for words in ("1歳6か月児健康診査", "デモ薬A", "歩いた", "JP-2026-10-01"):
        assert words in said
    bundle = (await misaki.get(f"/my/health/export/bundle?child={yui}")).json()
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "transaction")
    assert (await misaki.looks()).count("health:record:export") == 2
    log = (await misaki.get("/identity/account/access")).text
    assert "母子健康手帳の記録の写しを取り出した" in log


async def test_without_a_fresh_card_or_for_another_nothing_is_taken(misaki: Visitor) -> None:
    _, yui = await misaki.children()
    paths = [f"/my/health/export{what}?child={yui}" for what in ("", "/pdf", "/bundle")]
    misaki.clock.forward(minutes=6)
    for path in paths:
        answer = await misaki.get(path)
        assert answer.headers["location"].startswith("/identity/step-up/card")
    other = Visitor(misaki.app, misaki.http, misaki.clock)
    await other.becomes(KENTA, KENTA_AT)
    await other.agrees()
    await other.log_in("card_at")
    for path in paths:
        answer = await other.get(path)
        assert (answer.status_code, answer.headers.get("location")) == (
            303,
            "/identity/ended/page_refused",
        )
    assert "health:record:export" not in await other.looks()
