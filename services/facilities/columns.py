"""Finding the columns of a place list, whatever edition of the national format it follows.

Editions: 自治体標準オープンデータセット (指定緊急避難場所一覧, 公共施設一覧, AED設置箇所一覧), the
older 推奨データセット, and the property names of 国土地理院's GeoJSON.
"""

import unicodedata

from messages.hazards import Hazard

# Field → names in order of preference.
FIELDS: dict[str, tuple[str, ...]] = {
    "source_id": ("ID", "共通ID", "NO", "番号"),
    "code": (
        "全国地方公共団体コード",
        "都道府県コード又は市区町村コード",
        "市区町村コード",
        "所在地_全国地方公共団体コード",
    ),
    "name": ("名称", "施設・場所名", "施設名", "施設名称", "避難所名", "避難場所名"),
    "kana": ("名称_カナ", "名称_フリガナ", "フリガナ"),
    "nicknames": ("名称_通称", "通称"),
    "address": ("所在地_連結表記", "住所", "所在地"),
    "prefecture": ("所在地_都道府県", "都道府県名"),
    "city": ("所在地_市区町村", "市区町村名"),
    "town": ("所在地_町字",),
    "lot": ("所在地_番地以下",),
    "building": ("建物名等(方書)", "方書"),
    "latitude": ("緯度",),
    "longitude": ("経度",),
    "phone": ("電話番号",),
    "days": ("利用可能曜日",),
    "opens": ("開始時間",),
    "closes": ("終了時間",),
    "hours_remark": ("利用可能日時特記事項",),
    "description": ("説明",),
    "barrier_free": ("バリアフリー情報",),
    "spot": ("設置位置",),
    "child_pads": ("小児対応設備の有無",),
    "doubles_as_shelter": (
        "指定避難所との重複",
        "指定避難所との住所同一",
        "指定緊急避難場所との住所同一",
    ),
    "accepts": ("受入対象者",),
    "capacity": ("想定収容人数", "収容人数"),
    "note": ("備考",),
    "url": ("URL",),
}
HAZARDS: dict[Hazard, tuple[str, ...]] = {
    Hazard.flood: ("洪水",),
    Hazard.landslide: ("崖崩れ、土石流及び地滑り", "がけ崩れ、土石流及び地滑り", "土砂災害"),
    Hazard.storm_surge: ("高潮",),
    Hazard.earthquake: ("地震",),
    Hazard.tsunami: ("津波",),
    Hazard.fire: ("大規模な火事", "大規模火災", "火災"),
    Hazard.inland_flood: ("内水氾濫", "内水"),
    Hazard.volcano: ("火山現象", "火山", "噴火"),
}
_HAZARD_PREFIXES = ("", "災害種別_", "対応災害_", "異常な現象の種類_")
# Only these are looked for inside longer headings ("緯度（10進）", "施設の住所"): others would
# catch neighbours such as 所在地_町字 or 名称_英字.
_LOOSE = ("name", "address", "latitude", "longitude", "capacity", "phone")
_TAKEN = ("名称_英字", "名称_英語", "地方公共団体名", "団体名", "都道府県名及び市町村名")


def heading_key(heading: str) -> str:
    """Fold width and case and drop everything but letters and digits, so that 、 and ，are one."""
    folded = unicodedata.normalize("NFKC", heading).casefold()
    return "".join(c for c in folded if c.isalnum())


def match_columns(header: list[str]) -> dict[str, str]:
    """Return field → heading as it stands in the file; hazards by their own names."""
    by_key = {heading_key(name): name for name in reversed(header)}
    wanted: dict[str, tuple[str, ...]] = FIELDS | {
        hazard.value: tuple(p + n for n in names for p in _HAZARD_PREFIXES)
        for hazard, names in HAZARDS.items()
    }
    found: dict[str, str] = {}
    for field, names in wanted.items():
        hit = next((k for k in map(heading_key, names) if k in by_key), None)
        if hit is not None:
            found[field] = by_key[hit]
    known = {heading_key(n) for names in (*wanted.values(), _TAKEN) for n in names}
    rest = {k: name for k, name in by_key.items() if k not in known}
    return _match_loosely(rest) | found


def _match_loosely(rest: dict[str, str]) -> dict[str, str]:
    """Match headings that begin or end with a known name; two candidates are none."""
    loose = {field: FIELDS[field] for field in _LOOSE}
    loose |= {hazard.value: names for hazard, names in HAZARDS.items()}
    found = {}
    for field, names in loose.items():
        keys = tuple(heading_key(n) for n in names)
        hits = [name for k, name in rest.items() if k.startswith(keys) or k.endswith(keys)]
        if len(hits) == 1:
            found[field] = hits[0]
    return found
