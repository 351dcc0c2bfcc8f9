"""The yard's figures: what a winter brought to each district, and how long it took."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_FIGURES = text(
    "WITH report AS (SELECT r.*, filed_at AT TIME ZONE :zone AS local,"
    " (SELECT count(*) FROM snow_follower f WHERE f.report_id = r.id) AS followed"
    " FROM snow_report r WHERE status NOT IN ('非表示', '重複'))"
    " SELECT extract(year FROM local - interval '6 months')::int AS winter,"
    " coalesce(districts[1], '') AS district, count(*),"
    " sum(greatest(followed, 1))::int,"
    " count(*) FILTER (WHERE status = '完了'),"
    " count(*) FILTER (WHERE status IN ('受付', '確認中', '予定', '作業中')),"
    " count(*) FILTER (WHERE status = '対象外'),"
    " count(*) FILTER (WHERE EXISTS (SELECT 1 FROM snow_sanding s WHERE s.report_id = report.id)),"
    " percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM updated_at - filed_at) / 3600)"
    " FILTER (WHERE status = '完了')"
    " FROM report GROUP BY 1, 2 ORDER BY 1 DESC, 3 DESC, 2"
)


@dataclass(frozen=True)
class Row:
    """One district in one winter, which begins in July: 2026 is that of 2026 to 2027."""

    winter: int
    district: str
    reports: int
    reporters: int
    done: int
    open: int
    handed_over: int
    sanded: int
    median_hours: float | None
    """From report to 完了; None where nothing was done."""

    @property
    def season(self) -> str:
        """How the winter is called."""
        return f"{self.winter}〜{(self.winter + 1) % 100:02d}年の冬"


HEAD = {
    "season": "冬",
    "district": "地区",
    "reports": "報告",
    "reporters": "報告した人",
    "done": "完了",
    "open": "対応中",
    "handed_over": "対象外",
    "sanded": "砂まき",
    "median_hours": "完了までの時間（中央値）",
}
"""Each column and what staff read above it."""


async def read_figures(session: AsyncSession, zone: str) -> Sequence[Row]:
    """Return a row for each district and winter, the latest first; merged reports count once."""
    found = await session.execute(_FIGURES, {"zone": zone})
    return [Row(*row) for row in found]
