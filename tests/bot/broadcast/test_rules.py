"""Who is told and when, as pure rules."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.broadcast.rules import quiet_until, wants
from bot.preferences.contract import Preferences, QuietHours
from messages.announcements import Announcement, Segment
from messages.hazards import WARNED, Hazard
from messages.languages import Language
from messages.topics import Topic

TOKYO = ZoneInfo("Asia/Tokyo")
AREAS = ("城西", "湊", "門田（北部）")

hours = st.integers(0, 23)
quiet_hours = st.tuples(hours, hours).filter(lambda pair: pair[0] != pair[1])
instants = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))


def some(values: Iterable[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(st.sampled_from(list(values)), unique=True, max_size=3).map(tuple)


preferences = st.builds(
    Preferences,
    areas=some(AREAS),
    topics=some(Topic),
    hazards=some(WARNED),
    warn_from=st.integers(2, 4),
    language=st.sampled_from(Language),
    quiet=st.none() | quiet_hours.map(lambda pair: QuietHours(start=pair[0], end=pair[1])),
)
segments = st.builds(
    Segment,
    areas=some(AREAS),
    topics=some(Topic),
    languages=some(Language),
    hazards=some(WARNED),
    level=st.none() | st.integers(1, 5),
)


@given(preferences, segments)
def test_urgent_reaches_everybody_whom_the_ordinary_message_reaches(
    chosen: Preferences, segment: Segment
) -> None:
    if wants(chosen, segment, urgent=False):
        assert wants(chosen, segment, urgent=True)


@given(preferences, segments)
def test_a_choice_of_areas_is_respected_even_in_danger(
    chosen: Preferences, segment: Segment
) -> None:
    apart = bool(segment.areas and chosen.areas) and not set(segment.areas) & set(chosen.areas)
    if apart:
        assert not wants(chosen, segment, urgent=True)


@given(preferences, segments)
def test_nobody_is_told_of_a_topic_that_they_did_not_choose(
    chosen: Preferences, segment: Segment
) -> None:
    if segment.topics and not set(segment.topics) & set(chosen.topics):
        assert not wants(chosen, segment, urgent=False)


@given(preferences)
def test_somebody_who_wants_everything_everywhere_is_in_every_audience_of_their_language(
    chosen: Preferences,
) -> None:
    everything = chosen.model_copy(update={"areas": (), "topics": tuple(Topic), "hazards": ()})
    segment = Segment(areas=("湊",), topics=(Topic.snow,), hazards=(Hazard.flood,))
    assert wants(everything, segment, urgent=False)


def test_without_a_choice_people_hear_of_disasters_and_of_nothing_else() -> None:
    told = [
        topic for topic in Topic if wants(Preferences(), Segment(topics=(topic,)), urgent=False)
    ]
    assert told == [Topic.disaster]


@given(quiet_hours, instants)
def test_waiting_ends_within_a_day_outside_of_the_quiet_hours(
    pair: tuple[int, int], now: datetime
) -> None:
    quiet = QuietHours(start=pair[0], end=pair[1])
    until = quiet_until(quiet, now, TOKYO)
    inside = set(range(*pair)) or {*range(pair[0], 24), *range(pair[1])}
    assert (until is not None) == (now.astimezone(TOKYO).hour in inside)
    if until is not None:
        assert timedelta(0) < until - now <= timedelta(hours=23)
        assert until.astimezone(TOKYO).hour == pair[1]
        assert quiet_until(quiet, until, TOKYO) is None


@pytest.mark.parametrize(
    ("local", "end"),
    [
        ("2026-11-24 20:59:59", None),
        ("2026-11-24 21:00", "2026-11-25 07:00"),
        ("2026-11-24 23:59:59", "2026-11-25 07:00"),
        ("2026-11-25 00:00", "2026-11-25 07:00"),
        ("2026-11-25 06:59:59", "2026-11-25 07:00"),
        ("2026-11-25 07:00", None),
        ("2026-12-31 23:30", "2027-01-01 07:00"),
    ],
)
def test_quiet_hours_across_midnight(local: str, end: str | None) -> None:
    now = datetime.fromisoformat(local).replace(tzinfo=TOKYO).astimezone(UTC)
    until = quiet_until(QuietHours(start=21, end=7), now, TOKYO)
    assert (until and until.astimezone(TOKYO).strftime("%Y-%m-%d %H:%M")) == end


@pytest.mark.parametrize("start", [21, 0])
def test_quiet_hours_that_end_or_begin_at_midnight(start: int) -> None:
    end = 0 if start else 6
    late = datetime(2026, 11, 24, 23, 30, tzinfo=TOKYO)
    early = datetime(2026, 11, 25, 0, 0, tzinfo=TOKYO)
    quiet = QuietHours(start=start, end=end)
    assert (quiet_until(quiet, late, TOKYO) is None) == (start == 0)
    assert (quiet_until(quiet, early, TOKYO) is None) == (start == 21)


def test_an_announcement_without_a_topic_has_to_be_urgent() -> None:
    body = {
        "key": "k",
        "segment": {"areas": ["湊"]},
        "messages": [{"type": "text", "text": "お知らせ"}],
        "expires_at": "2026-11-25T00:00:00Z",
    }
    with pytest.raises(ValidationError, match="at least one topic"):
        Announcement.model_validate(body)
    assert Announcement.model_validate({**body, "urgent": True}).urgent
