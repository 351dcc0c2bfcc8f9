"""Blind indexes: what may be asked of the sealed register is whether two values are equal."""

from dataclasses import dataclass
from datetime import date

from kit.crypto import blind_index
from services.residents import normal_forms as forms

SECRET = "residents"  # noqa: S105  the name of the key, not the key
_BETWEEN = "\x1f"


@dataclass(frozen=True)
class Person:
    """What the register says of somebody. `sex` is male, female or unknown."""

    name: str
    kana: str
    birthdate: date
    sex: str
    address: str


class Indexes:
    """Computes the indexes under the installation's secret."""

    def __init__(self, key: bytes) -> None:
        """`key` comes from `Vault.secret`."""
        self._key = key

    def number(self, number: str) -> str:
        """Return the index of the register's own number of a person."""
        return self._index("number", number)

    def household(self, number: str) -> str:
        """Return the index of a household's number."""
        return self._index("household", number)

    def items(self, name: str, address: str, birthdate: date, sex: str) -> str:
        """Return the index by which the card's four items find a person."""
        parts = (forms.name_form(name), forms.address_form(address), birthdate.isoformat(), sex)
        return self._index("items", *parts)

    def birth(self, birthdate: date, sex: str) -> str:
        """Return the index of those who share birth date and sex."""
        return self._index("birth", birthdate.isoformat(), sex)

    def content(self, *cells: str) -> str:
        """Return the index of a whole line of the register."""
        return self._index("content", str(forms.VERSION), *cells)

    def _index(self, what: str, *parts: str) -> str:
        return blind_index(self._key, _BETWEEN.join((what, *parts)))
