"""The demo city's table, read once."""

import pytest

from kit.settings import ROOT
from services.places.importer import read_city
from services.places.parsing import Reader
from services.places.rules import Table

CITY = ROOT / "city" / "aizuwakamatsu"


@pytest.fixture(scope="session")
def table() -> Table:
    report, table = read_city(CITY)
    assert report.problems == []
    return table


@pytest.fixture(scope="session")
def reader(table: Table) -> Reader:
    return Reader(table)
