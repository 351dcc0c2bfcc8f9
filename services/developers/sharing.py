"""What a citizen may show to a skill from outside: each thing's name, level, and whose gate it is.

Nothing else of a citizen ever reaches a skill. Which level opens what stands in `manifest.toml`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from auth.levels import Level
from auth.manifests import Scope
from services.developers.scopes import SCOPES
from services.residents.contract import AUDIENCE as REGISTER


class Shared(StrEnum):
    """The scopes that a skill's manifest may name."""

    district = "district"
    age_group = "age_group"


@dataclass(frozen=True)
class Shareable:
    """One scope."""

    title: str
    """As citizens read it."""
    rule: Scope
    """The scope of ours that a grant of identity's has to have."""
    example: str
    """What a skill is told in the sandbox, where there is no citizen."""
    behind: tuple[tuple[str, str], ...] = ()
    """(audience, scope) of the grants that open the record itself at another service."""

    @property
    def grants(self) -> tuple[tuple[str, str], ...]:
        """Return (audience, scope) of every grant that it takes."""
        return ((self.rule.audience, self.rule.name), *self.behind)

    @property
    def level(self) -> Level:
        """How sure we have to be of who is there."""
        return Level(self.rule.level or Level.L3_FRESH)


READS_PEOPLE = "residents:people:read"
SHAREABLE = {
    Shared.district: Shareable(
        "登録している、ごみの収集の地区", SCOPES["developers:district:read"], "城西"
    ),
    Shared.age_group: Shareable(
        "年代（17歳まで・18〜64歳・65歳から）",
        SCOPES["developers:age_group:read"],
        "18-64",
        behind=((REGISTER, READS_PEOPLE),),
    ),
}

LEVELS = (Level.L0, Level.L1, Level.L2, Level.L3)
"""What a manifest may ask for."""


def least(scopes: Iterable[Shared]) -> Level:
    """Return the lowest level that opens all of these scopes."""
    needed = [SHAREABLE[scope].level for scope in scopes]
    return max(needed, key=list(Level).index, default=Level.L0)


def age_group(birthdate: date, today: date) -> str:
    """Return `0-17`, `18-64` or `65-`: no skill learns a birthday."""
    years = today.year - birthdate.year
    years -= (today.month, today.day) < (birthdate.month, birthdate.day)
    if years < 18:
        return "0-17"
    return "18-64" if years < 65 else "65-"
