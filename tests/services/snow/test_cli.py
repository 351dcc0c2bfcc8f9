import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.snow.cli import app
from tests.services.snow.ploughing import CENTRE, Drive, Street

A = Street("A", ((0.0, 0.0), (200.0, 0.0)))


def run(*arguments: object) -> tuple[int, list[Any], str]:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return (
        result.exit_code,
        [json.loads(line) for line in result.stdout.splitlines()],
        (result.stderr),
    )


def written(file: Path, lines: list[object]) -> Path:
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    file.write_text("\n".join(texts) + "\n", encoding="utf-8")
    return file


def roads(file: Path) -> Path:
    line = [[position.lon, position.lat] for position in A.road.line]
    feature = {
        "type": "Feature",
        "properties": {"section": 7},
        "geometry": {"type": "LineString", "coordinates": line},
    }
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return file


def positions() -> list[object]:
    import random

    drive = Drive("P-1")
    drive.along(A, 5.0)
    drive.finish(A)
    return [
        {
            "vehicle": fix.vehicle,
            "time": fix.time.isoformat(),
            "lat": fix.place.lat,
            "lon": fix.place.lon,
            "plough_down": fix.down,
        }
        for fix in drive.heard(random.Random(1), noise=2.0)  # noqa: S311
    ]


def report(report_id: object, time: str, **changes: object) -> dict[str, object]:
    place = {"lat": CENTRE.lat, "lon": CENTRE.lon}
    return {
        "kind": "report",
        "id": report_id,
        "time": f"2026-01-15T{time}:00+09:00",
        "type": "凍結・つるつる",
        **place,
        **changes,
    }


def test_replay_prints_each_passage_with_the_name_that_the_roads_file_gives(
    tmp_path: Path,
) -> None:
    tracks = written(tmp_path / "tracks.jsonl", positions())
    status, rows, errors = run("replay", tracks, "--roads", roads(tmp_path / "roads.geojson"))
    assert (status, errors) == (0, "")
    assert [(row["section"], row["vehicle"]) for row in rows] == [(7, "P-1")]
    assert rows[0]["entered"].startswith("2026-01-15T04:00:0")
    assert rows[0]["left"].startswith("2026-01-15T04:00:")
    assert rows[0]["left"].endswith("+09:00")


def test_replay_without_roads_takes_the_network_of_the_city(tmp_path: Path) -> None:
    status, rows, errors = run("replay", written(tmp_path / "tracks.jsonl", positions()))
    assert (status, rows, errors) == (0, [], "")


def test_bad_lines_are_named_and_left_out(tmp_path: Path) -> None:
    good = positions()
    bad = [
        "{",
        "[1]",
        {**good[0], "lat": 95},  # type: ignore[dict-item]
        {**good[0], "time": "2026-01-15T04:00:00"},  # type: ignore[dict-item]
        {**good[0], "plough_down": "yes"},  # type: ignore[dict-item]
        {**good[0], "lon": True},  # type: ignore[dict-item]
        {**good[0], "vehicle": ""},  # type: ignore[dict-item]
        '{"vehicle":"v","time":"2026-02-30T00:00:00Z","lat":1,"lon":1,"plough_down":true}',
        '{"vehicle":"v","time":"2026-02-03T00:00:00Z","lat":NaN,"lon":1,"plough_down":true}',
    ]
    tracks = written(tmp_path / "tracks.jsonl", [*bad, "", *good])
    status, rows, errors = run("replay", tracks, "--roads", roads(tmp_path / "roads.geojson"))
    assert status == 1
    assert len(rows) == 1
    lines = errors.splitlines()
    assert [line.split(" ")[0] for line in lines] == [f"tracks.jsonl:{n}" for n in range(1, 10)]
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "is not JSON"),
        ("{}", "is not a GeoJSON FeatureCollection"),
        ('{"features": []}', "there is no road in it"),
        ('{"features": [{"properties": {}, "geometry": {"type": "Point"}}]}', "no LineString"),
        (
            '{"features": [{"properties": {"section": "a"}, "geometry":'
            ' {"type": "LineString", "coordinates": [[139, 37], [139, 37]]}}]}',
            "feature 1: its line has not two different positions",
        ),
    ],
)
def test_roads_that_cannot_be_used_end_with_one_line(
    tmp_path: Path, text: str, reason: str
) -> None:
    file = tmp_path / "roads.geojson"
    file.write_text(text)
    tracks = written(tmp_path / "tracks.jsonl", positions())
    status, rows, errors = run("replay", tracks, "--roads", file)
    assert (status, rows, len(errors.splitlines())) == (2, [], 1)
    assert reason in errors


def test_a_file_that_is_not_there_ends_with_one_line(tmp_path: Path) -> None:
    for command in ("replay", "nearby"):
        status, rows, errors = run(command, tmp_path / "none.jsonl")
        assert (status, rows, len(errors.splitlines())) == (2, [], 1)


def test_nearby_reads_in_order_of_time_and_offers_what_is_open(tmp_path: Path) -> None:
    line = [[CENTRE.lon - 0.01, CENTRE.lat], [CENTRE.lon + 0.01, CENTRE.lat]]
    lines: list[object] = [
        report("late", "12:00"),
        report("a", "07:00"),
        report("b", "07:10", lat=CENTRE.lat + 0.0001),
        {"kind": "status", "time": "2026-01-15T08:00:00+09:00", "id": "a", "status": "完了"},
        report(3, "08:10", type="つるつる"),
        report("other", "08:20", type="置き雪・段差"),
        {"kind": "passage", "time": "2026-01-15T09:00:00+09:00", "line": line},
        report("c", "09:10"),
        {"kind": "snow", "time": "2026-01-15T10:00:00+09:00", "cm": 12},
        report("d", "10:10"),
    ]
    status, rows, errors = run("nearby", written(tmp_path / "reports.jsonl", lines))
    assert (status, errors) == (0, "")
    assert rows == [
        {"id": "a", "offered": []},
        {"id": "b", "offered": [{"id": "a", "distance_m": 11.1}]},
        {"id": 3, "offered": [{"id": "b", "distance_m": 11.1}]},
        {"id": "other", "offered": []},
        {"id": "c", "offered": []},
        {"id": "d", "offered": []},
        {"id": "late", "offered": [{"id": "d", "distance_m": 0.0}]},
    ]


def test_nearby_names_what_it_cannot_use(tmp_path: Path) -> None:
    lines: list[object] = [
        report("a", "07:00"),
        report("a", "07:00"),
        report("a", "07:30"),
        report("x", "07:00", type="宇宙人"),
        {"kind": "status", "time": "2026-01-15T08:00:00+09:00", "id": "z", "status": "完了"},
        {"kind": "status", "time": "2026-01-15T08:00:00+09:00", "id": "a", "status": "済"},
        {"kind": "passage", "time": "2026-01-15T08:00:00+09:00", "line": [[200, 1]]},
        {"kind": "passage", "time": "2026-01-15T08:00:00+09:00", "line": "abc"},
        {"kind": "snow", "time": "2026-01-15T08:00:00+09:00", "cm": -1},
        {"kind": "hail", "time": "2026-01-15T08:00:00+09:00"},
    ]
    status, rows, errors = run("nearby", written(tmp_path / "reports.jsonl", lines))
    assert status == 1
    assert rows == [{"id": "a", "offered": []}]
    assert [line.split(" ")[0] for line in errors.splitlines()] == [
        f"reports.jsonl:{n}" for n in range(3, 11)
    ]


def test_the_commands_start_without_what_they_do_not_need() -> None:
    check = (
        "import sys, services.snow.cli; heavy = {'PIL', 'numpy', 'sqlalchemy', 'fastapi',"
        " 'pydantic'} & set(sys.modules); sys.exit(str(heavy) if heavy else 0)"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
