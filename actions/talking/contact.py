"""How to reach a person: the general desk and its hours."""

from datetime import date, datetime, time, timedelta

import jpholiday
from rasa_sdk import Action

from actions.base import ActionContext, CityAction, Events, Turn
from actions.city import City, GeneralDesk, MonthDay, load_city
from actions.danger.turns_parsing import asks, asks_for_staff, calls_for_help, cannot_phone, folded
from actions.faq.actions import answer_message, leave_entry
from actions.faq.related import sure_entry, with_entry
from actions.talking.contact_parsing import names_more_than_ways
from actions.talking.waiting import ask_for_person, standing_message, with_phone
from kit.wording import SOURCE, day_words, language, month_day_words, translated
from messages.neutral import OpenLink, Payload, Text

WITHOUT_PHONE = Text(
    text=(
        "電話でなくて大丈夫です。このトークに、知りたいことを文字で送ってください。"
        "職員への伝言も、このトークで残せます。窓口では筆談もできます。"
        "FAXやメールの宛先は、市のホームページの担当課のページにあります。"
    ),
    choices=(Payload(label="職員に相談", payload="/request_human"),),
)
_LONGEST_WISH = 60
"""Characters; a longer message tells of a matter besides."""
_LOOK_BACK = 3
"""Messages in which the desk may have been named."""


def asks_without_phone(turn: Turn) -> bool:
    """Tell whether no more is said than that a telephone is no way."""
    is_tap = turn.said.startswith("/")
    words = folded(turn.written)
    says_so = not is_tap and cannot_phone(words) and not calls_for_help(words)
    matter = asks(words) and names_more_than_ways(words)
    return says_so and len(turn.written) <= _LONGEST_WISH and not turn.warned and not matter


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
    lines = [
        "職員に電話でご相談いただけます。",
        f"{translated(desk.name)}　{desk.phone}",
        translated(
            "平日 {opens}〜{closes}（祝日と{first}〜{last}はお休み）",
            opens=_clock(desk.opens),
            closes=_clock(desk.closes),
            first=_month_day(desk.closed_from),
            last=_month_day(desk.closed_to),
        ),
        _open_line(desk, now),
    ]
    if wanted := city.desks_for(text):
        lines.append(translated("「{desk}をお願いします」とお伝えください。", desk=wanted[0].name))
    if language() not in (SOURCE, "easy"):
        lines.append("電話は日本語でのご案内です。日本語のできる方と一緒だと安心です。")
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
        return translated("ただいま受付中です（本日{closes}まで）。", closes=_clock(desk.closes))
    when = translated("本日") if opening.date() == now.date() else day_words(opening.date())
    return translated(
        "ただいまは受付時間外です。次の受付は{day} {opens}からです。",
        day=when,
        opens=_clock(desk.opens),
    )


def _month_day(month_day: MonthDay) -> str:
    # A leap year, so that every day of a year can be said.
    return month_day_words(date.fromisoformat(f"2028-{month_day}"))


def _clock(moment: time) -> str:
    return f"{moment.hour}:{moment.minute:02}"


class RequestHuman(CityAction):
    """Tells how to reach a person."""

    action_name = "action_request_human"

    async def act(self, turn: Turn) -> Events:
        """Offer a person in the talk, and the number with its hours.

        「雪かきを手伝ってくれる人は？」 has an answer besides.
        """
        settings = self.context.settings
        city = load_city(settings.city_dir)
        if asks_without_phone(turn):
            turn.say(WITHOUT_PHONE)
            return []
        now = self.context.clock().astimezone(settings.timezone)
        # Somebody in danger reads of nothing else.
        entry = None if turn.warned or turn.answered else await sure_entry(self.context, turn)
        is_matter = turn.handoff_asked or asks_for_staff(folded(turn.said))
        if entry is not None and not is_matter:
            # 「運んでくれる人はいますか」 asks for help that the city has, not for staff.
            turn.say(answer_message(entry, city))
            leave_entry(turn, entry)
            return []
        about = " ".join((turn.text, *turn.earlier_words[:_LOOK_BACK]))
        message = desk_message(city, now, turn.text if city.desks_for(turn.text) else about)
        standing = await ask_for_person(turn, self.context)
        if standing is not None:
            told = standing_message(standing, now)
            message = told if turn.cannot_phone else with_phone(told, message)
        turn.say(with_entry(message, entry))
        return []


def actions(context: ActionContext) -> list[Action]:
    """Return the actions of this module."""
    return [RequestHuman(context)]
