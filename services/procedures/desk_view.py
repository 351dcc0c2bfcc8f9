"""What the desk's pages show of events and versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from services.procedures.answers import household
from services.procedures.changing import SIMPLE, counted_days
from services.procedures.condition_words import condition_words
from services.procedures.desk_words import FIELDS, content_of, entries
from services.procedures.events import Event, Example, Guidebook, Kind
from services.procedures.guides import OpenList
from services.procedures.listing import applicable, make_list
from services.procedures.models import ProcedureGuide, ProcedureVersion
from services.procedures.repository import Contents
from services.procedures.versions import CITY_FILE, Published, State
from services.procedures.wording import known_words, term_words

REVIEW_AFTER = timedelta(days=365)

STATES = {
    State.draft: "下書き",
    State.proposed: "公開の確認待ち",
    State.published: "公開した版",
    State.withdrawn: "取り下げ",
}
KINDS = {
    Kind.yes_no: "はい・いいえ",
    Kind.choice: "1つ選ぶ",
    Kind.several: "いくつでも選ぶ",
    Kind.number: "数",
    Kind.date: "日付",
    Kind.people: "人の年齢",
}


@dataclass(frozen=True)
class EventRow:
    """One event in the list."""

    event: Event
    number: int
    """Of the version that residents have."""
    work: ProcedureVersion | None
    """What is written at, or waits for a second person."""
    is_overdue: bool
    is_unusable: bool
    """The published version fits no more, and the city's file stands for it."""
    is_file_newer: bool
    """The city's file was reviewed after what residents have."""


def event_rows(
    published: Published,
    numbers: Mapping[str, int],
    work: Mapping[str, ProcedureVersion],
    today: date,
) -> tuple[EventRow, ...]:
    """Return the events in the files' order."""
    return tuple(
        EventRow(
            event=event,
            number=CITY_FILE if key in published.unusable else numbers.get(key, CITY_FILE),
            work=work.get(key),
            is_overdue=today - event.reviewed_on > REVIEW_AFTER,
            is_unusable=key in published.unusable,
            is_file_newer=published.files.events[key].reviewed_on > event.reviewed_on,
        )
        for key, event in published.book.events.items()
    )


@dataclass(frozen=True)
class ProcedureRow:
    """One procedure in an event's table."""

    key: str
    title: str
    when: str
    """In words."""
    term: str
    desk: str
    fee: str
    bring: str
    after: str


@dataclass(frozen=True)
class FactRow:
    """One question in an event's table."""

    question: str
    kind: str
    options: tuple[str, ...]
    when: str


def procedure_rows(event: Event, book: Guidebook) -> tuple[ProcedureRow, ...]:
    """Return the procedures of an event."""
    return tuple(
        ProcedureRow(
            key=one.key,
            title=one.title,
            when=condition_words(one.when, event),
            term=term_words(one.deadline, event) or ("早めに" if one.soon else ""),
            desk=book.desks[one.desk].name,
            fee=one.fee,
            bring="、".join(book.items[item] for item in one.bring),
            after="、".join(event.by_key[key].title for key in one.after),
        )
        for one in event.procedures
    )


def fact_rows(event: Event) -> tuple[FactRow, ...]:
    """Return the questions of an event."""
    return tuple(
        FactRow(
            question=fact.question,
            kind=KINDS[fact.kind],
            options=tuple(option.label for option in fact.options),
            when=condition_words(fact.when, event),
        )
        for fact in event.facts
    )


def preview(event: Event, book: Guidebook, example: Example) -> OpenList:
    """Return the list of an example's household, as its page would show it."""
    today = example.today
    known = applicable(event, household(event, example.facts, today), today)
    return OpenList(
        guide=ProcedureGuide(id="", citizen_id="", event=event.key),
        contents=Contents(answers={}, page_key=""),
        event=event,
        known=known_words(event, example.facts, known, today),
        rows=make_list(event, book, known, today),
        ticks={},
        today=today,
    )


@dataclass(frozen=True)
class ShortForm:
    """The common changes of one procedure, as a form holds them."""

    words: Mapping[str, str]
    days: str
    """Of its term; empty where it counts no days."""
    reviewed_on: str

    @property
    def labels(self) -> Mapping[str, str]:
        """How its fields are called."""
        return {name: FIELDS[name] for name in SIMPLE}


def short_form(text: str, key: str, today: date) -> ShortForm | None:
    """Return a procedure's form; None where the text has no such procedure."""
    for one in entries(content_of(text), "procedures"):
        if one.get("key") == key:
            days = counted_days(one)
            return ShortForm(
                words={name: str(one.get(name, "")) for name in SIMPLE},
                days="" if days is None else str(days),
                reviewed_on=today.isoformat(),
            )
    return None
