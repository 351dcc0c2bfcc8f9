"""Addresses behind buttons are such as LINE opens, or there is no button."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulators.line.validation.rules import Report, link_uri
from kit.links import LONGEST, first_address, link, web_address


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ("https://www.example.jp/a b.html", "https://www.example.jp/a%20b.html"),
        (
            "https://www.example.jp/施設/案内.html",
            "https://www.example.jp/%E6%96%BD%E8%A8%AD/%E6%A1%88%E5%86%85.html",
        ),
        ("https://example.jp/?q=a%20b&r=100%", "https://example.jp/?q=a%20b&r=100%25"),
        ("https://会津.jp/", f"https://{'会津'.encode('idna').decode()}.jp/"),
        ("HTTPS://example.jp:8443/x#y", "https://example.jp:8443/x#y"),
        ("http://", None),
        ("https:///path", None),
        ("https://exa mple.jp/", None),
        ("https://example.jp:port/", None),
        ("ftp://example.jp/", None),
        ("javascript:alert(1)", None),
        ("javascript://example.jp/%0Aalert(1)", None),
        (f"https://example.jp/{'x' * LONGEST}", None),
        ("", None),
    ],
)
def test_an_address_is_encoded_or_refused(told: str, address: str | None) -> None:
    assert web_address(told) == address


def test_of_two_addresses_in_a_cell_the_first_is_taken() -> None:
    assert first_address("https://a.example.jp/\nhttps://b.example.jp/") == "https://a.example.jp/"
    assert first_address(" https://a.example.jp/a b ") == "https://a.example.jp/a b"


@pytest.mark.parametrize("number", ["tel:119", "tel:0242-39-1111", "tel:+81242391111", "tel:#7119"])
def test_a_telephone_number_is_a_link(number: str) -> None:
    assert link(number) == number


@pytest.mark.parametrize("number", ["tel:", "tel:市役所", "tel:0242 39 1111"])
def test_what_no_telephone_dials_is_none(number: str) -> None:
    assert link(number) is None


@given(st.one_of(st.text(max_size=60), st.text(max_size=60).map("https://example.jp/{}".format)))
def test_what_is_a_link_is_taken_by_the_emulator(text: str) -> None:
    address = link(text)
    if address is not None:
        report = Report(strict=True)
        link_uri(report, address, "uri")
        assert report.details == []
        assert link(address) == address
