"""Who is told, and when: pure rules on a citizen's choice."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.preferences.contract import Preferences, QuietHours
from kit.lifecycle import Lifecycle
from messages.announcements import Segment

# sending → sending is a repeated attempt. A divided chunk's recipients are in two new chunks; the
# other ends are accepted, failed and dropped.
CHUNK_STATES: Lifecycle = {
    "pending": frozenset({"sending", "dropped"}),
    "sending": frozenset({"sending", "accepted", "failed", "dropped", "divided"}),
    "accepted": frozenset(),
    "failed": frozenset(),
    "dropped": frozenset(),
    "divided": frozenset(),
}
OPEN_CHUNKS = frozenset({"pending", "sending"})

MULTICAST_RECIPIENTS = 500
"""LINE Messaging API reference, "Send multicast message": at most 500 user ids a call."""


def wants(preferences: Preferences, segment: Segment, *, urgent: bool) -> bool:
    """Tell whether an announcement for `segment` is for somebody with these preferences.

    In danger to life the choice of topics does not count. The language always does: one
    announcement is one text, and the others get theirs in another announcement.
    """
    return (
        _meet(segment.areas, preferences.areas)
        and _meet(segment.hazards, preferences.hazards)
        and (not segment.languages or preferences.language in segment.languages)
        and (segment.level is None or preferences.warn_from <= segment.level)
        and (urgent or not segment.topics or bool(set(segment.topics) & set(preferences.topics)))
    )


def _meet(addressed: Sequence[str], chosen: Sequence[str]) -> bool:
    """Tell whether two lists have something in common; an empty one stands for everything."""
    return not addressed or not chosen or not set(addressed).isdisjoint(chosen)


def quiet_until(quiet: QuietHours | None, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the instant (UTC) at which the present quiet hours end, None outside of them."""
    local = now.astimezone(zone)
    if quiet is None or not _is_quiet(quiet, local.hour):
        return None
    end = local.replace(hour=quiet.end, minute=0, second=0, microsecond=0, fold=0)
    return (end if end > local else end + timedelta(days=1)).astimezone(UTC)


def _is_quiet(quiet: QuietHours, hour: int) -> bool:
    if quiet.start < quiet.end:
        return quiet.start <= hour < quiet.end
    return hour >= quiet.start or hour < quiet.end


def multicast_body(user_ids: Sequence[str], messages_json: str) -> str:
    """Return the body of one multicast, as it is kept for every attempt."""
    return f'{{"to":{json.dumps(list(user_ids))},"messages":{messages_json}}}'


def recipients_and_messages(body: str) -> tuple[list[str], str]:
    """Return the recipients of one multicast and its messages, as JSON."""
    read = json.loads(body)
    user_ids: list[str] = read["to"]
    return user_ids, json.dumps(read["messages"], ensure_ascii=False, separators=(",", ":"))


def halves(user_ids: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Return recipients in two parts."""
    middle = len(user_ids) // 2
    return user_ids[:middle], user_ids[middle:]


def seconds_until(
    accepted: Sequence[tuple[datetime, datetime, int]], audience: int
) -> dict[int, float]:
    """Return share in percent → seconds until so many were accepted, as far as that was reached.

    `accepted`: (when it began, when it was accepted, people) of each call, the earliest first.
    """
    found: dict[int, float] = {}
    told = 0
    for began, ended, people in accepted:
        told += people
        for share in (50, 95, 100):
            if share not in found and told * 100 >= audience * share:
                found[share] = round((ended - began).total_seconds(), 1)
    return found
