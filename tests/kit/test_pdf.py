"""A letter says what it was given, as text that can be read out and searched."""

import re
import zlib

from kit.pdf import Line, write_pdf


def streams(pdf: bytes) -> list[bytes]:
    return [zlib.decompress(s) for s in re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)]


def words(pdf: bytes) -> str:
    """Read a document as a reader does: glyphs by the map from their numbers to characters."""
    found = streams(pdf)
    [table] = [each for each in found if b"beginbfchar" in each]
    known = {
        number: bytes.fromhex(code.decode()).decode("utf-16-be")
        for number, code in re.findall(rb"<([0-9a-f]{4})> <([0-9a-f]+)>", table)
    }
    shown = b"".join(re.findall(rb"<([0-9a-f]*)> Tj", b"".join(found)))
    return "".join(known[shown[at : at + 4]] for at in range(0, len(shown), 4))


def test_every_letter_is_there_and_lines_break_where_the_paper_ends() -> None:
    told = "定員（12人）に達しました。入れた方のうち、いちばん低い点数は42点です。" * 3
    pdf = write_pdf([[Line("結果のお知らせ", 16), Line(told)]], "お知らせ")
    assert words(pdf) == "結果のお知らせ" + told
    assert pdf.count(b"/Type /Page ") == 1
    assert len(re.findall(rb"BT ", b"".join(streams(pdf)))) > 3


def test_a_letter_that_is_too_long_goes_on_on_another_sheet() -> None:
    pdf = write_pdf([[Line(f"{n}行目") for n in range(60)], [Line("別の方")]], "")
    assert pdf.count(b"/Type /Page ") == 3
    assert words(pdf).endswith("59行目別の方")


def test_a_form_has_labels_and_rules_to_write_on() -> None:
    pdf = write_pdf([[Line("佐藤 美咲", label="氏名", is_ruled=True), Line("終わり")]], "")
    assert words(pdf) == "氏名佐藤 美咲終わり"
    assert len(re.findall(rb" l S\n", b"".join(streams(pdf)))) == 1


def test_a_letter_that_the_font_has_not_is_shown_as_the_sign_for_it() -> None:
    pdf = write_pdf([[Line("NGUYỄN")]], "")
    assert any(b"beginbfchar" in each for each in streams(pdf))


def test_every_object_begins_where_the_table_says() -> None:
    pdf = write_pdf([[Line("あ")]], "あ")
    start = int(re.findall(rb"startxref\n(\d+)", pdf)[0])
    assert pdf[start:].startswith(b"xref")
    places = [int(place) for place in re.findall(rb"(\d{10}) 00000 n", pdf[start:])]
    for number, place in enumerate(places, start=1):
        assert pdf[place:].startswith(f"{number} 0 obj".encode())
