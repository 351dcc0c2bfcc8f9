"""How to reach a person: the general desk and its hours."""

from datetime import date, datetime, time, timedelta

import jpholiday
from rasa_sdk import Action

from actions.base import ActionContext, CityAction, Events, Turn
from actions.city import City, GeneralDesk, load_city
from actions.contract import OpenLink, Payload, Text

_WEEKDAYS = "月火水木金土日"


def is_working_day(desk: GeneralDesk, day: date) -> bool:
    """Tell whether the desk opens on that day at all."""
    return day.weekday() < 5 and not jpholiday.is_holiday(day) and not desk.closed_on(day)


def next_opening(desk: GeneralDesk, now: datetime) -> datetime | None:
    """Return when the desk opens next, None while it is open. `now` is local."""
    if is_working_day(desk, now.date()):
        if now.time() < desk.opens:
            return datetime.combine(now.date(), desk.opens, now.tzinfo)
        if now.time() < desk.closes:
            return None
    day = now.date() + timedelta(days=1)
    while not is_working_day(desk, day):
        day += timedelta(days=1)
    return datetime.combine(day, desk.opens, now.tzinfo)


def desk_message(city: City, now: datetime, text: str = "") -> Text:
    """Return how to reach a person. `now` is local; `text` may name the desk that is wanted."""
    desk = city.general_desk
    month, day = desk.closed_from.split("-")
    until_month, until_day = desk.closed_to.split("-")
    lines = [
        "職員に電話でご相談いただけます。",
        f"{desk.name}　{desk.phone}",
        f"平日 {_clock(desk.opens)}〜{_clock(desk.closes)}（祝日と"
        f"{int(month)}月{int(day)}日〜{int(until_month)}月{int(until_day)}日はお休み）",
        _open_line(desk, now),
    ]
    if wanted := city.desks_for(text):
        lines.append(f"「{wanted[0].name}をお願いします」とお伝えください。")
    return Text(
        text="\n".join(lines),
        choices=(
            OpenLink(label="電話をかける", url=f"tel:{desk.phone}"),
            Payload(label="メニューを見る", payload="/help"),
        ),
    )


def _open_line(desk: GeneralDesk, now: datetime) -> str:
    opening = next_opening(desk, now)
    if opening is None:
        return f"ただいま受付中です（本日{_clock(desk.closes)}まで）。"
    when = "本日" if opening.date() == now.date() else _day(opening.date())
    return f"ただいまは受付時間外です。次の受付は{when} {_clock(desk.opens)}からです。"


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日（{_WEEKDAYS[day.weekday()]}）"


def _clock(moment: time) -> str:
    return f"{moment.hour}:{moment.minute:02}"


class RequestHuman(CityAction):
    """Tells how to reach a person."""

    action_name = "action_request_human"

    async def act(self, turn: Turn) -> Events:
        """Say the number and its hours."""
        settings = self.context.settings
        city = load_city(settings.city_dir)
        now = self.context.clock().astimezone(settings.timezone)
        turn.say(desk_message(city, now, turn.text))
        return []


def actions(context: ActionContext) -> list[Action]:
    """Return the actions of this module."""
    return [RequestHuman(context)]
