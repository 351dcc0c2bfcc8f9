"""A growth chart in words: what a screen reader says, and what stands below the drawing."""

from dataclasses import dataclass
from datetime import date

from kit.wording import date_words, translated
from services.health.growth import Answer, Measure, at_both_ages, months_between
from services.health.wording import growth_words

UNITS = {"weight": "kg", "height": "cm", "head_circumference": "cm"}
KIND_WORDS = {"weight": "体重", "height": "身長", "head_circumference": "頭囲"}


@dataclass(frozen=True, slots=True)
class Measured:
    """`value` in kg or cm."""

    day: date
    value: float


def title(kind: str) -> str:
    return translated("{kind}のグラフ", kind=translated(KIND_WORDS[kind]))


def age_words(birth: date, day: date) -> str:
    """`生後20日`, `7か月` or `3歳2か月`."""
    months = months_between(birth, day)
    years, rest = divmod(months, 12)
    if months < 1:
        return translated("生後{days}日", days=str((day - birth).days))
    if years < 1:
        return translated("{months}か月", months=str(months))
    return translated("{years}歳{months}か月", years=str(years), months=str(rest))


def _both(measure: Measure, due: date | None) -> str:
    both = at_both_ages(measure, due)
    words = growth_words(both.chronological)
    if both.corrected is None:
        return words
    return words + translated("修正月齢では、{words}", words=growth_words(both.corrected))


def _measured(measured: Measured, kind: str, sex: str | None, birth: date, due: date | None) -> str:
    known = Measure(sex, birth, measured.day, kind, measured.value) if sex else None
    standing = _both(known, due) if known else growth_words(Answer(None, "sex"))
    return translated(
        "{day}（{age}）: {value}{unit}。{standing}",
        day=date_words(measured.day),
        age=age_words(birth, measured.day),
        value=f"{measured.value:g}",
        unit=UNITS[kind],
        standing=standing,
    )


def description(
    measures: list[Measured], *, kind: str, sex: str | None, birth: date, due: date | None
) -> list[str]:
    """A line for each measurement in the order of days, and one that says so when there is none."""
    if not measures:
        return [translated("まだ記録がありません。")]
    ordered = sorted(measures, key=lambda measured: measured.day)
    return [_measured(measured, kind, sex, birth, due) for measured in ordered]
