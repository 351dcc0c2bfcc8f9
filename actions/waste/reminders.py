"""How reminders of collection days are worded."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import time

from actions.waste.messages import CANCEL, DAYS, closing_time, ended_lines, signed, tap
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
    """Confirm, stop or show a reminder, or ask for its time."""
    if answer.need is Need.time:
        return _which_time(text)
    if answer.need is Need.stopped:
        return Text(
            text="ごみの日のお知らせを止めました。また必要になったら、いつでも設定できます。",
            choices=(Payload(label="もう一度設定する", payload="/set_waste_reminder"), DAYS),
        )
    when = _reminder_words(answer.reminder_time) if answer.reminder_time else ""
    if answer.need is Need.shown:
        lines = [
            translated(
                "今の設定です。\n地区：{area}\nお知らせ：{when}", area=answer.area, when=when
            )
        ]
    else:
        done = "承知しました。{area}のごみの日を、{when}にお知らせします。"
        lines = [translated(done, area=answer.area, when=when)]
        lines.extend(_late_advice(answer))
    if answer.next_collections:
        kinds = listed((c.category for c in answer.next_collections), "・")
        day = day_words(answer.next_collections[0].date)
        lines.append(translated("次の収集：{day} {kinds}", day=day, kinds=kinds))
    if answer.ended:
        lines += ended_lines(answer.ended, answer.office)
        lines.append(translated("新しい予定表が入るまで、お知らせできません。"))
    return Text(text=signed(lines, answer.office), choices=(_CHANGE_TIME, _CHANGE_PLACE, _STOP))


def _late_advice(answer: ReminderAnswer) -> list[str]:
    closing = closing_time(answer.office)
    at = answer.reminder_time
    if at is None or not closing <= at < time(12):
        return []
    sooner = "朝{time}までに出してください。それより早い時刻をおすすめします。"
    return [translated(sooner, time=clock_words(closing))]


def _which_time(text: str) -> Message:
    """Ask for the time; a bare hour is asked back as morning or evening."""
    # The hour said last: 20時じゃなくて8時.
    hour = int((re.findall(r"(?<!\d)(\d{1,2})時", unicodedata.normalize("NFKC", text)) or [0])[-1])
    if 1 <= hour <= 11:
        either = (
            (translated("朝の{hour}時", hour=hour), f"{hour:02}:00"),
            (translated("夜の{hour}時", hour=hour), f"{hour + 12}:00"),
        )
        question = translated("{hour}時は、朝ですか、夜ですか？", hour=hour)
        return Text(text=question, choices=_time_choices(either))
    return Text(
        text="何時にお知らせしましょうか？\n「夜8時」のように送っていただくこともできます。",
        choices=_time_choices(_TIMES),
    )


def _time_choices(times: Sequence[tuple[str, str]]) -> tuple[Choice, ...]:
    choices = [tap(label, "set_waste_reminder", reminder_time=at) for label, at in times]
    return (*choices, CANCEL)


def _reminder_words(at: time) -> str:
    words = "収集日の前の日の{time}" if at >= time(12) else "収集日の朝{time}"
    if at < time(4):
        words = "収集日の午前{time}"
    return translated(words, time=clock_words(at))
