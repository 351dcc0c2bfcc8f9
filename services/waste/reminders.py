"""Which reminders are due, and what they say. Pure functions.

A time from noon on is meant for the evening before the collection, an earlier one for the same
morning. A reminder that could not be given within three hours is not given at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from kit.text import truncate_graphemes
from kit.wording import SOURCE, clock_words, day_words, language, listed, translated
from messages.neutral import Message, Payload, Text
from services.waste.parsing import parse_time
from services.waste.rules import Area, CityData, Pickup, collections, next_days

LATEST = timedelta(hours=3)
_DAY = timedelta(days=1)
_NOON = time(12)
_HOW_GRAPHEMES = 60

CHOICES = (
    Payload(label="時刻を変える", payload='/set_waste_reminder{"reminder_switch": "on"}'),
    Payload(label="お知らせを止める", payload='/set_waste_reminder{"reminder_switch": "off"}'),
    Payload(label="分け方を調べる", payload="/ask_waste_sorting"),
)


@dataclass(frozen=True)
class DueWindow:
    """Reminders for the collection of `day` that fall due from `first` to `last`.

    Both are local times of `reminded_on`: the day itself, or the evening before.
    """

    day: date
    reminded_on: date
    first: time
    last: time
    areas: tuple[str, ...] = ()


@dataclass(frozen=True)
class DueReminder:
    """One resident to be told about one collection day."""

    citizen_id: str
    area: str
    day: date
    reminded_on: date
    reminder_time: time


def windows(now: datetime) -> list[DueWindow]:
    """Return the stretches of local time that fell due in the last three hours before `now`."""
    start = now.replace(tzinfo=None) - LATEST
    end = now.replace(tzinfo=None)
    found = []
    for offset in range((end.date() - start.date()).days + 1):
        day = start.date() + offset * _DAY
        first = start.time() if day == start.date() else time.min
        last = end.time() if day == end.date() else time.max
        if first < _NOON:
            found.append(DueWindow(day, day, first, min(last, _before(_NOON))))
        if last >= _NOON:
            found.append(DueWindow(day + _DAY, day, max(first, _NOON), last))
    return found


def _before(clock: time) -> time:
    return (datetime.combine(date.min + _DAY, clock) - timedelta(microseconds=1)).time()


def expiry(city: CityData, reminder: DueReminder, now: datetime) -> datetime:
    """Return when the reminder is worth nothing: three hours late, or after the last minute."""
    due = datetime.combine(reminder.reminded_on, reminder.reminder_time, now.tzinfo)
    closing = parse_time(city.office.put_out_by)
    latest = due + LATEST
    if closing is None:
        return latest
    last_minute = datetime.combine(reminder.day, closing, now.tzinfo)
    return min(latest, last_minute) if due < last_minute else latest


def areas_told(city: CityData, day: date) -> tuple[str, ...]:
    """Return the districts that have something to be told about `day`: a collection or a pause."""
    return tuple(area.label for area in city.areas if collections(city, area, day, day))


def message(city: CityData, area: Area, day: date, today: date) -> Message:
    """Say what is collected on `day`, or that a pause takes it away and when it comes next."""
    pickups = collections(city, area, day, day)
    when = translated("明日 {day}" if day > today else "今日 {day}", day=day_words(day))
    due = [pickup for pickup in pickups if not pickup.stopped]
    lines = _due_lines(city, area, when, due) if due else _stopped_lines(city, area, when, pickups)
    if city.office.demonstration:
        lines.append("※デモ用のデータです")
    return Text(text="\n".join(lines), choices=CHOICES)


def _due_lines(city: CityData, area: Area, when: str, due: Sequence[Pickup]) -> list[str]:
    names = listed((pickup.category for pickup in due), "・")
    told = "{day}は「{kinds}」の収集日です（{area}）。"
    lines = ["【ごみの日のお知らせ】", translated(told, day=when, kinds=names, area=area.label)]
    for pickup in due:
        how = city.how.get(pickup.category, "").partition("\n")[0]
        # The city tells how in Japanese only; a button below leads there in every language.
        if how and language() == SOURCE:
            lines.append(f"・{pickup.category}：{truncate_graphemes(how, _HOW_GRAPHEMES)}")
        lines.extend(f"  ※{remark}" for remark in pickup.remarks)
    if closing := parse_time(city.office.put_out_by):
        lines.append(translated("朝{time}までに出してください。", time=clock_words(closing)))
    return lines


def _stopped_lines(city: CityData, area: Area, when: str, pickups: list[Pickup]) -> list[str]:
    names = [pickup.category for pickup in pickups]
    lines = [
        "【ごみ収集お休みのお知らせ】",
        translated(
            "{day}は、収集がお休みのため「{kinds}」は出せません（{area}）。",
            day=when,
            kinds=listed(names, "・"),
            area=area.label,
        ),
    ]
    upcoming = next_days(city, area, pickups[0].day + _DAY, names)
    for next_on, group in groupby(upcoming, key=lambda pickup: pickup.day):
        kinds = listed((pickup.category for pickup in group), "・")
        lines.append(
            translated("次の「{kinds}」は{day}です。", kinds=kinds, day=day_words(next_on))
        )
    return lines
