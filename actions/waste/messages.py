"""How the waste skill words its answers: neutral messages from the service's answers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import groupby

from actions.talking.language import only_in_japanese
from kit.wording import clock_words, date_words, day_words, listed, translated
from messages.neutral import Choice, Message, OpenLink, Payload, Text
from services.waste.contract import (
    CalendarEnd,
    Collection,
    DayAnswer,
    Item,
    ItemAnswer,
    Office,
)

DEMONSTRATION = "※デモ用のデータです"
PAGE = 8
_LINES = 14
_ECHO = 15

_REMIND = Payload(label="前日にお知らせ", payload="/set_waste_reminder")
_SORT = Payload(label="分け方を調べる", payload="/ask_waste_sorting")
_OTHER_AREA = Payload(label="地区を変える", payload='/ask_waste_day{"waste_area": "?"}')
DAYS = Payload(label="ごみの日を見る", payload="/ask_waste_day")
CANCEL = Payload(label="やめる", payload="/cancel")
_HUMAN = Payload(label="職員に相談", payload="/request_human")


def tap(label: str, intent: str, **entities: str) -> Payload:
    """Return a choice that names an intent with its entities exactly."""
    return Payload(label=label, payload=f"/{intent}{json.dumps(entities, ensure_ascii=False)}")


@dataclass(frozen=True)
class Areas:
    """The districts to choose from, and why they are asked about."""

    shown: tuple[str, ...]
    few: bool = False
    """They were picked because of what the resident wrote."""
    unknown: bool = False
    """What the resident wrote is no district."""
    repeated: bool = False
    """The same few were offered just before."""
    demonstration: bool = False


def which_area(areas: Areas, page: int, intent: str) -> Message:
    """Ask for the district: a page of choices, the last of which shows more."""
    shown = areas.shown[page * PAGE : (page + 1) * PAGE]
    choices: list[Choice] = [tap(area, intent, waste_area=area) for area in shown]
    if len(areas.shown) > PAGE:
        following = page + 1 if (page + 1) * PAGE < len(areas.shown) else 0
        choices.append(tap("ほかの地区", intent, waste_area=f"more{following}"))
    if areas.repeated:
        choices.append(_HUMAN)
    choices.append(CANCEL)
    lines = _marked(_area_question(areas), demonstration=areas.demonstration)
    return Text(text="\n".join(lines), choices=tuple(choices))


def _area_question(areas: Areas) -> list[str]:
    if areas.unknown and areas.few:
        return ["その名前の地区が見つかりませんでした。", "この中に、お住まいの地区はありますか？"]
    if areas.unknown:
        return [
            "その名前の地区が見つかりませんでした。",
            "お住まいに近い地区を、下から選んでください。",
        ]
    if areas.repeated:
        return [
            "同じ名前の地区が分かれています。下のボタンから選んでください。",
            "どれか分からないときは、職員にご相談ください。",
        ]
    if areas.few:
        return ["次のうち、どの地区ですか？", *(f"・{area}" for area in areas.shown)]
    return ["お住まいの地区はどちらですか？", "下から選ぶか、地区の名前を送ってください。"]


def area_kept(area: str, *, demonstration: bool) -> Message:
    """Confirm that the district is remembered."""
    line = translated(
        "地区を「{area}」で覚えました。次からは地区を聞かずにお答えします。", area=area
    )
    return Text(
        text="\n".join(_marked([line], demonstration=demonstration)),
        choices=(DAYS, _REMIND, _OTHER_AREA),
    )


def area_remembered(area: str, *, demonstration: bool) -> Message:
    """Say after an answer that the district will be used again, and how to change it."""
    line = translated(
        "次からも「{area}」でお答えします。変えるときは「地区を変える」を押してください。",
        area=area,
    )
    return Text(
        text="\n".join(_marked([line], demonstration=demonstration)),
        choices=(_REMIND, _SORT, _OTHER_AREA),
    )


def area_not_found() -> Message:
    """Give up on the district honestly."""
    return Text(
        text="地区を確認できませんでした。申し訳ありません。お手数ですが、もう一度はじめからお試しください。",
        choices=(DAYS, _HUMAN),
    )


def which_matter() -> Message:
    """Ask what about waste somebody wants to know."""
    return Text(
        text="ごみのことですね。何をお調べしますか？",
        choices=(
            Payload(label="収集日", payload="/ask_waste_day"),
            Payload(label="分け方・出し方", payload="/ask_waste_sorting"),
            Payload(label="ごみの日のお知らせ", payload="/set_waste_reminder"),
            _HUMAN,
        ),
    )


def which_item() -> Message:
    """Ask what is to be thrown away."""
    examples = ("スプレー缶", "乾電池", "布団", "モバイルバッテリー")
    choices = [tap(item, "ask_waste_sorting", waste_item=item) for item in examples]
    return Text(
        text="何を捨てますか？\n品物の名前を送ってください。（例：スプレー缶、布団）",
        choices=(*choices, CANCEL),
    )


def day_answer(answer: DayAnswer) -> Message:
    """Say what is collected on the days asked about, or when the kinds asked about come next."""
    lines = list(answer.by_request)
    if lines:
        lines.append(translated("お申し込み・お問い合わせ：{desk}", desk=_contact(answer.office)))
    if answer.collections or answer.ended or not answer.by_request:
        lines = [*_day_lines(answer), *ended_lines(answer.ended, answer.office), *lines]
    choices: list[Choice] = [_REMIND, _SORT, _OTHER_AREA]
    if not answer.area_is_saved and answer.area:
        choices.insert(0, tap("この地区を覚える", "ask_waste_day", keep_area=answer.area))
    return Text(text=signed(lines, answer.office), choices=tuple(choices))


def _day_lines(answer: DayAnswer) -> list[str]:
    if answer.first is None:
        return _next_lines(answer)
    if answer.first == answer.last:
        return _one_day_lines(answer, answer.first)
    return _many_days_lines(answer)


def _next_lines(answer: DayAnswer) -> list[str]:
    kinds = answer.categories
    if not answer.collections:
        missing = "{area}の収集の予定が見つかりませんでした。{desk}へお問い合わせください。"
        said = translated(missing, area=answer.area, desk=_contact(answer.office))
        return [] if answer.ended else [said]
    if len(kinds) == 1:
        found = answer.collections[0]
        when = _near(found.date, answer.today)
        return [
            translated(
                "{area}の次の「{kind}」は、{day}です。",
                area=answer.area,
                kind=translated(found.category),
                day=when,
            ),
            *_remarks(answer.collections),
            _put_out(answer.office),
        ]
    lines = [
        translated("{area}の次の収集日です。", area=answer.area),
        *_listed(answer.collections),
    ]
    return [*lines, _put_out(answer.office)]


def _one_day_lines(answer: DayAnswer, day: date) -> list[str]:
    where = {"day": _near(day, answer.today), "area": answer.area}
    due = [c for c in answer.collections if not c.stopped]
    asked = listed(answer.categories, "・")
    if due:
        kinds = listed((c.category for c in due), "・")
        return [
            translated("{day}の{area}は「{kinds}」の日です。", kinds=kinds, **where),
            *_remarks(due),
            _put_out(answer.office),
        ]
    if answer.collections:
        kinds = listed((c.category for c in answer.collections), "・")
        stopped = "{day}は収集がお休みのため、{area}の「{kinds}」は出せません。"
        lines = [translated(stopped, kinds=kinds, **where)]
    elif answer.ended:
        lines = [translated("{day}の{area}の収集は、わからないものがあります。", **where)]
    elif asked:
        lines = [translated("{day}の{area}に「{kinds}」の収集はありません。", kinds=asked, **where)]
    else:
        lines = [translated("{day}の{area}に、ごみの収集はありません。", **where)]
    return [*lines, *_upcoming(answer)]


def _many_days_lines(answer: DayAnswer) -> list[str]:
    stretch = {"first": _day(answer.first), "last": _day(answer.last), "area": answer.area}
    if not answer.collections:
        nothing = "{first}から{last}に、{area}の該当する収集はありません。"
        if answer.ended:
            nothing = "{first}から{last}の{area}の収集は、わからないものがあります。"
        return [translated(nothing, **stretch), *_upcoming(answer)]
    return [
        translated("{area}の{first}から{last}の収集です。", **stretch),
        *_listed(answer.collections),
        *_upcoming(answer),
    ]


def _upcoming(answer: DayAnswer) -> list[str]:
    heading = "わかっている次の収集" if answer.ended else "次の収集"
    return [heading, *_listed(answer.upcoming)] if answer.upcoming else []


def ended_lines(ended: Sequence[CalendarEnd], office: Office) -> list[str]:
    """Say which calendars have come to an end, and who knows how it goes on."""
    lines = []
    for last, group in groupby(sorted(ended, key=lambda end: end.last), key=lambda end: end.last):
        told = "「{kinds}」の予定表は、{last}で終わりです。"
        kinds = listed((end.category for end in group), "・")
        lines.append(translated(told, kinds=kinds, last=date_words(last)))
    after = translated("その後の収集日は、{desk}へお問い合わせください。", desk=_contact(office))
    return [*lines, after] if lines else []


def _listed(collections: Sequence[Collection]) -> list[str]:
    """Return a line a day; a stopped kind says so. Long lists end in a word, not in silence."""
    lines = []
    for day, group in groupby(collections, key=lambda c: c.date):
        kinds = listed((_kind(c) for c in group), "・")
        lines.append(f"・{_day(day)} {kinds}")
    more = len(lines) - _LINES
    return [*lines[:_LINES], translated("（ほか{more}日）", more=more)] if more > 0 else lines


def _kind(collection: Collection) -> str:
    if not collection.stopped:
        return collection.category
    return translated("{kind}（お休み）", kind=translated(collection.category))


def _remarks(collections: Sequence[Collection]) -> list[str]:
    return [f"※{remark}" for remark in dict.fromkeys(r for c in collections for r in c.remarks)]


def item_answer(answer: ItemAnswer) -> Message:
    """Say what kind of waste the thing is; offer several when in doubt; admit when unknown."""
    if answer.sure:
        return _one_item(answer, answer.matches[0])
    contact = _contact(answer.office)
    choices = tuple(
        tap(item.name, "ask_waste_sorting", waste_item=item.name) for item in answer.matches
    )
    call = _call(answer.office)
    if not choices:
        unknown = "その品物は市の一覧で見つかりませんでした。"
        if 0 < len(answer.asked) <= _ECHO:
            unknown = translated("「{item}」は市の一覧で見つかりませんでした。", item=answer.asked)
        advice = "別の呼び方でもう一度送っていただくか、{desk}へお問い合わせください。"
        lines = [unknown, translated(advice, desk=contact)]
        return Text(text=signed(lines, answer.office), choices=(_SORT, *call))
    missing = "この中にないときは、{desk}へお問い合わせください。"
    lines = ["どれに近いですか？", translated(missing, desk=contact)]
    return Text(text=signed(lines, answer.office), choices=(*choices, *call))


def _one_item(answer: ItemAnswer, item: Item) -> Message:
    if item.name == item.category:
        lines = [translated("「{kind}」の出し方です。", kind=translated(item.category)), answer.how]
    else:
        how = answer.how.partition("\n")[0]
        lines = [_kind_line(item), item.notice]
        if how and (item.collected or not item.notice):
            lines.append(translated("出し方：{how}", how=how))
    if any(lines[1:]):
        lines[1:1] = only_in_japanese(answer.office.phone)
    if item.next_date:
        day = _day(item.next_date)
        lines.append(translated("次の収集（{area}）：{day}", area=answer.area, day=day))
    lines += ended_lines(answer.ended, answer.office)
    choices: list[Choice] = [_SORT]
    if item.collected:
        choices.insert(0, tap("収集日を調べる", "ask_waste_day", waste_type=item.category))
    shown = [line for line in lines if line]
    return Text(text=signed(shown, answer.office), choices=tuple(choices))


def _kind_line(item: Item) -> str:
    """Say the kind; some "kinds" of real files are sentences (市では収集しません)."""
    if item.category.endswith(("ません", "ない")):
        return translated("「{item}」は、{kind}。", item=item.name, kind=translated(item.category))
    kind = translated(item.category)
    return translated("「{item}」は【{kind}】です。", item=item.name, kind=kind)


def _put_out(office: Office) -> str:
    return translated("朝{time}までに出してください。", time=clock_words(closing_time(office)))


def closing_time(office: Office) -> time:
    hour, _, minute = office.put_out_by.partition(":")
    return time(int(hour), int(minute or 0))


def _call(office: Office) -> tuple[Choice, ...]:
    number = office.phone.replace("-", "")
    return (OpenLink(label="電話で聞く", url=f"tel:{number}"),) if number else ()


def _contact(office: Office) -> str:
    desk = translated(office.desk)
    if not office.phone:
        return desk
    return translated("{desk}（電話 {phone}）", desk=desk, phone=office.phone)


def signed(lines: Sequence[str], office: Office) -> str:
    return "\n".join(_marked(lines, demonstration=office.demonstration))


def _marked(lines: Sequence[str], *, demonstration: bool) -> list[str]:
    return [*lines, DEMONSTRATION] if demonstration else list(lines)


def _day(day: date | None) -> str:
    return day_words(day) if day else ""


def _near(day: date, today: date) -> str:
    name = {0: "今日 {day}", 1: "明日 {day}", 2: "あさって {day}"}.get((day - today).days, "{day}")
    return translated(name, day=day_words(day))
