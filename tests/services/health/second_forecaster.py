"""A second forecaster, written from the text of the rules and sharing no code with the first.

It keeps the schedule as plain functions rather than rows, and works on lists of dates. It knows
whole dates and the product PCV13, PCV15, PCV20, HPV2, HPV4 and HPV9; sex is male or female.
"""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any, NamedTuple

ONE = timedelta(1)
LIVE = {"BCG": "b", "MR period 1": "m", "MR period 2": "m", "Varicella": "v", "Mumps": "u"}
ORDER = [
    *("HepB", "Rota1v", "Rota5v", "DPT-IPV-Hib", "PCV", "BCG", "MR period 1", "MR period 2"),
    *("Varicella", "JE period 1", "JE period 2", "DT period 2", "HPV9"),
]


class Slot(NamedTuple):
    """What the text says about one dose: ages, the first day by its gap, the usual period."""

    young: date
    old: date
    wait: date | None = None
    usual: date | None = None
    until: date | None = None


def same_day(start: date, months: int) -> date:
    """The same day so many months on; where the month lacks it, the first day of the next."""
    total = start.year * 12 + start.month - 1 + months
    try:
        return start.replace(year=total // 12, month=total % 12 + 1)
    except ValueError:
        total += 1
        return date(total // 12, total % 12 + 1, 1)


def old(birth: date, months: int) -> date:
    """An age is reached on the eve of the same day, or of the first of the next month."""
    return same_day(birth, months) - ONE


def between(start: date, free_days: int) -> date:
    """The first day that leaves that many days free."""
    day = start + ONE
    for _ in range(free_days):
        day += ONE
    return day


def april(birth: date, months: int) -> date:
    """1 April of the fiscal year in which an age is reached."""
    day = old(birth, months)
    while (day.month, day.day) != (4, 1):
        day -= ONE
    return day


def march(birth: date, months: int) -> date:
    day = old(birth, months)
    while (day.month, day.day) != (3, 31):
        day += ONE
    return day


def last_march_before_school(birth: date) -> date:
    """School begins on the first 1 April on or after the day that follows the sixth-year day."""
    day = old(birth, 72) + ONE
    while (day.month, day.day) != (4, 1):
        day += ONE
    return day - ONE


def hepb(b: date, ok: list[date], day: date) -> Slot | None:
    if len(ok) == 3:
        return None
    wait = None if not ok else between(ok[0], 27 if len(ok) == 1 else 139)
    return Slot(b, old(b, 12), wait, old(b, 2), old(b, 9))


def rota(b: date, ok: list[date], doses: int, last: int) -> Slot | None:
    if len(ok) == doses:
        return None
    young, end = b + timedelta(weeks=6), b + timedelta(weeks=last)
    if ok:
        return Slot(young, end, between(ok[-1], 27))
    return Slot(young, end, None, old(b, 2), b + timedelta(weeks=14, days=6))


def five(b: date, ok: list[date], day: date) -> Slot | None:
    young, end = old(b, 2), old(b, 90)
    if not ok:
        return Slot(young, end, None, young, old(b, 7))
    if len(ok) < 3:
        return Slot(young, end, between(ok[-1], 20), between(ok[-1], 20), between(ok[-1], 56))
    if len(ok) == 3:
        return Slot(young, end, same_day(ok[2], 6), same_day(ok[2], 6), same_day(ok[2], 18))
    return None


def pcv(b: date, ok: list[date], day: date) -> Slot | None:
    one, two, five_years = old(b, 12), old(b, 24), old(b, 60)
    if not ok:
        return Slot(old(b, 2), five_years, None, old(b, 2), old(b, 7))
    if ok[0] > two:
        return None
    wait27, wait60 = between(ok[-1], 27), between(ok[-1], 60)
    if ok[0] > one:
        return Slot(one, five_years, wait60) if len(ok) == 1 else None
    # Mark each dose as initial or booster, as a nurse would on the card.
    early = ok[0] <= old(b, 7)
    wanted = 3 if early else 2
    initial = 0
    for place, given in enumerate(ok):
        closed = initial == wanted or given > two
        closed = closed or (place == 2 and ok[1] > one)
        if place > 0 and closed:
            return None
        initial += 1
    more = initial < wanted and day <= two and not (initial == 2 and ok[1] > one)
    if more and early:
        return Slot(old(b, 2), two, wait27, None, one)
    if more:
        return Slot(old(b, 7), two, wait27)
    return Slot(one, five_years, wait60, *((one, old(b, 15)) if early else (None, None)))


def varicella(b: date, ok: list[date], day: date) -> Slot | None:
    young, end = old(b, 12), old(b, 36)
    if not ok:
        return Slot(young, end, None, young, old(b, 15))
    if len(ok) == 1:
        return Slot(young, end, same_day(ok[0], 3), same_day(ok[0], 6), same_day(ok[0], 12))
    return None


def je1(b: date, ok: list[date], day: date) -> Slot | None:
    young, end = old(b, 6), old(b, 90)
    if not ok:
        return Slot(young, end, None, old(b, 36), old(b, 48))
    if len(ok) == 1:
        return Slot(young, end, between(ok[0], 6), between(ok[0], 6), between(ok[0], 28))
    if len(ok) == 2:
        return Slot(young, end, same_day(ok[1], 6), same_day(ok[1], 12), None)
    return None


def hpv(b: date, ok: list[date], day: date, nine: bool, giving: bool) -> Slot | None:
    young, end = april(b, 144), march(b, 192)
    if not ok:
        return Slot(young, end, None, april(b, 156), march(b, 156))
    five_months = same_day(ok[0], 5)
    short_course = nine and ok[0] <= old(b, 180)
    if len(ok) == 1 and short_course and (day >= five_months or not giving):
        return Slot(young, end, five_months, same_day(ok[0], 6))
    if len(ok) == 1:
        return Slot(young, end, same_day(ok[0], 1), same_day(ok[0], 2))
    if len(ok) == 2 and not (short_course and ok[1] >= five_months):
        return Slot(young, end, same_day(ok[1], 3), same_day(ok[0], 6))
    return None


def once(b: date, ok: list[date], young: date, end: date, usual: date, until: date) -> Slot | None:
    return None if ok else Slot(young, end, None, usual, until)


def slot(name: str, b: date, taken: list[Any], day: date, giving: bool) -> Slot | None:
    ok = [entry[0] for entry in taken]
    if name == "HepB":
        return hepb(b, ok, day)
    if name == "Rota1v":
        return rota(b, ok, 2, 24)
    if name == "Rota5v":
        return rota(b, ok, 3, 32)
    if name in ("DPT-IPV-Hib", "DPT-IPV"):
        return five(b, ok, day)
    if name == "PCV":
        return pcv(b, ok, day)
    if name == "BCG":
        return once(b, ok, b, old(b, 12), old(b, 5), old(b, 8))
    if name == "MR period 1":
        return once(b, ok, old(b, 12), old(b, 24), old(b, 12), old(b, 24))
    if name == "MR period 2":
        end = last_march_before_school(b)
        start = date(end.year - 1, 4, 1)
        return once(b, ok, start, end, start, end)
    if name == "Varicella":
        return varicella(b, ok, day)
    if name == "JE period 1":
        return je1(b, ok, day)
    if name == "JE period 2":
        return once(b, ok, old(b, 108), old(b, 156), old(b, 108), old(b, 120))
    if name == "DT period 2":
        return once(b, ok, old(b, 132), old(b, 156), old(b, 132), old(b, 144))
    nine = all(product in (None, "HPV9") for _, product in taken)
    return hpv(b, ok, day, nine, giving)


def wrong_product(name: str, product: str | None, day: date, taken: list[Any]) -> set[str]:
    before = [known for _, known in taken if known]
    if name == "HPV9" and product in ("HPV2", "HPV4") and day >= date(2026, 4, 1):
        return {"wrong_product", "not_in_programme"}
    if name != "PCV" or product is None:
        return set()
    if product == "PCV13" and day >= date(2024, 10, 1):
        return {"wrong_product", "not_in_programme"}
    if product == "PCV15" and day < date(2024, 4, 1):
        return {"not_in_programme"}
    if product == "PCV20" and day < date(2024, 10, 1):
        return {"not_in_programme"}
    if before:
        follows = {"PCV13": ("PCV13", "PCV20"), "PCV15": ("PCV15",), "PCV20": ("PCV20",)}
        return set() if product in follows[before[-1]] else {"wrong_product"}
    if product == "PCV15" and day >= date(2026, 10, 1) and not taken:
        return {"wrong_product"}
    return set()


class Second:
    """All lines for a record `{birth_date, sex, given, conditions}` with whole dates."""

    def __init__(self, record: dict[str, Any]) -> None:
        self.birth = date.fromisoformat(record["birth_date"])
        self.sex = record["sex"]
        self.conditions = bool(record.get("conditions"))
        self.given = [
            (date.fromisoformat(entry["date"]), entry["vaccine"], entry.get("product"))
            for entry in record["given"]
        ]
        self.taken: dict[str, list[Any]] = defaultdict(list)
        self.failed: dict[str, list[tuple[date, set[str]]]] = defaultdict(list)
        self.lives: list[tuple[date, str]] = []
        self.brand: dict[str, str] = {}

    def family(self, name: str) -> tuple[str, str] | None:
        if name.startswith("Rota"):
            return "rota", name
        if name in ("DPT-IPV", "Hib", "DPT-IPV-Hib"):
            return "five", "one" if name == "DPT-IPV-Hib" else "two"
        return None

    def mixed(self, name: str) -> bool:
        family = self.family(name)
        return family is not None and self.brand.get(family[0], family[1]) != family[1]

    def reasons(self, day: date, name: str, product: str | None) -> tuple[set[str], set[str]]:
        """What speaks against a dose, and what can only be asked."""
        entry = slot(name, self.birth, self.taken[name], day, giving=True)
        if entry is None or any(day == other[0] for other in self.seen(name)):
            return {"duplicate"}, set()
        against = wrong_product(name, product, day, self.taken[name])
        open_: set[str] = set()
        if day < entry.young:
            against.add("too_young")
        if day > entry.old:
            against.add("too_old")
        if name == "HPV9" and self.sex == "male":
            against.add("sex")
        if name == "HepB" and self.birth < date(2016, 4, 1):
            against.add("not_in_programme")
        if self.mixed(name):
            against.add("wrong_product")
        if entry.wait and day < entry.wait:
            against.add("too_short")
        elif entry.wait and self.failed[name] and name != "HepB":
            counts_from_first = name in ("Rota1v", "Varicella") or (
                name == "HPV9" and len(self.taken[name]) == 1
            )
            last = max(other for other, _ in self.failed[name])
            moved = entry.wait + (last - self.taken[name][-1][0])
            if not counts_from_first and day < self.shifted(name, entry, last, moved, day):
                open_.add("too_short")
        against |= self.live_trouble(day, name)
        return against, open_

    def shifted(self, name: str, entry: Slot, last: date, moved: date, day: date) -> date:
        """The end of the same gap counted from a dose that does not count."""
        months = {"DPT-IPV-Hib": 6, "DPT-IPV": 6, "JE period 1": 6, "HPV9": 3}.get(name)
        boosting = {"DPT-IPV-Hib": 3, "DPT-IPV": 3, "JE period 1": 2, "HPV9": 2}.get(name)
        if months and len(self.taken[name]) == boosting:
            return same_day(last, months)
        return moved

    def seen(self, name: str) -> list[Any]:
        return [*self.taken[name], *self.failed[name]]

    def live_trouble(self, day: date, name: str) -> set[str]:
        kind = LIVE.get(name)
        near = [
            other
            for other, what in self.lives
            if kind and what != kind and other < day and (day - other).days < 28
        ]
        return {"live_conflict"} if near else set()

    def take(self, day: date, name: str, product: str | None) -> tuple[int, str, set[str]]:
        number = len(self.taken[name]) + 1
        if name == "Mumps":
            double = any(day == other[0] for other in self.seen(name))
            against = {"duplicate"} if double else self.live_trouble(day, name)
            open_ = set[str]()
        else:
            against, open_ = self.reasons(day, name, product)
        family = self.family(name)
        if family:
            self.brand.setdefault(*family)
        if name in LIVE:
            self.lives.append((day, LIVE[name]))
        if not against and not open_:
            self.taken[name].append((day, product))
            return number, "valid", set()
        if against != {"duplicate"}:
            self.failed[name].append((day, against or open_))
        return number, "not_valid" if against else "ask", against or open_

    def forthcoming(self, name: str, on: date) -> dict[str, Any]:
        taken = self.taken[name]
        entry = slot(name, self.birth, taken, on, giving=False)
        nothing = dict.fromkeys(("earliest", "due_from", "due_to", "latest"))
        if self.mixed(name):
            return {
                "dose": len(taken) + 1,
                "state": "not_eligible",
                "reason": {"wrong_product"},
            } | nothing
        if entry is None:
            return {"dose": len(taken), "state": "complete", "reason": set()} | nothing
        number = len(taken) + 1
        if name == "HPV9" and self.sex == "male":
            return {"dose": number, "state": "not_eligible", "reason": {"sex"}} | nothing
        waits = {"too_young": entry.young}
        if taken:
            waits["too_short"] = max(entry.wait or entry.young, taken[-1][0] + ONE)
        other = [day for day, kind in self.lives if kind != LIVE.get(name) and day != on]
        together = [day for day, kind in self.lives if kind != LIVE.get(name)]
        if LIVE.get(name) and together and max(together) != on:
            other = together
        if LIVE.get(name) and other:
            waits["live_conflict"] = max(other) + timedelta(days=28)
        earliest = max(waits.values())
        if on > entry.old or earliest > entry.old:
            return {"dose": number, "state": "too_late", "reason": {"too_old"}} | nothing
        if name == "HepB" and self.birth < date(2016, 4, 1):
            answer = {"dose": number, "state": "not_eligible", "reason": {"not_in_programme"}}
            return answer | nothing
        return self.dated(name, on, entry, waits, earliest) | {"dose": number}

    def dated(
        self, name: str, on: date, entry: Slot, waits: dict[str, date], earliest: date
    ) -> dict[str, Any]:
        begin = min(entry.old, max(earliest, entry.usual or earliest))
        finish = min(entry.old, entry.until or entry.old)
        if on >= begin:
            state = "overdue" if on > finish else "due"
        else:
            state = "later" if begin - on > timedelta(30) else "due_soon"
        reason = {name for name, day in waits.items() if on < day}
        taken, failed = self.taken[name], self.failed[name]
        asked: set[str] = set()
        if failed and not any(day > failed[-1][0] for day, _ in taken):
            asked |= failed[-1][1]
        if name.startswith("Rota") and not taken and on > self.birth + timedelta(104):
            asked.add("too_old")
        if self.conditions and state in ("due", "overdue"):
            asked.add("condition")
        return {
            "state": "ask" if asked else state,
            "earliest": earliest,
            "due_from": begin,
            "due_to": finish,
            "latest": entry.old,
            "reason": asked | reason,
        }

    def lines(self, on: date) -> list[dict[str, Any]]:
        places = sorted(range(len(self.given)), key=lambda place: self.given[place][0])
        judged: dict[int, dict[str, Any]] = {}
        for place in places:
            day, name, product = self.given[place]
            number, state, reason = self.take(day, name, product)
            judged[place] = {"vaccine": name, "dose": number, "state": state, "reason": reason}
        answer = [judged[place] for place in range(len(self.given))]
        for name in ORDER:
            answer.append({"vaccine": name} | self.forthcoming(name, on))
        return answer
