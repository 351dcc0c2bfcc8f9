"""Japanese numbers in folded text: 8, 八, 二十一, 二〇二六, 元 (the first year of an era)."""

NUMBER = r"(?:\d{1,4}|[〇零一二三四五六七八九十百]{1,5})"
"""A whole number up to four digits."""
DECIMAL = r"\d{1,5}(?:\.\d{1,2})?"

_DIGITS = {mark: value for value, mark in enumerate("〇一二三四五六七八九")} | {"零": 0}
_UNITS = {"十": 10, "百": 100}


def value(number: str) -> int:
    """Return the value of what NUMBER or 元 matched."""
    if number == "元":
        return 1
    if number.isascii():
        return int(number)
    if not _UNITS.keys() & set(number):
        return int("".join(str(_DIGITS[mark]) for mark in number))
    total = digit = 0
    for mark in number:
        if mark in _UNITS:
            total += (digit or 1) * _UNITS[mark]
            digit = 0
        else:
            digit = _DIGITS[mark]
    return total + digit
