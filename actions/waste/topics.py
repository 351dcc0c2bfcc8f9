"""What an answer about waste leaves to be gone on with (`Turn.leave_topic`)."""

from datetime import date
from typing import Any

from actions.base import Turn
from services.waste.contract import DayAnswer, ItemAnswer, ReminderAnswer

Slots = dict[str, str | None]


def day_slots(answer: DayAnswer) -> Slots:
    """Return district, day and kind; of several days or kinds none, as they are one question."""
    one_day = answer.first if answer.first == answer.last else None
    kind = answer.categories[0] if len(answer.categories) == 1 else None
    return {"area": answer.area, "date": _written(one_day), "waste_type": kind}


def leave_item(turn: Turn, answer: ItemAnswer) -> None:
    """Keep the thing and its kind, where it is known which was meant."""
    thing = answer.matches[0] if answer.matches else None
    if thing is None:
        return
    slots: Slots = {"waste_item": thing.name, "waste_type": thing.category}
    if not answer.sure:
        slots = {"waste_item": answer.asked or thing.name}
    turn.leave_topic("ask_waste_sorting", slots)


def reminder_slots(answer: ReminderAnswer, before: Any) -> Slots:
    """Return district and time; after a stop those that held, so that it can begin again."""
    kept = before["slots"] if before and before.get("task") == "set_waste_reminder" else {}
    at = answer.reminder_time
    return {
        "area": answer.area or kept.get("area"),
        "time": at.strftime("%H:%M") if at else kept.get("time"),
    }


def _written(day: date | None) -> str | None:
    return f"{day.month}月{day.day}日" if day else None
