import pytest
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from kit.db import Base
from services.snow import models
from services.snow.lifecycle import Status

TABLES = sorted(name for name in Base.metadata.tables if name.startswith("snow_"))


@pytest.mark.parametrize("name", TABLES)
def test_each_table_can_be_written_for_postgresql(name: str) -> None:
    ddl = str(CreateTable(Base.metadata.tables[name]).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
    assert f"CREATE TABLE {name}" in ddl


def test_the_table_of_reports_knows_exactly_the_statuses_of_the_lifecycle() -> None:
    assert models.SnowReport.__tablename__ in TABLES
    table = Base.metadata.tables["snow_report"]
    checks = "".join(str(getattr(rule, "sqltext", "")) for rule in table.constraints)
    assert all(f"'{status.value}'" in checks for status in Status)


def test_positions_and_passages_cannot_be_stored_twice() -> None:
    keys = {
        name: [column.name for column in Base.metadata.tables[name].primary_key]
        for name in ("snow_fix", "snow_passage", "snow_follower")
    }
    assert keys["snow_fix"] == ["vehicle", "fixed_at"]
    assert keys["snow_passage"] == ["section", "left_at", "vehicle"]
    assert keys["snow_follower"] == ["report_id", "citizen_id"]
