"""What a guardian types into the forms of the handbook: read kindly, refused with what to do."""

import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from pydantic import ValidationError

from kit.masking import mask_numbers
from services.health.contract import Diary, Growth, NewEntry, PregnancyEnd
from services.health.growth import Measure, standing
from services.health.handbook import Person

MEASURES = {
    "weight": ("体重", "kg", "例：9.86"),
    "height": ("身長", "cm", "例：79.8"),
    "head_circumference": ("頭囲", "cm", "例：46.0"),
}
LONGEST_DIARY = 2000
_UNITS = ("kg", "cm", "キロ", "センチ")
_NO_DAY = "日付を選んでください。"
_FUTURE = "まだ来ていない日付です。"
_BEFORE_BIRTH = "生まれる前の日付です。"
_NO_NUMBER = "数字だけを入力してください。"
_SLIPS = {
    "unit": "単位か小数点をご確認ください。体重はkg、身長と頭囲はcmです。",
    "value": "数値をご確認ください。",
}
_NOTHING = "どれか1つを入力してください。"
_NO_TEXT = "日記を書いてください。"
_TOO_LONG = "2000文字までで書いてください。"
_MY_NUMBER = "12桁の番号は書かないでください。マイナンバーは、ここではお預かりしません。"

Problems = dict[str, str]


def read_growth(
    typed: Mapping[str, str], person: Person, today: date
) -> tuple[tuple[Growth, ...], Problems]:
    """Return the measurements, and what has to be corrected by field."""
    day, problems = _day(typed["date"], person, today)
    values = {name: typed[name] for name in MEASURES if typed.get(name)}
    if not values:
        problems["weight"] = _NOTHING
    found = []
    for name, text in values.items():
        number = _number(text)
        if number is None:
            problems[name] = _NO_NUMBER
        elif day is not None:
            wrong = _slip(person, name, day, number)
            body = None if wrong else _growth(name, day, number)
            if body is None:
                problems[name] = wrong or _SLIPS["value"]
            else:
                found.append(body)
    return tuple(found), problems


def read_diary(
    typed: Mapping[str, str], person: Person, today: date
) -> tuple[tuple[Diary, ...], Problems]:
    """Return the diary's page, and what has to be corrected by field."""
    day, problems = _day(typed["date"], person, today)
    text = typed["text"]
    if mask_numbers(text)[1]:
        problems["text"] = _MY_NUMBER
    elif not text or len(text) > LONGEST_DIARY:
        problems["text"] = _TOO_LONG if text else _NO_TEXT
    if problems or day is None:
        return (), problems
    return (Diary(date=day, text=text),), problems


def new_key() -> str:
    """Return what tells one sent form from another."""
    return secrets.token_urlsafe(16)


def read_new(
    fields: Mapping[str, str], bodies: Sequence[Growth | Diary | PregnancyEnd]
) -> NewEntry | None:
    """Return what a form asks to be kept; None where it is none of our forms."""
    corrects = fields["corrects"] or None
    try:
        return NewEntry(key=fields["key"], bodies=tuple(bodies), corrects=corrects)
    except ValidationError:
        return None


def _day(text: str, person: Person, today: date) -> tuple[date | None, Problems]:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None, {"date": _NO_DAY}
    if day > today or day < person.birth:
        return None, {"date": _FUTURE if day > today else _BEFORE_BIRTH}
    return day, {}


def _number(text: str) -> Decimal | None:
    """A number in whatever width, with or without its unit."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    for unit in _UNITS:
        plain = plain.removesuffix(unit).strip()
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _slip(person: Person, name: str, day: date, number: Decimal) -> str:
    """Say what is doubtful about a value, where the tables know children of that age."""
    measure = Measure(person.sex or "female", person.birth, day, name, float(number))
    if number <= 0:
        return _SLIPS["value"]
    return _SLIPS.get(standing(measure).reason or "", "")


def _growth(name: str, day: date, number: Decimal) -> Growth | None:
    try:
        return Growth.model_validate({"measure": name, "date": day, "value": number})
    except ValidationError:
        return None
