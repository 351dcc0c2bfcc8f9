"""Reading a result made by hand: CSV of 受付番号, お子さん (1 is the eldest) and 園ID. Pure."""

import csv
import io
from collections.abc import Mapping
from typing import NoReturn

from kit.errors import InvalidInputError

COLUMNS = ("受付番号", "お子さん", "園ID")
MOST_ROWS = 200_000


class ByHandError(InvalidInputError):
    """The file cannot be read. The message names the line."""

    code = "invalid_by_hand"


def read_by_hand(
    text: str, children: Mapping[tuple[str, int], str], places: Mapping[str, str]
) -> dict[str, str | None]:
    """Return the place of each child; who is not listed has none. Raises ByHandError."""
    rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        _refuse(1, f"列がありません：{'、'.join(missing)}")
    found: dict[str, str | None] = dict.fromkeys(children.values())
    seen: set[str] = set()
    for row in rows:
        receipt, which, place = ((row[name] or "").strip() for name in COLUMNS)
        number = int(which) if which.isascii() and which.isdigit() and len(which) < 3 else 0
        child = children.get((receipt, number))
        if child is None:
            _refuse(rows.line_num, "この受付番号とお子さんの申し込みはありません")
        if child in seen:
            _refuse(rows.line_num, "同じお子さんが2回あります")
        if place and place not in places:
            _refuse(rows.line_num, f"この園IDはありません：{place[:40]}")
        seen.add(child)
        found[child] = place or None
    return found


def _refuse(line: int, why: str) -> NoReturn:
    raise ByHandError(f"{line}行目：{why}。")
