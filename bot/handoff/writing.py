"""What may not stand in a LINE talk, looked for in what staff write. Pure.

LINE's history is outside our deletion (the government's guideline on LINE of 2021), so that
personal data belongs behind a login. A My Number is never let through; the rest only knowingly.
"""

import re
import unicodedata
from collections.abc import Collection
from enum import StrEnum

from kit.masking import is_card_number, is_my_number


class Found(StrEnum):
    """What was found; the values are stored with an override."""

    my_number = "my_number"
    twelve_digits = "twelve_digits"
    card = "card"
    phone = "phone"
    mail = "mail"
    birthdate = "birthdate"
    address = "address"
    placeholder = "placeholder"


LABELS = {
    Found.my_number: "マイナンバー",
    Found.twelve_digits: "12桁の番号",
    Found.card: "カード番号",
    Found.phone: "電話番号",
    Found.mail: "メールアドレス",
    Found.birthdate: "生年月日",
    Found.address: "番地のある住所",
    Found.placeholder: "書きかえていない〔　〕",
}
NEVER = frozenset({Found.my_number, Found.card, Found.placeholder})
"""Not sent, whoever insists."""

_RUN = re.compile(r"\d(?:[\s\-‐‑–—―−ー・.]{0,2}\d)*")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_BIRTH = re.compile(
    r"(?:生年月日|誕生日)[^。\n]{0,6}\d|(?:明治|大正|昭和|平成|令和|[MTSHR])\s?(?:\d{1,2}|元)[年.]\s?"
    r"\d{1,2}[月.]\s?\d{1,2}日?[^。\n]{0,3}生|(?:19|20)\d\d[年/.-]\d{1,2}[月/.-]\d{1,2}日?[^。\n]{0,3}生"
)
_ADDRESS = re.compile(r"(?:市|町|村|丁目|字|区)[^\s、。]{0,12}?\d+(?:番地?|[-−ー]\d+)")
_PLACEHOLDER = re.compile(r"〔[^〕\n]{0,40}〕")
_PHONE_LENGTHS = (10, 11)


def findings(text: str, own_numbers: Collection[str] = ()) -> list[Found]:
    """Return what a text holds, in the order of `Found`. `own_numbers` are the city's phones."""
    plain = unicodedata.normalize("NFKC", text)
    own = {_digits(number) for number in own_numbers}
    found = {kind for run in _RUN.findall(plain) if (kind := _number(_digits(run), own))}
    for kind, pattern in (
        (Found.mail, _MAIL),
        (Found.birthdate, _BIRTH),
        (Found.address, _ADDRESS),
    ):
        if pattern.search(plain):
            found.add(kind)
    # NFKC leaves these brackets as they are.
    if _PLACEHOLDER.search(plain):
        found.add(Found.placeholder)
    return [kind for kind in Found if kind in found]


def masked(text: str) -> str:
    """Return a text in which what was found is replaced by what it was: 〔電話番号〕.

    Names are not found: whoever keeps the text has to read it.
    """
    plain = unicodedata.normalize("NFKC", text)
    for kind, pattern in (
        (Found.mail, _MAIL),
        (Found.birthdate, _BIRTH),
        (Found.address, _ADDRESS),
    ):
        plain = pattern.sub(f"〔{LABELS[kind]}〕", plain)

    def hidden(run: re.Match[str]) -> str:
        kind = _number(_digits(run[0]), ())
        return run[0] if kind is None else f"〔{LABELS[kind]}〕"

    return _RUN.sub(hidden, plain)


def _number(digits: str, own: Collection[str]) -> Found | None:
    if len(digits) == 12:
        return Found.my_number if is_my_number(digits) else Found.twelve_digits
    if is_card_number(digits):
        return Found.card
    is_phone = len(digits) in _PHONE_LENGTHS and digits.startswith("0") and digits not in own
    return Found.phone if is_phone else None


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isascii() and c.isdigit())
