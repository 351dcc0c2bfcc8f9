"""What single cells of a city's place lists mean, with the dirt that real lists contain."""

import re
import unicodedata
from dataclasses import dataclass

_YES = frozenset({"1", "1.0", "○", "◯", "〇", "◎", "●", "true", "yes", "有", "可"})
_NO = frozenset(
    {"", "0", "0.0", "×", "✕", "x", "false", "no", "無", "不可", "いいえ", "-", "―", "ー"}
)
_CODE_WEIGHTS = (6, 5, 4, 3, 2)
_WEEK = "月火水木金土日"
_WIDE = str.maketrans("()~", "（）〜")
_TIME = re.compile(r"0?(\d{1,2}):(\d{2})(?::\d{2})?")
_PEOPLE = re.compile(r"(\d+)\s*(?:人|名)?")
_INDOORS = re.compile(r"屋内\s*(\d+)\s*(?:人|名)")


@dataclass(frozen=True)
class Box:
    """The rectangle around a municipality, WGS 84 degrees."""

    south: float
    north: float
    west: float
    east: float

    def holds(self, latitude: float, longitude: float) -> bool:
        """Tell whether a position lies within."""
        return self.south <= latitude <= self.north and self.west <= longitude <= self.east


def plain(text: str) -> str:
    """Return `text` in NFKC without outer blanks and with single inner ones."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def tidy(text: str) -> str:
    """Return `plain(text)` for residents to read: brackets and dashes of Japanese width."""
    return plain(text).translate(_WIDE)


def parse_flag(text: str) -> bool | None:
    """Read ○, 1, 1.0, true … and their opposites; None for anything else."""
    value = plain(text).casefold()
    if value in _YES:
        return True
    return False if value in _NO else None


def check_digit(five: str) -> str:
    """Return the sixth digit of a 全国地方公共団体コード (weights 6 to 2, by 11)."""
    total = sum(int(d) * weight for d, weight in zip(five, _CODE_WEIGHTS, strict=True))
    return str((11 - total % 11) % 10)


def normalise_code(text: str) -> str | None:
    """Return the six digits of a municipality's code, or None if it is none.

    Spreadsheets drop the leading zero (72028) or add a fraction (72028.0), and some lists
    leave the check digit out (07202). The check digit tells these cases apart.
    """
    digits = plain(text).removesuffix(".0")
    if not (digits.isascii() and digits.isdigit()):
        return None
    whole = digits.zfill(6)
    if len(digits) in (5, 6) and check_digit(whole[:5]) == whole[5]:
        return whole
    if len(digits) in (4, 5):
        five = digits.zfill(5)
        return five + check_digit(five)
    return None


def parse_position(latitude: str, longitude: str, box: Box) -> tuple[float, float] | str:
    """Return (latitude, longitude) inside the box, or the reason why the cells are unusable."""
    try:
        lat, lon = float(plain(latitude)), float(plain(longitude))
    except ValueError:
        return "the position is missing or not a number"
    if box.holds(lat, lon):
        return lat, lon
    if lat == 0 or lon == 0:
        return "the position is 0"
    if box.holds(lon, lat):
        return "latitude and longitude are swapped"
    return "the position lies outside the municipality"


def parse_capacity(text: str) -> int | None:
    """Return how many people fit in, indoors where both are told; None where it is not clear."""
    value = plain(text).replace(",", "")
    indoors = _INDOORS.search(value)
    if indoors:
        return int(indoors.group(1))
    whole = _PEOPLE.fullmatch(value.removesuffix(".0"))
    return int(whole.group(1)) if whole else None


def format_hours(days: str, opens: str, closes: str, remark: str) -> str:
    """Put days, times and remark of a standard list into one line for residents."""
    times = [_format_time(t) for t in (opens, closes) if t]
    if times in (["0:00", "24:00"], ["0:00", "23:59"], ["0:00", "0:00"]):
        times = ["24時間"]
    line = " ".join(part for part in (_format_days(days), "〜".join(times)) if part)
    remark = tidy(remark)
    if not remark:
        return line
    return f"{line}（{remark}）" if line else remark


def _format_time(text: str) -> str:
    value = plain(text)
    match = _TIME.fullmatch(value)
    return f"{int(match.group(1))}:{match.group(2)}" if match else value


def _format_days(text: str) -> str:
    value = plain(text)
    days = [d for d in _WEEK if d in value]
    if not days or any(c not in _WEEK + "・,、 曜" for c in value):
        return value
    if len(days) == len(_WEEK):
        return "毎日"
    run = "".join(days) in _WEEK and len(days) > 2
    return f"{days[0]}〜{days[-1]}" if run else "・".join(days)
