"""The table of endpoints in the docs."""

from emulators.line.endpoints import PAGE, REMARKS, page_with, served, table
from tests.emulators.line.definitions import FOLDER


def test_the_table_in_the_docs_is_current() -> None:
    text = PAGE.read_text()
    made = page_with(table(FOLDER), text)
    assert text == made, "run: python -m emulators.line.endpoints ../shared/line-openapi"


def test_every_remark_belongs_to_a_call_that_is_emulated() -> None:
    rows = table(FOLDER)
    for call in REMARKS:
        method, _, path = call.partition(" ")
        assert f"| {method} | `{path}` |" in rows
        assert f"| partly | {REMARKS[call]} |" in rows


def test_the_catch_all_routes_are_not_counted() -> None:
    assert not any("rest" in call for call in served())
    assert "POST /bot/pnp/push" not in served()
