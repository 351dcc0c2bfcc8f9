"""Whether a facility is open: said first, before its card."""

from collections.abc import Callable
from datetime import date, datetime, time

import jpholiday

from actions.base import ActionContext, Turn
from actions.city import load_city
from actions.facilities import messages
from actions.facilities.hours_parsing import (
    Day,
    asks_opening,
    names_only_a_day,
    next_open,
    on_day,
    read_opening,
    state_at,
)
from actions.talking.corrections import earlier_questions
from actions.talking.language import names_in_japanese
from kit.wording import clock_words, day_words, translated
from messages.neutral import Message, Text
from services.facilities.contract import FacilitiesClient, Place

_REASONS = {
    "weekday": "{name}は、{day}は休みです。",
    "holiday": "{name}は、{day}は祝日のため休みです。",
    "year_end": "{name}は、{day}は年末年始のため休みです。",
}
_EARLIER = ("ask_facility", "ask_faq", "nlu_fallback")


def asked_day(turn: Turn, today: date) -> date:
    """Return the day that the words name, today where they name none or one that is over."""
    try:
        day = date.fromisoformat(str(turn.entity("date") or ""))
    except ValueError:
        return today
    return max(day, today)


def opening_line(context: ActionContext, place: Place, day: date | None = None) -> str:
    """Return in one or two sentences whether a place is open that day (today: at this moment).

    Empty where its hours are not known.
    """
    opening = read_opening(place.hours)
    if opening is None:
        return ""
    now = context.clock().astimezone(context.settings.timezone)
    wanted = on_day(opening, day or now.date(), jpholiday.is_holiday, _year_end(context))
    later = next_open(opening, wanted.day, jpholiday.is_holiday, _year_end(context))
    said = (
        _today(place, wanted, later, now)
        if wanted.day == now.date()
        else _that_day(place, wanted, later)
    )
    if opening.uncertain:
        said.append("ほかにも休む日があります。お出かけの前に下の欄をご覧ください。")
    return "\n".join(said)


def _year_end(context: ActionContext) -> Callable[[date], bool]:
    return load_city(context.settings.city_dir).general_desk.closed_on


def _today(place: Place, day: Day, later: Day | None, now: datetime) -> list[str]:
    name = place.name
    match state_at(day, now):
        case "closed":
            return [
                _closed(name, day, translated("今日（{day}）", day=day_words(day.day))),
                *_next(later),
            ]
        case "before":
            return [
                translated(
                    "{name}は、今日は{opens}から{closes}まで開いています。いまはまだ開いていません。",
                    name=name,
                    **_clock(day),
                )
            ]
        case "after":
            return [
                translated("{name}は、今日は{closes}で終わりました。", name=name, **_clock(day)),
                *_next(later),
            ]
    if day.closes is None:
        return [translated("{name}は、いつでも開いています。", name=name)]
    return [
        translated("{name}は、いま開いています。今日は{closes}までです。", name=name, **_clock(day))
    ]


def _that_day(place: Place, day: Day, later: Day | None) -> list[str]:
    when = day_words(day.day)
    if not day.is_open:
        return [_closed(place.name, day, when), *_next(later)]
    if day.closes is None:
        return [translated("{name}は、いつでも開いています。", name=place.name)]
    told = "{name}は、{day}は{opens}から{closes}まで開いています。"
    return [translated(told, name=place.name, day=when, **_clock(day))]


def _closed(name: str, day: Day, when: str) -> str:
    return translated(_REASONS[day.reason], name=name, day=when)


def _next(later: Day | None) -> list[str]:
    if later is None or later.opens is None:
        return []
    told = "次に開くのは{day}、{opens}から{closes}までです。"
    return [translated(told, day=day_words(later.day), **_clock(later))]


def _clock(day: Day) -> dict[str, str]:
    return {
        "opens": clock_words(day.opens or time.min),
        "closes": clock_words(day.closes or time.max),
    }


def place_messages(context: ActionContext, turn: Turn, place: Place) -> tuple[Message, ...]:
    """Return whether a place is open on the day asked for, and its card."""
    today = context.clock().astimezone(context.settings.timezone).date()
    line = opening_line(context, place, asked_day(turn, today))
    return (
        Text(text="\n".join([line, *names_in_japanese()])),
        messages.cards((place,), messages.facility_choices("", can_be_near=False)),
    )


async def place_named(context: ActionContext, turn: Turn) -> Place | None:
    """Return the facility that the words name and whose hours they ask for."""
    if names_only_a_day(turn.text):
        return await place_asked(context, turn)
    if turn.text.startswith("/") or not asks_opening(turn.text):
        return None
    found = await context.client(FacilitiesClient).read(turn.text)
    return _first_known(found.places or found.category_places)


async def place_asked(context: ActionContext, turn: Turn) -> Place | None:
    """Return the facility whose hours the words ask for: named now, or in the last messages."""
    facilities = context.client(FacilitiesClient)
    if names_only_a_day(turn.text):
        last = next(earlier_questions(turn), None)
        if last is None or last.intent not in _EARLIER or not asks_opening(last.text):
            return None
        return _first_known((await facilities.read(last.text)).places)
    if turn.text.startswith("/") or not asks_opening(turn.text):
        return None
    now = await facilities.read(turn.text)
    if now.places or now.category:
        return _first_known(now.places or now.category_places)
    for earlier in earlier_questions(turn):
        if earlier.intent in _EARLIER and earlier.text:
            before = await facilities.read(earlier.text)
            if before.places:
                return _first_known(before.places)
    return None


def _first_known(places: tuple[Place, ...]) -> Place | None:
    return next((place for place in places if read_opening(place.hours)), None)
