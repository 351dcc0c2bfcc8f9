"""Random children: births of many years, records from tidy to careless."""

import random
from datetime import date, timedelta
from typing import Any

_USUAL = {
    "HepB": (60, 90, 215),
    "Rota1v": (60, 92),
    "Rota5v": (60, 92, 125),
    "DPT-IPV-Hib": (62, 92, 124, 430),
    "DPT-IPV": (62, 92, 124, 430),
    "PCV": (62, 92, 124, 390),
    "BCG": (160,),
    "MR period 1": (370,),
    "MR period 2": (1950,),
    "Varicella": (372, 560),
    "Mumps": (375,),
    "JE period 1": (1100, 1120, 1480),
    "JE period 2": (3320,),
    "DT period 2": (4050,),
    "HPV9": (4800, 4990, 5200),
}
_PRODUCTS = {"PCV": ("PCV13", "PCV15", "PCV20"), "HPV9": ("HPV2", "HPV4", "HPV9")}


def _dose(chance: random.Random, name: str, day: date) -> dict[str, Any]:
    entry: dict[str, Any] = {"vaccine": name, "date": day.isoformat()}
    if name in _PRODUCTS and chance.random() < 0.3:
        entry["product"] = chance.choice(_PRODUCTS[name])
    return entry


_AGES = (42, 61, 104, 168, 213, 224, 365, 730, 1095, 1826, 2739, 3287, 4018, 4748, 5478)
_GAPS = (7, 21, 28, 57, 61, 91, 122, 140, 153, 183, 365)


def _on_the_edges(chance: random.Random, name: str, birth: date, on: date) -> list[dict[str, Any]]:
    """Doses around the days on which ages and gaps end."""
    usual = _USUAL[name][0]
    ages = [age for age in _AGES if 0.5 * usual <= age <= 3 * usual] or [usual]
    day = birth + timedelta(days=max(0, chance.choice(ages) + chance.randint(-2, 2)))
    given = []
    for _ in range(chance.randint(1, 4)):
        if day <= on:
            given.append(_dose(chance, name, day))
        day += timedelta(days=chance.choice(_GAPS) + chance.randint(-2, 2))
    return given


def _course(chance: random.Random, name: str, birth: date, on: date) -> list[dict[str, Any]]:
    if chance.random() < 0.4:
        return _on_the_edges(chance, name, birth, on)
    spread = chance.choice((0, 3, 30, 200))
    late = chance.choice((0, 0, 100, 300, 700))
    given = []
    for usual in _USUAL[name][: chance.randint(0, 4)]:
        day = birth + timedelta(days=max(0, usual + late + chance.randint(-spread, spread)))
        if day <= on:
            given.append(_dose(chance, name, day))
    if given and chance.random() < 0.15:
        given.append(dict(chance.choice(given)))
    return given


def random_record(chance: random.Random) -> tuple[dict[str, Any], date]:
    """A record that a file could hold, and a day to ask about."""
    birth = date(1996, 1, 1) + timedelta(days=chance.randint(0, 16070))
    if chance.random() < 0.2:
        birth = chance.choice(
            (date(birth.year, 4, 1), date(birth.year, 4, 2), date(birth.year, 8, 31))
        )
    on = birth + timedelta(days=int(6300 * chance.random() ** chance.choice((1, 2))))
    names = chance.sample(list(_USUAL), chance.randint(0, 10))
    given = [dose for name in names for dose in _course(chance, name, birth, on)]
    chance.shuffle(given)
    conditions = ["fever"] if chance.random() < 0.1 else []
    sex = chance.choice(("male", "female", "female"))
    record = {"birth_date": birth.isoformat(), "sex": sex, "given": given}
    return record | {"conditions": conditions}, on
