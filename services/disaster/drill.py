"""Telegrams of exercises: of the agency's own shape, for one city, marked 訓練 throughout."""

from datetime import UTC, datetime
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

TITLES = {"rain": "大雨", "landslide": "土砂"}
"""What can be practised, with the bracket of the telegram's title."""

_CODES = {
    "rain": {2: "10", 3: "03", 4: "43", 5: "33"},
    "landslide": {2: "29", 3: "09", 4: "49", 5: "39"},
}
LEVELS = (0, 2, 3, 4, 5)
"""0 lifts what is in force."""


def drill_telegram(
    hazard: str, level: int, city: str, name: str, now: datetime, zone: ZoneInfo
) -> bytes:
    """Return an exercise's telegram: `city` is the JIS code (five digits), `name` its name.

    Raises KeyError for a hazard or a level that is not practised.
    """
    office = f"{name}（訓練）"
    local = now.astimezone(zone).replace(microsecond=0)
    utc = now.astimezone(UTC).isoformat().replace("+00:00", "Z")
    kind = "<Kind><Status>発表警報・注意報はなし</Status></Kind>"
    if level:
        code = _CODES[hazard][level]
        kind = f"<Kind><Name>訓練</Name><Code>{code}</Code><Status>発表</Status></Kind>"
    area = f"<Area><Name>{escape(name)}</Name><Code>{city}00</Code></Area>"
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Report xmlns="http://xml.kishou.go.jp/jmaxml1/">
<Control><Title>気象警報・注意報（Ｒ０６）（{TITLES[hazard]}）</Title><DateTime>{utc}</DateTime>
<Status>訓練</Status><EditorialOffice>{escape(office)}</EditorialOffice>
<PublishingOffice>{escape(office)}</PublishingOffice></Control>
<Head xmlns="http://xml.kishou.go.jp/jmaxml1/informationBasis1/"><Title>訓練</Title>
<ReportDateTime>{local.isoformat()}</ReportDateTime><EventID/><InfoType>発表</InfoType><Serial/>
<InfoKind/><Headline><Text>これは訓練です。</Text></Headline></Head>
<Body xmlns="http://xml.kishou.go.jp/jmaxml1/body/meteorology1/">
<Warning type="気象警報・注意報（市町村等）"><Item>{kind}{area}</Item></Warning></Body>
</Report>""".encode()
