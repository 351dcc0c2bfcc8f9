"""Telegrams of the real shape with contents of a test's own, and short ways to replay them."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone

from services.disaster.areas import areas
from services.disaster.facts import Telegram
from services.disaster.replay import Line, replay
from services.disaster.telegrams.reading import read_telegram
from tests.conftest import SHARED

SAMPLES = SHARED / "samples"
JMA = SAMPLES / "jma"

_JST = timezone(timedelta(hours=9))
_START = datetime(2026, 7, 28, 17, 0, tzinfo=_JST)

_NAMES = {
    "10": "レベル２大雨注意報",
    "03": "レベル３大雨警報",
    "43": "レベル４大雨危険警報",
    "33": "レベル５大雨特別警報",
    "29": "レベル２土砂災害注意報",
    "09": "レベル３土砂災害警報",
    "49": "レベル４土砂災害危険警報",
    "39": "レベル５土砂災害特別警報",
    "14": "雷注意報",
    "20": "濃霧注意報",
}


def at(minutes: float) -> datetime:
    """A time of the tests' afternoon."""
    return _START + timedelta(minutes=minutes)


def envelope(
    title: str,
    minutes: float,
    body: str,
    *,
    headline: str = "",
    office: str = "富山地方気象台",
    status: str = "通常",
    info_type: str = "発表",
    event: str = "",
    serial: str = "",
    head_title: str = "",
    valid: str = "",
) -> bytes:
    moment = at(minutes)
    utc = moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Report xmlns="http://xml.kishou.go.jp/jmaxml1/">
<Control><Title>{title}</Title><DateTime>{utc}</DateTime><Status>{status}</Status>
<EditorialOffice>{office}</EditorialOffice><PublishingOffice>{office}</PublishingOffice></Control>
<Head xmlns="http://xml.kishou.go.jp/jmaxml1/informationBasis1/"><Title>{head_title}</Title>
<ReportDateTime>{moment.isoformat()}</ReportDateTime>{valid}<EventID>{event}</EventID>
<InfoType>{info_type}</InfoType><Serial>{serial}</Serial><InfoKind/>
<Headline><Text/>{headline}</Headline></Head>
<Body xmlns="http://xml.kishou.go.jp/jmaxml1/body/meteorology1/">{body}</Body>
</Report>""".encode()


def warning(
    kind: str, minutes: float, said: Mapping[str, tuple[str, str] | None], **more: str
) -> bytes:
    """A new warning: 7-digit area → (code, Kind/Status), None for 発表警報・注意報はなし."""
    items = "".join(_item(area, kinds) for area, kinds in said.items())
    body = f'<Warning type="気象警報・注意報（市町村等）">{items}</Warning>'
    return envelope(f"気象警報・注意報（Ｒ０６）（{kind}）", minutes, body, **more)


def old_warning(minutes: float, said: Mapping[str, tuple[str, str] | None], **more: str) -> bytes:
    items = "".join(_item(area, kinds) for area, kinds in said.items())
    body = f'<Warning type="気象警報・注意報（市町村等）">{items}</Warning>'
    return envelope("気象警報・注意報（Ｈ２７）", minutes, body, **more)


def _item(area: str, kinds: tuple[str, str] | None) -> str:
    place = f"<Area><Name>{area}</Name><Code>{area}</Code></Area>"
    if kinds is None:
        return f"<Item><Kind><Status>発表警報・注意報はなし</Status></Kind>{place}</Item>"
    code, status = kinds
    name = _NAMES.get(code, "知らない警報")
    kind = f"<Kind><Name>{name}</Name><Code>{code}</Code><Status>{status}</Status></Kind>"
    return f"<Item>{kind}{place}</Item>"


def landslide_notice(minutes: float, said: Mapping[str, str], **more: str) -> bytes:
    """土砂災害警戒情報: 7-digit area → code (3 警戒, 1 解除, 0 なし)."""
    names = {"3": ("警戒", "発表"), "1": ("解除", "解除"), "0": ("なし", "なし")}
    items = "".join(
        f"<Item><Kind><Name>{names[code][0]}</Name><Code>{code}</Code>"
        f"<Status>{names[code][1]}</Status></Kind><Area><Code>{area}</Code></Area></Item>"
        for area, code in said.items()
    )
    body = f'<Warning type="土砂災害警戒情報">{items}</Warning>'
    more = {"event": "富山県土砂災害警戒情報", **more}
    return envelope("土砂災害警戒情報", minutes, body, **more)


def intensities(minutes: float, said: Mapping[str, Mapping[str, str]], **more: str) -> bytes:
    """震源・震度情報: earthquake region → city → intensity."""
    regions = "".join(
        f"<Area><Code>{region}</Code><MaxInt>{max(cities.values())}</MaxInt>"
        + "".join(
            f"<City><Code>{city}</Code><MaxInt>{value}</MaxInt></City>"
            for city, value in cities.items()
        )
        + "</Area>"
        for region, cities in said.items()
    )
    body = f"<Intensity><Observation><Pref>{regions}</Pref></Observation></Intensity>"
    return envelope("震源・震度に関する情報", minutes, body, office="気象庁本庁", **more)


def read(data: bytes, source: str = "test.xml") -> Telegram:
    return read_telegram(data, source, areas())


def sample(name: str) -> Telegram:
    """A sample by the beginning of its name under `official` or `live`."""
    path = next(iter(sorted(JMA.glob(f"*/{name}*.xml"))))
    return read_telegram(path.read_bytes(), path.name, areas())


class Told:
    """What a replay told, ready to be asked."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self.lines = list(lines)
        self.changes = [line for line in self.lines if line["type"] == "change"]
        self._states = [line for line in self.lines if line["type"] == "state"]

    def state(self, area: str, hazard: str) -> tuple[object, object, object] | None:
        """(level, kind_code, active), None where nothing is known."""
        found = [s for s in self._states if (s["area"], s["hazard"]) == (area, hazard)]
        assert len(found) <= 1, "one line per area and hazard"
        return (found[0]["level"], found[0]["kind_code"], found[0]["active"]) if found else None

    def active(self, hazard: str) -> dict[object, object]:
        """Areas in force → level, or code where the hazard has no levels."""
        return {
            s["area"]: s["level"] if s["level"] is not None else s["kind_code"]
            for s in self._states
            if s["hazard"] == hazard and s["active"]
        }

    def hazards(self) -> set[object]:
        return {line["hazard"] for line in self._states}

    def kinds(self, area: str, hazard: str) -> list[tuple[object, object, object]]:
        """Changes in order, as (kind, from, to)."""
        return [
            (c["kind"], c["from"], c["to"])
            for c in self.changes
            if (c["area"], c["hazard"]) == (area, hazard)
        ]


def told(*telegrams: Telegram | bytes, as_of: datetime | None = None) -> Told:
    read_in = [
        t if isinstance(t, Telegram) else read(t, f"{n}.xml") for n, t in enumerate(telegrams)
    ]
    return Told(replay(read_in, areas(), as_of).lines())
