"""How an answer about a part of what was told is worded."""

import re
from collections.abc import Sequence
from datetime import date

from actions.city import City, GeneralDesk, MonthDay
from actions.faq.actions import pick
from actions.faq.translations import core_answer
from actions.talking.language import only_in_japanese
from actions.talking.menu import HUMAN, MENU
from actions.topic.sentences import Aspect, where_to_ask
from kit.wording import clock_words, month_day_words, translated
from messages.neutral import Choice, OpenLink, Text
from services.faq.contract import Entry

GO_ON_WITH = Text(
    text="どのことの続きでしょうか？知りたいことを短い言葉で送ってください。", choices=MENU
)

_NAMES = {
    Aspect.cost: "費用のこと",
    Aspect.deadline: "期限のこと",
    Aspect.papers: "必要なもの",
    Aspect.proxy: "代理の方のこと",
    Aspect.weekend: "土日や祝日のこと",
    Aspect.hours: "受付の時間",
    Aspect.place: "受け付ける場所",
    Aspect.online: "オンラインでできるかどうか",
    Aspect.phone: "電話番号",
    Aspect.duration: "かかる日数",
    Aspect.language: "日本語のほかの言葉のこと",
    Aspect.condition: "対象になる方のこと",
    Aspect.day: "日にちのこと",
    Aspect.bag: "袋のこと",
}


def name_of(aspect: Aspect) -> str:
    """Return how an aspect is named in Japanese, for a search."""
    return re.sub("のこと$", "", _NAMES[aspect])


def part_of(
    entry: Entry,
    city: City,
    sentences: Sequence[str],
    aspect: Aspect | None,
    question: str,
    *,
    told: bool = False,
) -> Text:
    """Return the sentences of an entry that answer, or honestly that it says nothing of it.

    `told`: its short answer in the citizen's language was said just before, and is not repeated.
    """
    core = "" if told else core_answer(entry.id, city.folder)
    if core:
        lines = [core]
    else:
        lines = [*only_in_japanese(city.general_desk.phone), f"【{entry.question}】"]
    if sentences and not core:
        lines.append("".join(sentences))
    if aspect in (Aspect.weekend, Aspect.hours):
        lines.append(desk_hours(city.general_desk))
    elif not sentences and not core:
        name = translated(_NAMES[aspect]) if aspect else translated("お尋ねのこと")
        lines.append(
            translated(
                "この案内には、{what}は書かれていません。担当課にお確かめください。", what=name
            )
        )
        lines += where_to_ask(entry.answer)
    lines.append(
        translated(
            "担当：{desk}（市役所代表 {phone}）",
            desk=translated(entry.desk),
            phone=city.general_desk.phone,
        )
    )
    if entry.demonstration:
        lines.append(city.notices.answer)
    choices: list[Choice] = [pick("案内をすべて見る", entry.id, question)]
    choices.append(OpenLink(label="電話をかける", url=f"tel:{city.general_desk.phone}"))
    return Text(text="\n".join(lines), choices=(*choices, HUMAN))


def heard(entry: Entry, question: str) -> Text:
    """Return what is said to somebody who tells more of a matter and asks nothing."""
    return Text(
        text=translated(
            "うかがいました。「{matter}」のことで、費用や期限、持ち物など、知りたいことがあれば、そのまま送ってください。",
            matter=entry.question,
        ),
        choices=(pick("案内をすべて見る", entry.id, question), HUMAN),
    )


def desk_hours(desk: GeneralDesk) -> str:
    """Return when the city's counters are open."""
    return translated(
        "市役所の窓口は平日{opens}〜{closes}です（祝日と{first}〜{last}はお休み）。",
        opens=clock_words(desk.opens),
        closes=clock_words(desk.closes),
        first=_month_day(desk.closed_from),
        last=_month_day(desk.closed_to),
    )


def _month_day(day: MonthDay) -> str:
    # A leap year, so that every day of a year can be said.
    return month_day_words(date.fromisoformat(f"2028-{day}"))


def ask_desk(city: City, desk: str) -> Text:
    """Return whom to ask where nothing of ours answers."""
    phone = city.general_desk.phone
    return Text(
        text=translated(
            "そのことは、このトークではお答えできません。{desk}（代表 {phone}）にお尋ねください。",
            desk=translated(desk),
            phone=phone,
        ),
        choices=(OpenLink(label="電話をかける", url=f"tel:{phone}"), HUMAN),
    )
