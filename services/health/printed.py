"""A handbook as a PDF: everything that its guardian sees on the pages, to keep or to hand over."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TypeVar

from kit.wording import date_words
from services.health.contract import Allergy, Check, Diary, Entry, Growth, Medication
from services.health.handbook import (
    SOURCES,
    Person,
    Schedule,
    age_on,
    counting,
    measured_words,
    schedule_of,
)
from services.health.maternity import courses
from services.health.paper import Line, pdf

Kind = TypeVar("Kind", Check, Diary, Growth)
_NONE = "記録はありません。"
_CAUTION = (
    "予定は、公表されている予定表と記録から計算したものです。体調や持病によって変わります。"
    "予約のときに小児科で確かめてください。"
)


def handbook_pdf(person: Person, entries: tuple[Entry, ...], today: date, city: str) -> bytes:
    """Return the document; `entries` are those that the guardian may read."""
    title = f"{person.name}さんの母子健康手帳"
    return pdf(title, _lines(title, person, entries, today, city))


def _lines(
    title: str, person: Person, entries: tuple[Entry, ...], today: date, city: str
) -> Iterator[Line]:
    yield Line(title, 18)
    yield Line(f"{date_words(person.birth)}生まれ（{age_on(person, today)}）")
    yield Line(f"{city}　{date_words(today)}に作成")
    schedule = schedule_of(person, entries, today)
    parts: dict[str, Iterable[str]] = {
        "これから受ける定期接種": _coming(schedule),
        "受けた予防接種": _given(schedule),
        "成長": _dated(entries, Growth),
        "健診": _dated(entries, Check),
        "お薬": _medicines(entries),
        "アレルギー": _allergies(entries),
        **({"妊娠の記録": told} if (told := list(_pregnancies(entries))) else {}),
        "日記（あなたが書いたもの）": _dated(entries, Diary),
    }
    for heading, lines in parts.items():
        yield Line("")
        yield Line(heading, 13)
        yield from (Line(text, indent=10) for text in list(lines) or [_NONE])


def _coming(schedule: Schedule) -> Iterator[str]:
    if not schedule.is_possible:
        yield "記録に合わないところがあり、計算できません。保健センターにご確認ください。"
        return
    yield _CAUTION
    for dose in schedule.next:
        when = "、".join(f"{label} {words}" for label, words in dose.dates)
        yield f"{dose.name} {dose.number}回目：{dose.heading}。{when}"
    yield f"根拠：{schedule.version}"


def _given(schedule: Schedule) -> Iterator[str]:
    for dose in schedule.given:
        body, sources = dose.body, "・".join(SOURCES[name] for name in dose.sources)
        lot = f"ロット {body.lot}" if body.lot else ""
        details = "、".join(filter(None, (body.product, lot, body.place, sources)))
        doubt = "" if dose.is_sound else f"　{''.join(dose.words)}"
        yield f"{dose.day}　{dose.name}（{details}）{doubt}"


def _dated(entries: tuple[Entry, ...], kind: type[Kind]) -> Iterator[str]:
    for entry, body in sorted(counting(entries, kind), key=lambda found: found[1].date):
        if isinstance(body, Growth):
            said = measured_words(body)
        elif isinstance(body, Diary):
            said = body.text
        else:
            said = f"{body.name}　{body.result}" + (f"　助言：{body.advice}" if body.advice else "")
        yield f"{date_words(body.date)}　{said}（{SOURCES[entry.source]}）"


def _medicines(entries: tuple[Entry, ...]) -> Iterator[str]:
    for _, body in counting(entries, Medication):
        end = date_words(body.end) if body.end else ""
        yield f"{body.name}　{body.directions}（{date_words(body.start)}～{end}）"


def _pregnancies(entries: tuple[Entry, ...]) -> Iterator[str]:
    for course in courses(entry.body for entry in entries if entry.ended_at is None):
        yield f"出産予定日 {date_words(course.due)}"
        for check in course.checks:
            weeks, days = course.weeks(check.date)
            pressure = f"血圧 {check.systolic}/{check.diastolic}" if check.systolic else ""
            weight = f"体重 {check.weight}kg" if check.weight else ""
            told = "、".join(filter(None, (weight, pressure, check.result, check.advice)))
            yield f"{date_words(check.date)}（{weeks}週{days}日）　{told}"


def _allergies(entries: tuple[Entry, ...]) -> Iterator[str]:
    for _, body in counting(entries, Allergy):
        yield f"{body.substance}　{body.reaction}".strip()
