"""What a wish about reminders comes to. Pure functions."""

from datetime import datetime, time

from kit.errors import InvalidInputError
from services.waste import contract
from services.waste import parsing as words
from services.waste.models import WasteSubscription
from services.waste.rules import Area


def changes(
    need: contract.Need, area: str | None, at: time | None, now: datetime
) -> dict[str, object]:
    """Return what is to be kept: the district as soon as it is known, the time once it is."""
    if need is contract.Need.saved:
        return {"area": area, "reminder_time": at, "reminder_set_at": now}
    return {"area": area} if need is contract.Need.time else {}


def next_step(
    wish: contract.ReminderRequest,
    kept: WasteSubscription | None,
    area: Area | None,
    saved: Area | None,
    at: time | None,
) -> contract.Need:
    """Decide what a wish comes to, from what it says and what is kept already."""
    has_reminder = kept is not None and kept.reminder_time is not None
    if wish.switch == "off" or (at is None and words.wants_to_stop(wish.text)):
        return contract.Need.stopped if has_reminder else contract.Need.unset
    shows = wish.switch == "show" or (at is None and words.wants_to_see(wish.text))
    if shows and area in (None, saved):
        return contract.Need.shown if has_reminder else contract.Need.unset
    if area is None:
        return contract.Need.area
    if at is not None:
        return contract.Need.saved
    if not has_reminder:
        return contract.Need.time
    if area != saved:
        return contract.Need.saved
    asks = wish.switch == "on" or words.names_hour(wish.text)
    return contract.Need.time if asks else contract.Need.shown


def wished_time(wish: contract.ReminderRequest) -> time | None:
    """Return the time of day wished for, if one is. Raises InvalidInputError on a wrong one."""
    if wish.time is None:
        return words.parse_time(wish.text)
    at = words.parse_time(wish.time)
    if at is None:
        raise InvalidInputError("Give the time of day as HH:MM.")
    return at
