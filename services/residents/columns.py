"""The lines of the register's two files, read strictly. Reasons repeat no value: it is personal."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kit.masking import mask_numbers
from kit.tables import ImportReport, Row, read_table
from services.residents.indexes import Person
from services.residents.rules import Authority, Kind

RESIDENT_COLUMNS = (
    "宛名番号",
    "世帯番号",
    "氏名",
    "フリガナ",
    "生年月日",
    "性別",
    "住所",
    "異動日",
)
AUTHORITY_COLUMNS = ("代理する人の宛名番号", "本人の宛名番号", "種別", "開始日", "終了日")
_MAY_BE_EMPTY = frozenset({"異動日", "終了日"})
_MY_NUMBER_COLUMN = re.compile(r"個人番号|マイナンバー|my.?number", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})", re.ASCII)
_NUMBER = re.compile(r"[0-9A-Za-z-]{1,20}", re.ASCII)
_SEXES = {"男": "male", "女": "female", "不明": "unknown"}
_KINDS = {"親権": Kind.parent, "未成年後見": Kind.guardian, "任意代理": Kind.proxy}
_LONGEST = 300


@dataclass(frozen=True)
class ResidentLine:
    """One person of the file. `ended_on`: the day on which they moved away or died."""

    row: Row
    number: str
    household: str
    person: Person
    ended_on: date | None


@dataclass(frozen=True)
class AuthorityLine:
    """One entry of who may act for whom, by the register's numbers."""

    row: Row
    holder: str
    subject: str
    authority: Authority


def read_residents(path: Path, report: ImportReport) -> list[ResidentLine]:
    """Read the file of residents; what cannot be used goes to `report`."""
    lines = [
        line
        for row in _rows(path, RESIDENT_COLUMNS, report)
        if (line := _resident(_Cells(row, path.name, report))) is not None
    ]
    seen: set[str] = set()
    for line in lines:
        if line.number in seen:
            report.reject(path.name, line.row.line, "宛名番号", "the number stands there twice")
        seen.add(line.number)
    return lines


def read_authorities(path: Path, report: ImportReport) -> list[AuthorityLine]:
    """Read the file of authorities; what cannot be used goes to `report`."""
    return [
        line
        for row in _rows(path, AUTHORITY_COLUMNS, report)
        if (line := _authority(_Cells(row, path.name, report))) is not None
    ]


def _rows(path: Path, columns: tuple[str, ...], report: ImportReport) -> list[Row]:
    header, rows = read_table(path, report)
    if not header:
        return []
    for column in header:
        if _MY_NUMBER_COLUMN.search(unicodedata.normalize("NFKC", column)):
            report.reject(path.name, 1, column, "a column of My Numbers may not come in here")
        elif column not in columns:
            report.reject(path.name, 1, column, "there is no such column")
    for column in columns:
        if column not in header:
            report.reject(path.name, 1, column, "the column is missing")
    return [] if report.problems else rows


class _Cells:
    """One row, and the way to refuse its cells."""

    def __init__(self, row: Row, file: str, report: ImportReport) -> None:
        self.row, self._file, self._report = row, file, report
        self._before = len(report.problems)
        for column, value in row.cells.items():
            if not value and column not in _MAY_BE_EMPTY:
                self.reject(column, "the cell is empty")
            elif len(value) > _LONGEST:
                self.reject(column, f"longer than {_LONGEST} characters")
            elif _may_be_my_number(value):
                self.reject(column, "12 digits may be a My Number, which may not come in here")

    @property
    def ok(self) -> bool:
        return len(self._report.problems) == self._before

    def text(self, column: str) -> str:
        return self.row.cells[column]

    def number(self, column: str) -> str:
        value = unicodedata.normalize("NFKC", self.text(column))
        if value and not _NUMBER.fullmatch(value):
            self.reject(column, "up to 20 digits, letters and hyphens are a number")
        return value

    def date(self, column: str) -> date | None:
        value = self.text(column)
        if not value:
            return None
        match = _DATE.fullmatch(unicodedata.normalize("NFKC", value))
        try:
            if match is not None:
                return date(*map(int, match.groups()))
        except ValueError:
            pass
        self.reject(column, "a day is written as 2026-11-29 or 2026/11/29")
        return None

    def reject(self, column: str, reason: str) -> None:
        self._report.reject(self._file, self.row.line, column, reason)


def _resident(cells: _Cells) -> ResidentLine | None:
    number, household = cells.number("宛名番号"), cells.number("世帯番号")
    born, ended = cells.date("生年月日"), cells.date("異動日")
    sex = _SEXES.get(cells.text("性別"))
    if cells.text("性別") and sex is None:
        cells.reject("性別", f"one of {'、'.join(_SEXES)}")
    if not cells.ok or born is None or sex is None:
        return None
    person = Person(cells.text("氏名"), cells.text("フリガナ"), born, sex, cells.text("住所"))
    return ResidentLine(cells.row, number, household, person, ended)


def _authority(cells: _Cells) -> AuthorityLine | None:
    holder, subject = (cells.number(column) for column in AUTHORITY_COLUMNS[:2])
    starts, ends = cells.date("開始日"), cells.date("終了日")
    kind = _KINDS.get(cells.text("種別"))
    if cells.text("種別") and kind is None:
        cells.reject("種別", f"one of {'、'.join(_KINDS)}")
    if cells.ok and holder == subject:
        cells.reject("本人の宛名番号", "nobody needs authority over themself")
    if cells.ok and kind is Kind.proxy and ends is None:
        cells.reject("終了日", "a mandate has a last day")
    if cells.ok and starts is not None and ends is not None and ends < starts:
        cells.reject("終了日", "the last day lies before the first")
    if not cells.ok or kind is None or starts is None:
        return None
    return AuthorityLine(cells.row, holder, subject, Authority(kind, starts, ends))


def _may_be_my_number(value: str) -> bool:
    digits = unicodedata.normalize("NFKC", value).replace("-", "").replace(" ", "")
    return (len(digits) == 12 and digits.isdigit()) or mask_numbers(value)[1]
