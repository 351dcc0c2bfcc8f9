"""How reminders of collection days are worded."""

from collections.abc import Sequence
from datetime import time

from actions.waste.messages import CANCEL, DAYS, closing_time, ended_lines, signed, tap
from actions.waste.reminders_parsing import Limit, limits, said_hour
from kit.wording import clock_words, day_words, listed, translated
from messages.neutral import Choice, Message, Payload, Text
from services.waste.contract import Need, ReminderAnswer

_TIMES = (
    ("前日の18時", "18:00"),
    ("前日の19時", "19:00"),
    ("前日の20時", "20:00"),
    ("前日の21時", "21:00"),
    ("当日の朝6時半", "06:30"),
)
_CHANGE_TIME = Payload(label="時刻を変える", payload='/set_waste_reminder{"reminder_switch": "on"}')
_CHANGE_PLACE = Payload(label="地区を変える", payload='/set_waste_reminder{"waste_area": "?"}')
_STOP = Payload(label="お知らせを止める", payload='/set_waste_reminder{"reminder_switch": "off"}')


def reminder_answer(answer: ReminderAnswer, text: str) -> Message:
    """Confirm what was changed, say what cannot be done, or ask for the time."""
    cannot = [_CANNOT[limit] for limit in limits(text)]
    if answer.need is Need.time:
        return _which_time(text, cannot)
    if answer.need is Need.stopped:
        return Text(
            text="ごみの日のお知らせを止めました。また必要になったら、いつでも設定できます。",
            choices=(Payload(label="もう一度設定する", payload="/set_waste_reminder"), DAYS),
        )
    if answer.need is Need.unset:
        return _unset(answer)
    when = _reminder_words(answer.reminder_time) if answer.reminder_time else ""
    lines = [_state(answer, when), *cannot]
    if answer.need is not Need.shown:
        lines.extend(_late_advice(answer))
    if answer.next_collections:
        kinds = listed((c.category for c in answer.next_collections), "・")
        day = day_words(answer.next_collections[0].date)
        lines.append(translated("次の収集：{day} {kinds}", day=day, kinds=kinds))
    if answer.ended:
        lines += ended_lines(answer.ended, answer.office)
        lines.append(translated("新しい予定表が入るまで、お知らせできません。"))
    return Text(text=signed(lines, answer.office), choices=(_CHANGE_TIME, _CHANGE_PLACE, _STOP))


_CANNOT = {
    Limit.twice: "2回以上のお知らせはできません。1日に1回、ひとつの時刻だけです。",
    Limit.one_kind: (
        "ごみの種類を選んだお知らせはできません。すべての種類の収集日をお知らせします。"
    ),
    Limit.one_weekday: "曜日を選んだお知らせはできません。すべての収集日をお知らせします。",
    Limit.far_ahead: "お知らせできるのは、収集日の前の日か、当日の朝だけです。",
    Limit.no_such_hour: "その時刻はありません。0時から24時までの時刻でお願いします。",
}


def _state(answer: ReminderAnswer, when: str) -> str:
    """Say what holds now; 「承知しました」 only where something was changed, naming it."""
    if answer.need is Need.shown:
        shown = "今の設定です。\n地区：{area}\nお知らせ：{when}"
        return translated(shown, area=answer.area, when=when)
    same_area = answer.before_area == answer.area
    same_time = answer.before_time == answer.reminder_time
    if answer.before_time and same_area and same_time:
        already = "すでに、{area}のごみの日を{when}にお知らせする設定です。"
        return translated(already, area=answer.area, when=when)
    if answer.before_time and not same_area and answer.before_area:
        moved = "地区を「{before}」から「{area}」に直しました。ごみの日を、{when}にお知らせします。"
        return translated(moved, before=answer.before_area, area=answer.area, when=when)
    done = "承知しました。{area}のごみの日を、{when}にお知らせします。"
    return translated(done, area=answer.area, when=when)


def _unset(answer: ReminderAnswer) -> Message:
    lines = ["ごみの日のお知らせは、まだ設定していません。"]
    if answer.area:
        lines.append(translated("覚えている地区：{area}", area=answer.area))
    return Text(
        text=signed(lines, answer.office),
        choices=(Payload(label="お知らせを設定する", payload="/set_waste_reminder"), DAYS),
    )


def _late_advice(answer: ReminderAnswer) -> list[str]:
    closing = closing_time(answer.office)
    at = answer.reminder_time
    if at is None or not closing <= at < time(12):
        return []
    sooner = "朝{time}までに出してください。それより早い時刻をおすすめします。"
    return [translated(sooner, time=clock_words(closing))]


def _which_time(text: str, cannot: Sequence[str]) -> Message:
    """Ask for the time; a bare hour is asked back as morning or evening."""
    hour, minute = said_hour(text) or (0, 0)
    if 1 <= hour <= 11:
        said = clock_words(time(hour, minute))
        either = (
            (translated("朝の{time}", time=said), f"{hour:02}:{minute:02}"),
            (translated("夜の{time}", time=said), f"{hour + 12}:{minute:02}"),
        )
        question = translated("{time}は、朝ですか、夜ですか？", time=said)
        return Text(text="\n".join([*cannot, question]), choices=_time_choices(either))
    lines = [
        *cannot,
        "何時にお知らせしましょうか？",
        "「夜8時」のように送っていただくこともできます。",
    ]
    return Text(text="\n".join(lines), choices=_time_choices(_TIMES))


def _time_choices(times: Sequence[tuple[str, str]]) -> tuple[Choice, ...]:
    choices = [tap(label, "set_waste_reminder", reminder_time=at) for label, at in times]
    return (*choices, CANCEL)


def _reminder_words(at: time) -> str:
    words = "収集日の前の日の{time}" if at >= time(12) else "収集日の朝{time}"
    if at < time(4):
        words = "収集日の午前{time}"
    return translated(words, time=clock_words(at))
