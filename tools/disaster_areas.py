"""Make `services/disaster/data/` from the Meteorological Agency's code tables and telegrams.

    python tools/disaster_areas.py CODE_TABLES TELEGRAMS…

CODE_TABLES holds AreaInformationCity, the warning relation of AreaForecastLocalM and
AreaForecastFlood as CSV. The agency's tables do not say which city lies in which earthquake region:
its own reports of observed intensity do, so they are read for it; a city that no report names takes
the region of its neighbours. Which cities a tsunami forecast region covers is written below after
the agency's list of the regions.
"""

import csv
import re
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "services" / "disaster" / "data"

# Regions that few telegrams name, and the forecast districts and cities they are made of.
_DISTRICTS = {
    "461": ("三重県中部", "240011 240013"),
    "460": ("三重県北部", "240012"),
    "562": ("鳥取県中部", "310021"),
    "563": ("鳥取県西部", "310022 310023"),
    "591": ("広島県南東部", "340012"),
    "592": ("広島県南西部", "340011 340013"),
    "610": ("香川県東部", "370001 370002 370003"),
    "611": ("香川県西部", "370004 370005"),
    "731": ("長崎県南西部", "420012 420013 420014"),
    "732": ("長崎県島原半島", "420011"),
    "735": ("長崎県対馬", "420032 420033"),
    "736": ("長崎県壱岐", "420031"),
    "737": ("長崎県五島", "420041 420042"),
    "774": ("鹿児島県十島村", "460043"),
    "775": ("鹿児島県甑島", "460014"),
    "776": ("鹿児島県種子島", "46213 46303 46501 46502"),
    "777": ("鹿児島県屋久島", "460032"),
    "778": ("鹿児島県奄美北部", "460041"),
    "779": ("鹿児島県奄美南部", "460042"),
    "800": ("沖縄県本島北部", "471021 471022 471023 471024"),
    "801": ("沖縄県本島中南部", "471011 471012 471013"),
    "802": ("沖縄県久米島", "471030"),
    "803": ("沖縄県大東島", "472000"),
    "804": ("沖縄県宮古島", "473001 473002"),
    "805": ("沖縄県石垣島", "474011"),
    "806": ("沖縄県与那国島", "474020"),
    "807": ("沖縄県西表島", "474012"),
}

# Tsunami forecast region: prefectures (2 digits), districts (6) and cities (5) on its coast.
# Only cities for which the tables announce storm surge or waves are taken, so inland ones drop out.
_COASTS = {
    "100": "014013 014023 014024 01693 01694 01691",
    "101": "014032 014033 015021 015022 015023",
    "102": "015011 015012 015013 017011 017012 017013",
    "110": "01214 01516 01520 011013 012021 012022 012023 016011 016031",
    "111": "016033 017021 017022 017023 01331",
    "120": "01214 01511 011012 013011 013012 013031 013032",
    "200": "020012 020013 02303 02307",
    "201": "020031 02406 02411 02208 02423 02424 02425 02426",
    "202": "02201 02301 02304 02307 02401 02406 02208 02426",
    "210": "03",
    "220": "04",
    "230": "05",
    "240": "06",
    "250": "07",
    "300": "08",
    "310": "120021 120022 12218 12223 12234 12238 12443 12205",
    "311": "12205 12234 12463 12226",
    "312": "120011 120013 12206 12225 12226 12229 130011 130012 140011 14201",
    "320": "130021 130022 130031 130032",
    "321": "130040",
    "330": "140012 140013 140024",
    "340": "15100 15222 15216 15205 15202 15227 15212 15206 15405 15307 15586",
    "341": "15224",
    "350": "16",
    "360": "17202 17204 17205 17207 17384 17386 17407 17461 17463",
    "361": "17201 17203 17206 17209 17210 17211 17212 17361 17365",
    "370": "18",
    "380": "22",
    "390": "23231 23201",
    "391": "230011 230012 230013 230014 23201 23207 23214 23231 240011 240012 24203 24441",
    "400": "240021 240022",
    "500": "26",
    "510": "27",
    "520": "280021",
    "521": "280011 280014 280015 28226",
    "522": "28205 28224",
    "530": "30",
    "540": "31",
    "550": "32201 32202 32203 32204 32205 32206 32207",
    "551": "32525 32526 32527 32528",
    "560": "33",
    "570": "34",
    "580": "36",
    "590": "37",
    "600": "380031 380032",
    "601": "380010 380021 380022 38442 38207",
    "610": "39",
    "700": "35201 35204 35211 35502",
    "701": "35201 35202 35203 35206 35207 35208 35210 35212 35215 35216 35305 35341 35343 35344 "
    "35321",
    "710": "400022 40100",
    "711": "400010 400021",
    "712": "400041 400042 41201 41207 41210 41401 41425 41441 420011 42204 430011 430013 430015 "
    "430032 43212 43215",
    "720": "41202 41205 41387",
    "730": "420012 420013 420014 420021 420022 420041 420042",
    "731": "420031 420032 420033",
    "740": "43215 43531",
    "750": "440020 44201 44202 44210 44341",
    "751": "44206 44207 440041",
    "760": "45",
    "770": "460021 460022",
    "771": "460031 460032",
    "772": "460041 460042 460043",
    "773": "460011 460012 460013 460014 460015",
    "800": "471011 471012 471013 471021 471022 471023 471024 471030",
    "801": "472000",
    "802": "473001 473002 474011 474012 474020",
}
_COAST_NAMES = {"720": "佐賀県北部"}


def main(tables: Path, telegrams: list[Path]) -> None:
    rows = _table(tables, "AreaInformationCity*")
    relation = _table(tables, "AreaForecastLocalM_warning*")
    seen, quake_names, coast_names = _read_telegrams(telegrams)
    quake_names |= {code: name for code, (name, _) in _DISTRICTS.items()}
    quakes = _quake_regions(rows, relation, seen, quake_names)
    wards = {row[0]: city[:5] for row in rows if row[11] and (city := _whole(row, rows))}
    used = [row for row in rows if row[5] == "1" or row[11]]
    cities = [_city(row, quakes, wards) for row in used]
    _write("cities.csv", ["code", "name", "district", "quake", "coasts", "part_of"], cities)
    _write("regions.csv", ["code", "name", "parent"], sorted(_regions(relation)))
    _write("quake_regions.csv", ["code", "name"], sorted(quake_names.items()))
    coasts = [(code, coast_names.get(code, _COAST_NAMES.get(code, ""))) for code in _COASTS]
    _write("coasts.csv", ["code", "name"], coasts)
    rivers = [(row[0], row[1]) for row in _table(tables, "AreaFloodForecast*")]
    _write("rivers.csv", ["code", "name"], rivers)


def _table(folder: Path, pattern: str) -> list[list[str]]:
    with next(folder.glob(pattern)).open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.reader(file) if row and row[0].isdigit()]


def _read_telegrams(
    folders: list[Path],
) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """City (five digits) → earthquake region, names of those regions, names of coasts."""
    cities: dict[str, str] = {}
    quakes: dict[str, str] = {}
    coasts: dict[str, str] = {}
    # Names and borders change: the newest telegram has the last word.
    files = sorted(
        (path for folder in folders for path in folder.rglob("*.xml")),
        key=lambda path: _reported(path.read_text("utf-8", "replace")),
    )
    for path in files:
        text = path.read_text("utf-8", "replace")
        if "<Intensity>" in text:
            for code, name, members in _quake_areas(ET.fromstring(text)):  # noqa: S314
                quakes[code] = name
                cities |= dict.fromkeys(members, code)
        elif "<Tsunami>" in text:
            pairs = re.findall(
                r"<Area>\s*<Name>([^<]+)</Name>\s*<Code>(\d{3})</Code>\s*</Area>\s*<Category>", text
            )
            coasts |= {code: name for name, code in pairs}
    return cities, quakes, coasts


def _reported(text: str) -> str:
    match = re.search(r"<ReportDateTime>([^<]+)<", text)
    return match[1] if match else ""


def _quake_areas(root: ET.Element) -> Iterator[tuple[str, str, list[str]]]:
    for pref in root.iter():
        if _name(pref) != "Pref":
            continue
        for area in pref:
            if _name(area) == "Area" and len(_child(area, "Code")) == 3:
                members = [_child(city, "Code")[:5] for city in area if _name(city) == "City"]
                yield _child(area, "Code"), _child(area, "Name"), members


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _child(element: ET.Element, name: str) -> str:
    return next((child.text or "" for child in element if _name(child) == name), "")


def _quake_regions(
    rows: list[list[str]],
    relation: list[list[str]],
    seen: dict[str, str],
    names: dict[str, str],
) -> dict[str, str]:
    """Earthquake region of every city and ward, by what is known best."""
    districts = {row[0][:5]: row[4] for row in rows if row[4]}
    for row in rows:  # a ward lies in its city's district
        if city := _whole(row, rows):
            districts.setdefault(row[0][:5], districts.get(city[:5], ""))
    primary = {row[0]: row[2] for row in relation}
    by_name = {name: code for code, name in names.items()}
    prefectures = {row[4]: row[5] for row in relation}
    named = {
        row[2]: by_name.get(
            prefectures[row[4]] + row[3].removesuffix("地方"), by_name.get(prefectures[row[4]], "")
        )
        for row in relation
    }
    near = [_majority(seen, districts, lambda d: d), _majority(seen, districts, primary.get)]
    result: dict[str, str] = {}
    for city, district in districts.items():
        island = next(
            (c for c, (_, parts) in _DISTRICTS.items() if _within(city, district, parts)), ""
        )
        group = primary.get(district, "")
        guesses = [island, seen.get(city, ""), near[0].get(district, ""), named.get(group, "")]
        result[city] = next((guess for guess in [*guesses, near[1].get(group, "")] if guess), "")
    return result


def _whole(row: list[str], rows: list[list[str]]) -> str:
    """Code of the designated city that a ward's row says it is a part of."""
    if "のうち" not in row[1]:
        return ""
    wanted = row[1].partition("のうち")[0]
    return next((other[0] for other in rows if other[1] == wanted), "")


def _majority(
    seen: dict[str, str], districts: dict[str, str], key: Callable[[str], str | None]
) -> dict[str, str]:
    """Group of a district → the earthquake region that most of its known cities lie in."""
    votes: dict[str, Counter[str]] = {}
    for city, region in seen.items():
        group = key(districts.get(city, ""))
        if group:
            votes.setdefault(group, Counter())[region] += 1
    return {group: counter.most_common(1)[0][0] for group, counter in votes.items()}


def _within(city: str, district: str, parts: str) -> bool:
    return any(part in (city, district, city[:2]) for part in parts.split())


def _city(row: list[str], quakes: dict[str, str], wards: dict[str, str]) -> tuple[str, ...]:
    city = row[0][:5]
    coastal = row[7] == "1" or row[8] == "1"
    coasts = [c for c, parts in _COASTS.items() if coastal and _within(city, row[4], parts)]
    name = row[2] or row[11] or row[1]
    return (row[0], name, row[4], quakes.get(city, ""), " ".join(coasts), wards.get(row[0], ""))


def _regions(relation: list[list[str]]) -> set[tuple[str, str, str]]:
    found = set()
    for row in relation:
        found.add((row[4], row[5], ""))
        if row[2] != row[4]:
            found.add((row[2], row[3], row[4]))
        if row[0] != row[2]:
            found.add((row[0], row[1], row[2]))
    return found


def _write(name: str, header: list[str], rows: Iterable[tuple[str, ...]]) -> None:
    with (OUT / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(argument) for argument in sys.argv[2:]])
