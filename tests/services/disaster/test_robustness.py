"""No document does harm: whatever comes is read or refused."""

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.disaster import xml
from services.disaster.areas import areas
from services.disaster.telegrams.reading import read_telegram
from services.disaster.xml import UnreadableError, read_xml
from tests.services.disaster.builder import JMA, envelope, read, told

_FILES = [
    path.read_bytes() for path in sorted(JMA.glob("*/*_V*.xml")) if path.stat().st_size < 30_000
]
_ELEMENT = re.compile(rb"<[A-Za-z][^<>]*>[^<>]*</[A-Za-z]+>")
_WORDS = [
    "",
    "0",
    "00",
    "99",
    "解除",
    "9" * 40,
    "NaN",
    "9999-12-31T23:59:59+00:00",
    "0001-01-01",
    "é",
]


def _read(data: bytes) -> None:
    try:
        telegram = read_telegram(data, "fuzz.xml", areas())
    except UnreadableError:
        return
    told(telegram, telegram)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(_FILES), st.randoms(use_true_random=False))
def test_telegrams_with_missing_and_strange_elements_do_no_harm(
    data: bytes, chance: random.Random
) -> None:
    def strange(match: re.Match[bytes]) -> bytes:
        if chance.random() > 0.15:
            return match[0]
        if chance.random() < 0.4:
            return b""
        word = chance.choice(_WORDS).encode()
        return re.sub(rb">[^<>]*<", lambda _: b">" + word + b"<", match[0], count=1)

    _read(_ELEMENT.sub(strange, data))


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(_FILES),
    st.lists(st.tuples(st.integers(0, 30_000), st.integers(0, 255)), max_size=6),
)
def test_broken_bytes_are_read_or_refused(data: bytes, flips: list[tuple[int, int]]) -> None:
    broken = bytearray(data)
    for place, value in flips:
        broken[place % len(broken)] = value
    _read(bytes(broken))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    _read(data)


@pytest.mark.parametrize(
    "prolog",
    [
        '<!DOCTYPE Report SYSTEM "file:///etc/hostname">',
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        "<!DOCTYPE r>",
    ],
)
def test_every_document_type_declaration_is_refused(prolog: str) -> None:
    with pytest.raises(UnreadableError, match="document type"):
        read_xml(f"{prolog}<r>text</r>".encode())


def test_an_entity_without_a_declaration_is_refused() -> None:
    with pytest.raises(UnreadableError):
        read_xml(b"<r>&x;</r>")


def test_more_elements_than_any_telegram_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "MAX_ELEMENTS", 100)
    read_xml(b"<r>" + b"<a/>" * 99 + b"</r>")
    with pytest.raises(UnreadableError, match="elements"):
        read_xml(b"<r>" + b"<a/>" * 100 + b"</r>")


def test_a_telegram_that_repeats_its_items_beyond_reason_is_cut_short() -> None:
    item = (
        "<Item><Area><Code>010000</Code></Area><Kind><Code>03</Code><Status>発表</Status></Kind>"
        "</Item>"
    )
    body = f'<Warning type="気象警報・注意報（一次細分区域等）">{item * 22_000}</Warning>'
    telegram = read(envelope("気象警報・注意報（Ｒ０６）（大雨）", 0, body))
    assert len(telegram.facts) == len(areas().within("010000"))


def test_other_encodings_and_namespaces_are_read() -> None:
    root = read_xml('<x:r xmlns:x="urn:x"><x:a y="1">値</x:a></x:r>'.encode("utf-16"))
    assert (root.name, root.namespace, root.text("a")) == ("r", "urn:x", "値")
