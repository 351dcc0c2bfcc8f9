"""What holds whatever the day: the latest time, holidays, the rhythm, the weather, bags."""

from collections.abc import Sequence

from actions.waste.messages import (
    DAYS,
    HUMAN,
    REMIND,
    SORT,
    closing_time,
    contact,
    signed,
)
from actions.waste.words_parsing import Aspect
from kit.wording import clock_words, day_words, listed, translated
from messages.neutral import Message, Text
from services.waste.contract import DayAnswer, Office, Rhythm

_WEEKDAYS = ("月曜日", "火曜日", "水曜日", "木曜日", "金曜日", "土曜日", "日曜日")


def only(asked: frozenset[Aspect]) -> bool:
    """Tell whether the facts of this module are the whole answer: no day is asked about."""
    return bool(asked & {Aspect.holidays, Aspect.weather, Aspect.rhythm})


def told(asked: frozenset[Aspect], answer: DayAnswer) -> list[str]:
    """Return the sentences that answer what was asked beside the day."""
    lines: list[str] = []
    if Aspect.rhythm in asked:
        lines += [_rhythm(rhythm, answer.area or "") for rhythm in answer.rhythms]
    if Aspect.holidays in asked:
        lines += _holidays(answer)
    if Aspect.weather in asked:
        lines += _weather(answer)
    return lines


def fact_answer(answer: DayAnswer, lines: Sequence[str]) -> Message:
    """Say facts, and the next collections where one kind was asked about."""
    said = list(lines)
    if len(answer.categories) == 1 and answer.collections and answer.first is None:
        found = answer.collections[0]
        coming = "次の「{kind}」は、{day}です。"
        kind, day = translated(found.category), day_words(found.date)
        said.append(translated(coming, kind=kind, day=day))
    return Text(text=signed(said, answer.office), choices=(DAYS, REMIND, SORT))


def without_district(asked: frozenset[Aspect], office: Office) -> Message | None:
    """Answer what is the same in every district; None where something else is asked."""
    lines = []
    if Aspect.eve in asked:
        lines.append("前の日の夜には出せません。")
    if asked & {Aspect.latest_time, Aspect.eve, Aspect.late}:
        by = clock_words(closing_time(office))
        lines.append(translated("ごみは、収集日の朝{time}までに出してください。", time=by))
    if asked & {Aspect.eve, Aspect.late}:
        late = (
            "間に合わないときは、次の収集日までお持ちください。"
            "ご事情のあるときは、{desk}へご相談ください。"
        )
        lines.append(translated(late, desk=contact(office)))
    if Aspect.bag in asked:
        bags = (
            "中身の見える袋で出してください。"
            "袋の決まりや販売については、{desk}へお問い合わせください。"
        )
        lines.append(translated(bags, desk=contact(office)))
    if not lines:
        return None
    return Text(text=signed(lines, office), choices=(DAYS, SORT, HUMAN))


def _rhythm(rhythm: Rhythm, area: str) -> str:
    days = _days(rhythm)
    if rhythm.months:
        months = "・".join(str(month) for month in rhythm.months)
        often = "{area}の「{kind}」は、毎月ではなく、{months}月の{days}です。"
        return translated(
            often, area=area, kind=translated(rhythm.category), months=months, days=days
        )
    often = "{area}の「{kind}」は、{days}です。"
    return translated(often, area=area, kind=translated(rhythm.category), days=days)


def _days(rhythm: Rhythm) -> str:
    weekly = [_WEEKDAYS[day] for day, nth in rhythm.days if nth is None]
    if weekly:
        return translated("毎週{days}", days=listed(weekly, "・"))
    nths = [
        translated("第{nth}{day}", nth=nth, day=translated(_WEEKDAYS[day]))
        for day, nth in rhythm.days
    ]
    return listed(nths, "・")


def _holidays(answer: DayAnswer) -> list[str]:
    lines = ["祝日も、収集日にあたっていれば収集します。"]
    for first, last in answer.pauses[:1]:
        rest = "年末年始の{first}から{last}は、お休みです。"
        lines.append(translated(rest, first=day_words(first), last=day_words(last)))
    return lines


def _weather(answer: DayAnswer) -> list[str]:
    remarks = [remark for c in answer.collections for remark in c.remarks if "雪" in remark]
    if remarks:
        return list(dict.fromkeys(remarks))
    asked = "大雪や台風の日の収集は、予定表ではわかりません。{desk}へお問い合わせください。"
    return [translated(asked, desk=contact(answer.office))]
