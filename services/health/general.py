"""The published schedule at an age, for nobody in particular."""

from datetime import date

from kit.errors import NotFoundError
from services.health.contract import Age, AgeVaccines, VaccineAges
from services.health.dates import after_months
from services.health.rules import CHILD_VACCINES, Rule, printed_rows, schedule

OLDEST_MONTHS = 18 * 12
_SOON_MONTHS = 3


def _usual(rule: Rule, birth: date) -> tuple[date, date] | None:
    """The usual period of a dose by age, None where it depends on an earlier dose."""
    if rule.due_from is None or rule.due_to is None:
        return None
    return rule.due_from(birth), rule.due_to(birth)


def _periods(vaccine: str, birth: date, on: date) -> list[tuple[date, date]]:
    rows = [row for key, found in schedule().rows.items() if key[0] == vaccine for row in found]
    valid = [row for row in rows if row.valid_from is None or row.valid_from <= on]
    return [period for row in valid if (period := _usual(row, birth)) is not None]


def born(months: int, on: date) -> date:
    """A day of birth of somebody who is so many months old on a day."""
    return after_months(on.replace(day=min(on.day, 28)), -months)


def at_age(months: int, on: date) -> AgeVaccines:
    """Whose usual period lies at that age, and whose begins within three months."""
    birth = born(months, on)
    later = after_months(on, _SOON_MONTHS)
    now, soon = [], []
    for vaccine in CHILD_VACCINES:
        periods = _periods(vaccine, birth, on)
        if any(start <= on <= end for start, end in periods):
            now.append(vaccine)
        elif any(on < start <= later for start, _ in periods):
            soon.append(vaccine)
    version = schedule().version(on)
    return AgeVaccines(
        months=months,
        now=tuple(now),
        soon=tuple(soon),
        version=version.name,
        source=version.source,
    )


def _age(text: str) -> Age:
    """An age in the words of `data/README.md`."""
    word, _, edge = text.partition(" ")
    if word == "birth":
        return Age(unit="birth")
    if word == "preschool":
        return Age.model_validate({"unit": "preschool", "edge": edge})
    if word.startswith("fy"):
        return Age.model_validate({"unit": "grade", "number": int(word[2:]), "edge": edge})
    unit = {"d": "days", "m": "months"}[word[-1]]
    return Age.model_validate({"unit": unit, "number": int(word[:-1])})


def of_vaccine(vaccine: str, on: date) -> VaccineAges:
    """The published ages of a child's vaccine. Raises NotFoundError for any other."""
    rows = [row for row in printed_rows() if row["vaccine"] == vaccine]
    if vaccine not in CHILD_VACCINES or not rows:
        raise NotFoundError
    first, version = rows[0], schedule().version(on)
    last_series = {row["series"] for row in rows if row["dose"] != first["dose"]}
    usual = (first["due_from"], first["due_to"])
    return VaccineAges(
        vaccine=vaccine,
        doses=max(int(row["dose"]) for row in rows) if len(last_series) <= 1 else None,
        usual=(_age(usual[0]), _age(usual[1])) if all(usual) else None,
        allowed=(_age(first["age_from"]), _age(first["age_to"])),
        version=version.name,
        source=version.source,
    )
