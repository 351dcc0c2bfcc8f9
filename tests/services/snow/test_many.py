"""Fifty thousand open reports: a search looks at a small box, not at the city."""

from typing import Any

from sqlalchemy import text

from kit.db import Database
from tests.services.snow.world import STATION, World

COUNT = 50_000
FILL = text(
    "INSERT INTO snow_report (draft_key, source, category, severity, status, lat, lon, place_name,"
    " place_words, description, description_approved, media_url, note, handed_to, filed_at,"
    " updated_at, expires_at)"
    " SELECT 'many-' || n, 'line', (ARRAY['ice','ruts','unploughed','berm'])[1 + n % 4],"
    " 'caution', '受付', 37.45 + 0.1 * ((CAST(n AS bigint) * 7919) % 50000) / 50000.0,"
    " 139.88 + 0.1 * ((CAST(n AS bigint) * 104729) % 50000) / 50000.0, '大町',"
    " '', '', false, '', '', '', :now, :now, :now + interval '3 days'"
    " FROM generate_series(1, :count) AS n"
)


async def fill(database: Database, now: Any, count: int = COUNT) -> None:
    """Write open reports all over the town, in order of nothing."""
    async with database.transaction() as session:
        await session.execute(FILL, {"now": now, "count": count})
        await session.execute(text("ANALYZE snow_report"))


async def test_a_search_among_fifty_thousand_looks_at_a_few_rows(world: World) -> None:
    await fill(world.database, world.now)
    explained = (
        "EXPLAIN (ANALYZE, FORMAT JSON) SELECT * FROM snow_report WHERE reset_at IS NULL"
        " AND status IN ('受付', '確認中', '予定', '作業中') AND category = 'unploughed'"
        " AND lat BETWEEN :south AND :north AND lon BETWEEN :west AND :east"
    )
    box = {"south": STATION[0] - 0.00137, "north": STATION[0] + 0.00137}
    sides = {"west": STATION[1] - 0.00173, "east": STATION[1] + 0.00173}
    async with world.database.transaction() as session:
        [plan] = await session.scalar(text(explained), box | sides)
    plan = plan["Plan"]
    while "Index Name" not in plan:
        [plan] = plan["Plans"]
    assert plan["Index Name"] == "ix_snow_report_nearby"
    assert plan["Actual Rows"] < 100
    assert plan.get("Rows Removed by Filter", 0) == 0
    offered = await world.offered(STATION, "unploughed")
    assert 0 < len(offered) <= 5
