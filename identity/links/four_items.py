"""The four basic items of the card (name, address, birth date, sex), read strictly.

The Digital Agency does not publish their types. Two shapes have been seen: OpenID Connect Core's
(section 5.1), and a flat one with `19850315` and `"1"`. Anything else is refused, not guessed.
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from kit.errors import InvalidInputError
from kit.masking import mask_numbers

MAX_TEXT = 500
_BIRTHDATE = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})", re.ASCII)


class Sex(StrEnum):
    """Sex as the card tells it (JPKI profile: 1 male, 2 female, 3 not told)."""

    male = "male"
    female = "female"
    unknown = "unknown"


_SEX = {
    "male": Sex.male,
    "female": Sex.female,
    "unknown": Sex.unknown,
    "1": Sex.male,
    "2": Sex.female,
    "3": Sex.unknown,
}


class UnreadableItemsError(InvalidInputError):
    """カードの情報を読み取れませんでした。窓口でお手続きください。"""

    code = "unreadable_items"

    def __init__(self, item: str) -> None:
        """`item` names what could not be read, never its value."""
        super().__init__(item=item)
        self.item = item


@dataclass(frozen=True)
class FourItems:
    """What the card told; None for an item that was not granted."""

    name: str | None
    address: str | None
    birthdate: date | None
    sex: Sex | None


def read_four_items(details: dict[str, Any]) -> FourItems:
    """Read UserInfo's answer. Raises UnreadableItemsError, also for a My Number anywhere in it."""
    refuse_my_number({name: value for name, value in details.items() if name != "sub"})
    return FourItems(
        name=_text(details["name"], "name") if "name" in details else None,
        address=_address(details["address"]) if "address" in details else None,
        birthdate=_birthdate(details["birthdate"]) if "birthdate" in details else None,
        sex=_sex(details["gender"]) if "gender" in details else None,
    )


def refuse_my_number(value: Any) -> None:
    """Raise UnreadableItemsError when a My Number stands anywhere in a JSON value.

    It may not be collected outside the tasks that the My Number Act lists.
    """
    if isinstance(value, dict):
        for name, member in value.items():
            refuse_my_number(name)
            refuse_my_number(member)
    elif isinstance(value, list):
        for member in value:
            refuse_my_number(member)
    elif mask_numbers(str(value))[1]:
        raise UnreadableItemsError("my number")


def masked(name: str | None) -> str:
    """Return a name of which only the first character shows, for the talk."""
    return f"{name.strip()[0]}＊＊＊ さま" if name and name.strip() else "お名前の表示なし"


def _text(value: Any, item: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_TEXT:
        raise UnreadableItemsError(item)
    return value.strip()


def _address(value: Any) -> str:
    if isinstance(value, dict):
        return _text(value.get("formatted"), "address")
    return _text(value, "address")


def _birthdate(value: Any) -> date:
    match = _BIRTHDATE.fullmatch(value) if isinstance(value, str) else None
    if match is None or value.count("-") == 1:
        raise UnreadableItemsError("birthdate")
    try:
        return date(*map(int, match.groups()))
    except ValueError as error:
        raise UnreadableItemsError("birthdate") from error


def _sex(value: Any) -> Sex:
    sex = _SEX.get(value) if isinstance(value, str) else None
    if sex is None:
        raise UnreadableItemsError("gender")
    return sex


def items_to_json(items: FourItems) -> dict[str, str | None]:
    """Return the items as JSON; see `items_from_json`."""
    birthdate = None if items.birthdate is None else items.birthdate.isoformat()
    return {
        "name": items.name,
        "address": items.address,
        "birthdate": birthdate,
        "sex": items.sex,
    }


def items_from_json(value: dict[str, str | None]) -> FourItems:
    """Return what `items_to_json` was given."""
    birthdate, sex = value["birthdate"], value["sex"]
    return FourItems(
        name=value["name"],
        address=value["address"],
        birthdate=None if birthdate is None else date.fromisoformat(birthdate),
        sex=None if sex is None else Sex(sex),
    )
