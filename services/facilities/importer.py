"""From a city's place lists to validated records, and into the database in one transaction.

`sources.toml` in the city's folder names each list, its kind and its credit. In reports, `line`
is the line of a CSV file and the number of the feature (from 1) in a GeoJSON file.
"""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kit.clock import Clock
from kit.db import Database
from kit.links import first_address, web_address
from kit.tables import (
    CONTROL_CHARACTERS,
    ImportReport,
    Row,
    decode,
    is_unusable,
    read_table,
    reject_unusable,
)
from messages.hazards import DESIGNATED
from services.facilities import repository
from services.facilities.cells import (
    Box,
    format_hours,
    normalise_code,
    parse_capacity,
    parse_flag,
    parse_position,
    plain,
    tidy,
)
from services.facilities.columns import match_columns
from services.facilities.contract import Kind
from services.facilities.parsing import categories_of
from services.facilities.rules import Record

SOURCES = "sources.toml"
_REQUIRED = ("name", "latitude", "longitude")


class Source(BaseModel):
    """One list of places."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str
    kind: Kind
    credit: str
    demonstration: bool
    category: str = ""
    """Set where the whole list is of one category (AED)."""


class Sources(BaseModel):
    """`sources.toml`: the municipality, the rectangle around it, and its lists."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    """全国地方公共団体コード, six digits."""
    box: Box
    sources: tuple[Source, ...] = Field(min_length=1)


class _Line:
    """One row of a list by field names, whatever the list calls its columns."""

    def __init__(self, row: Row, columns: dict[str, str], file: str, report: ImportReport) -> None:
        self.row, self.columns, self.file, self.report = row, columns, file, report

    def text(self, field: str) -> str:
        return tidy(self.raw(field))

    def raw(self, field: str) -> str:
        return plain(self.row.cells.get(self.columns.get(field, ""), ""))

    def flag(self, field: str) -> bool:
        value = parse_flag(self.text(field))
        if value is None:
            self.reject(field, f"cannot read “{self.text(field)}” as yes or no")
        return bool(value)

    def warn(self, field: str, reason: str) -> None:
        self.report.warn(self.file, self.row.line, self.columns.get(field, field), reason)

    def reject(self, field: str, reason: str) -> None:
        self.report.reject(self.file, self.row.line, self.columns.get(field, field), reason)


async def import_city(database: Database, city_dir: Path, clock: Clock) -> ImportReport:
    """Replace the places by those in `city_dir`/facilities, unless anything in them is unusable."""
    report = ImportReport("facilities")
    records = read_city(city_dir / "facilities", report)
    if report.ok:
        async with database.transaction() as session:
            await repository.replace(session, records, clock())
    return report


def read_city(folder: Path, report: ImportReport) -> list[Record]:
    """Read every list of the folder; problems go to `report`."""
    sources = _read_sources(folder, report)
    if sources is None:
        return []
    records: list[Record] = []
    for source in sources.sources:
        records += read_source(folder / source.file, source, sources, report)
    return records


def read_source(path: Path, source: Source, sources: Sources, report: ImportReport) -> list[Record]:
    """Read one list, CSV or GeoJSON by its file name."""
    if path.suffix in (".json", ".geojson"):
        header, rows = _read_geojson(path, report)
    else:
        header, rows = read_table(path, report)
    if not header:
        return []
    columns = match_columns(header)
    missing = [field for field in _REQUIRED if field not in columns]
    for field in missing:
        report.reject(path.name, 1, field, "no column of this meaning was found")
    if missing:
        return []
    if not rows:
        report.reject(path.name, 0, "", "the list holds no places")
    lines = [_Line(row, columns, path.name, report) for row in rows]
    found = [record for line in lines if (record := _record(line, source, sources))]
    return list(_without_doubles(found, lines))


def _record(line: _Line, source: Source, sources: Sources) -> Record | None:
    name = line.text("name")
    if not name:
        line.reject("name", "the name is missing")
    _check_code(line, sources.code)
    position = parse_position(line.text("latitude"), line.text("longitude"), sources.box)
    hazards = tuple(h for h in DESIGNATED if h.value in line.columns and line.flag(h.value))
    doubles = "doubles_as_shelter" in line.columns and line.flag("doubles_as_shelter")
    if isinstance(position, str):
        line.reject("latitude", position)
        return None
    accepts = line.text("accepts") if source.kind is Kind.shelter else ""
    nicknames = tuple(n.strip() for n in line.text("nicknames").replace("、", ",").split(",") if n)
    return Record(
        kind=Kind.welfare_shelter if accepts else source.kind,
        source_id=f"{line.file}:{line.text('source_id') or name}",
        name=name,
        latitude=position[0],
        longitude=position[1],
        address=_address(line),
        kana=line.text("kana"),
        nicknames=nicknames,
        categories=_categories(line, source, (name, *nicknames)),
        phone=line.raw("phone"),
        hours=format_hours(*(line.raw(f) for f in ("days", "opens", "closes", "hours_remark"))),
        spot=line.text("spot"),
        hazards=hazards,
        doubles_as_shelter=doubles and source.kind is Kind.emergency_site,
        accepts=accepts,
        capacity=line.text("capacity"),
        capacity_people=parse_capacity(line.raw("capacity")),
        note=_note(line),
        url=_web_address(line),
        credit=source.credit,
        demonstration=source.demonstration,
    )


def _check_code(line: _Line, expected: str) -> None:
    """A list of the neighbouring city is a mistake; one of the whole prefecture may be given."""
    text = line.text("code")
    if not text:
        return
    code = normalise_code(text)
    if code is None:
        line.reject("code", f"“{text}” is no municipality code")
    elif code != expected and not (code[:2] == expected[:2] and code[2:5] == "000"):
        line.reject("code", f"the row belongs to municipality {code}, not {expected}")


def _address(line: _Line) -> str:
    whole = line.text("address")
    parts = "".join(line.text(f) for f in ("prefecture", "city", "town", "lot"))
    return " ".join(part for part in (whole or parts, line.text("building")) if part)


def _categories(line: _Line, source: Source, names: tuple[str, ...]) -> tuple[str, ...]:
    if source.category:
        return (source.category,)
    if source.kind is not Kind.facility:
        return ()
    return categories_of(names, line.text("description") + line.text("barrier_free"))


def _note(line: _Line) -> str:
    pads = "小児用パッドあり" if line.text("child_pads") and line.flag("child_pads") else ""
    texts = (line.text("description"), line.text("barrier_free"), line.text("note"), pads)
    return "。".join(t.rstrip("。") for t in texts if t)


def _web_address(line: _Line) -> str:
    """Return an address that opens. One that cannot is told, and costs the place its link only."""
    told = line.raw("url")
    if told and not told.startswith(("https://", "http://")):
        line.reject("url", "a web address begins with https:// or http://")
        return ""
    url = web_address(first_address(told)) if told else ""
    if url is None:
        line.warn("url", f"“{told[:60]}” cannot be opened: the place has no link")
    elif url != told:
        line.warn("url", f"“{told[:60]}” is read as {url}")
    return url or ""


def _without_doubles(records: list[Record], lines: list[_Line]) -> Iterator[Record]:
    """Pass records on; one identifier for two places is a problem of the later line."""
    seen: set[str] = set()
    for record in records:
        if record.source_id in seen:
            wanted = record.source_id.partition(":")[2]
            line = [x for x in lines if wanted in (x.text("source_id"), x.text("name"))][-1]
            line.reject("source_id", f"“{wanted}” stands for more than one place")
        seen.add(record.source_id)
        yield record


def _read_sources(folder: Path, report: ImportReport) -> Sources | None:
    try:
        sources = Sources.model_validate(tomllib.loads((folder / SOURCES).read_text("utf-8")))
        for source in sources.sources:
            for column in ("file", "credit", "category"):
                if is_unusable(getattr(source, column)):
                    report.reject(SOURCES, 0, column, CONTROL_CHARACTERS)
        return sources if report.ok else None
    except FileNotFoundError:
        report.reject(SOURCES, 0, "", "the file is missing")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        report.reject(SOURCES, 0, "", f"not readable as TOML: {error}")
    except ValidationError as error:
        for detail in error.errors():
            where = ".".join(str(part) for part in detail["loc"])
            report.reject(SOURCES, 0, where, detail["msg"])
    return None


def _read_geojson(path: Path, report: ImportReport) -> tuple[list[str], list[Row]]:
    """Read 国土地理院's point features as a table; latitude and longitude become columns."""
    data = _load_json(path, report)
    if data is None:
        return [], []
    features = data.get("features")
    if data.get("type") != "FeatureCollection" or not isinstance(features, list):
        # The service answers so for municipalities whose list is not public.
        reason = data.get("message") or f"type is {data.get('type')!r}"
        report.reject(path.name, 0, "", f"no list of places: {reason}")
        return [], []
    rows = [_feature_row(number, feature) for number, feature in enumerate(features, start=1)]
    header = list(dict.fromkeys(name for row in rows for name in row.cells))
    if not rows:
        report.reject(path.name, 0, "", "the list holds no places")
    reject_unusable(path.name, header, rows, report)
    report.rows += len(rows)
    return header, rows


def _load_json(path: Path, report: ImportReport) -> dict[str, Any] | None:
    if not path.exists():
        report.reject(path.name, 0, "", "the file is missing")
        return None
    text = decode(path.read_bytes())
    try:
        data = json.loads(text or "")
    except ValueError as error:
        report.reject(path.name, getattr(error, "lineno", 0), "", "the file is not JSON")
        return None
    if not isinstance(data, dict):
        report.reject(path.name, 0, "", "the file holds no feature collection")
        return None
    return data


def _feature_row(number: int, feature: Any) -> Row:
    """Return a feature's properties as cells; what is not as expected becomes an empty cell."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    point = geometry.get("coordinates") if isinstance(geometry, dict) else None
    longitude, latitude = point[:2] if isinstance(point, list) and len(point) >= 2 else ("", "")
    cells = {"緯度": str(latitude), "経度": str(longitude)}
    if isinstance(properties, dict):
        cells |= {str(k): "" if v is None else str(v) for k, v in properties.items()}
    return Row(number, cells)
