"""From what was told to the facts that an event asks for, by the names that events share."""

import re
from collections.abc import Mapping
from datetime import date, timedelta

from actions.procedures.facts import (
    Age,
    Children,
    Dated,
    Happening,
    Housing,
    Insurance,
    NumberCard,
    Pet,
    Vehicle,
    Work,
)
from actions.procedures.facts_parsing import Told
from actions.procedures.parsing import LifeEvent
from services.procedures.contract import Plain

Answers = dict[str, Plain]

_YEAR = re.compile(r"年|\d{4}|[昨去来再先今翌]")
_NUMBERS = re.compile(r"[\d〇一二三四五六七八九十]+\s*(?:月|/|-|\.)\s*[\d〇一二三四五六七八九十]+")
_WAS_BORN = re.compile(
    r"(?:生ま|産ま|うま)れ(?:た|て|まし|ちゃ)|産みまし|産んだ|出産し|born|出生了|生了|nasceu"
)
_SHORTEST_MONTH = 28
_DAY_ALONE = re.compile(r"\d{1,2}日")
_JUST_NOW, _FAR_AHEAD = timedelta(days=5), timedelta(days=23)
"""On the first of a month 「30日」 is yesterday."""
_DATES: Mapping[Happening, str] = {
    Happening.moved: "moved_on",
    Happening.died: "died_on",
    Happening.born: "born_on",
    Happening.married: "married_on",
    Happening.divorced: "divorced_on",
    Happening.left_work: "left_work_on",
}
# The one day that was named, where no word says what of: 昨日、台風で屋根が飛びました.
_DAY_OF: Mapping[LifeEvent, str] = {
    LifeEvent.disaster: "struck_on",
    LifeEvent.mynumber_card: "lost_on",
}
_INSURANCE: Mapping[Insurance, str] = {
    Insurance.national: "kokuho",
    Insurance.employee: "work",
    Insurance.continued: "work",
    Insurance.late_elderly: "elderly",
    Insurance.dependent: "dependent",
    Insurance.none: "none",
}
_WORK: Mapping[Work, str] = {
    Work.employee: "employed",
    Work.public_servant: "employed",
    Work.part_time: "employed",
    Work.temporary: "employed",
    Work.on_leave: "employed",
    Work.self_employed: "self_employed",
    Work.left: "none",
    Work.none: "none",
}


def answers_of(told: Told, today: date) -> Answers:
    """Return what was surely told, as the navigator takes it; several as hints (`owned`)."""
    found: Answers = _dates(told, today)
    ages = _ages(told.children)
    if ages is not None:
        found["children"] = ages
    if told.insurance:
        found["insurance"] = _INSURANCE[told.insurance.kind]
    if told.work and told.work.kind in _WORK:
        found["work"] = _WORK[told.work.kind]
    if told.alone:
        found["alone"] = True
    owned = _owned(told)
    if owned:
        found["owned"] = owned
    if told.children and told.children.expected:
        found["situation"] = ("pregnant",)
        found["stage"] = "pregnant"
    elif told.event is LifeEvent.birth and _WAS_BORN.search(told.words):
        found["stage"] = "born"
    return found


def _dates(told: Told, today: date) -> Answers:
    """Return the days that were named exactly; 先週 is asked about."""
    exact = [one for one in told.dates if one.first == one.last]
    expected = told.children is not None and told.children.expected
    found: Answers = {}
    for one in exact:
        if one.of is not None:
            # A birth that is expected lies ahead, however near the same day of this year is.
            lies_ahead = one.of is Happening.born and expected
            day = one.first if lies_ahead else nearest(one, today)
            found[_DATES[one.of]] = day.isoformat()
    main = _DAY_OF.get(told.event) if told.event else None
    if main and main not in found and len(exact) == 1 and exact[0].of is None:
        found[main] = nearest(exact[0], today).isoformat()
    return found


def nearest(named: Dated, today: date) -> date:
    """Return a day that was named; one without its year is the nearest of that number."""
    day = named.first
    if _DAY_ALONE.fullmatch(named.words) and today < day:
        ended = day.replace(day=1) - timedelta(days=1)
        back = ended.replace(day=min(day.day, ended.day))
        just_now = today - back <= _JUST_NOW and day - today >= _FAR_AHEAD
        return back if just_now and back.day == day.day else day
    if _YEAR.search(named.words) or not _NUMBERS.search(named.words) or day.day > _SHORTEST_MONTH:
        return day
    near = [day.replace(year=year) for year in (today.year - 1, today.year, today.year + 1)]
    return min(near, key=lambda one: abs((one - today).days))


def _ages(children: Children | None) -> tuple[int, ...] | None:
    """Return the ages of the children where each was said, or that there are none."""
    if children is None or (children.expected and not children.ages):
        return None
    if children.count == 0:
        return ()
    if not children.ages or children.count not in (None, len(children.ages)):
        return None
    return tuple(_years(age) for age in children.ages)


def _years(age: Age) -> int:
    # 小3 is eight or nine: nothing a city does hangs on which.
    return age.least


def _owned(told: Told) -> tuple[str, ...]:
    kinds = [one.kind.value for one in told.pets if one.kind is Pet.dog]
    kinds += ["car" for one in told.vehicles if one.kind is Vehicle.car]
    kinds += [
        "motorbike" for one in told.vehicles if one.kind in (Vehicle.motorbike, Vehicle.moped)
    ]
    kinds += ["house"] if told.housing and told.housing.kind is Housing.own else []
    card = told.number_card
    kinds += ["mynumber_card"] if card and card.kind is not NumberCard.none else []
    return tuple(dict.fromkeys(kinds))
