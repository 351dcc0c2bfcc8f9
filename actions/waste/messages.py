"""How the waste skill words its answers: neutral messages from the service's answers."""

import json
from collections.abc import Sequence
from datetime import date, time
from itertools import groupby

from actions.talking.language import only_in_japanese
from kit.wording import clock_words, date_words, day_words, listed, translated
from messages.neutral import Choice, Message, OpenLink, Payload, Text
from services.waste.contract import (
    CalendarEnd,
    Collection,
    DayAnswer,
    Edge,
    Item,
    ItemAnswer,
    Office,
)

DEMONSTRATION = "※デモ用のデータです"
KEEP_QUESTION = "次からもこの地区でお答えしますか？「この地区を覚える」を押すと覚えます。"
PAGE = 8
_LINES = 14
_ECHO = 15
_CLOSE = 0.85
_MOST = 11
SHORT = 15
"""Longest message, in characters, that only tells more about what was just said."""

REMIND = Payload(label="前日にお知らせ", payload="/set_waste_reminder")
SORT = Payload(label="分け方を調べる", payload="/ask_waste_sorting")
OTHER_AREA = Payload(label="地区を変える", payload='/ask_waste_day{"waste_area": "?"}')
DAYS = Payload(label="ごみの日を見る", payload="/ask_waste_day")
CANCEL = Payload(label="やめる", payload="/cancel")
HUMAN = Payload(label="職員に相談", payload="/request_human")


def tap(label: str, intent: str, **entities: str) -> Payload:
    """Return a choice that names an intent with its entities exactly."""
    return Payload(label=label, payload=f"/{intent}{json.dumps(entities, ensure_ascii=False)}")


def area_kept(area: str, *, demonstration: bool, before: str = "") -> Message:
    """Confirm that the district is remembered, and which one it replaces."""
    if before and before != area:
        line = translated(
            "地区を「{before}」から「{area}」に直しました。", before=before, area=area
        )
    else:
        line = translated(
            "地区を「{area}」で覚えました。次からは地区を聞かずにお答えします。", area=area
        )
    return Text(
        text="\n".join(marked([line], demonstration=demonstration)),
        choices=(DAYS, REMIND, OTHER_AREA),
    )


def area_changed(before: str, area: str) -> Message:
    """Say that this talk is about another district now."""
    return Text(text=translated("「{before}」を「{area}」に直しました。", before=before, area=area))


def area_remembered(area: str, *, demonstration: bool) -> Message:
    """Say after an answer that the district will be used again, and how to change it."""
    line = translated(
        "次からも「{area}」でお答えします。変えるときは「地区を変える」を押してください。",
        area=area,
    )
    return Text(
        text="\n".join(marked([line], demonstration=demonstration)),
        choices=(REMIND, SORT, OTHER_AREA),
    )


def area_not_found() -> Message:
    """Give up on the district honestly."""
    return Text(
        text="地区を確認できませんでした。申し訳ありません。お手数ですが、もう一度はじめからお試しください。",
        choices=(DAYS, HUMAN),
    )


def which_matter() -> Message:
    """Ask what about waste somebody wants to know."""
    return Text(
        text="ごみのことですね。何をお調べしますか？",
        choices=(
            Payload(label="収集日", payload="/ask_waste_day"),
            Payload(label="分け方・出し方", payload="/ask_waste_sorting"),
            Payload(label="ごみの日のお知らせ", payload="/set_waste_reminder"),
            HUMAN,
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


def day_answer(answer: DayAnswer, *, before: Sequence[str] = (), keep: bool = False) -> Message:
    """Say what is collected on the days asked about, or when the kinds asked about come next.

    `keep`: offer to remember the district, which was said in passing.
    """
    lines = list(answer.by_request)
    if lines:
        lines.append(translated("お申し込み・お問い合わせ：{desk}", desk=contact(answer.office)))
    if answer.collections or answer.ended or not answer.by_request:
        lines = [*_day_lines(answer), *ended_lines(answer.ended, answer.office), *lines]
    lines = [*before, *lines]
    choices: list[Choice] = [REMIND, SORT, OTHER_AREA]
    if keep and not answer.area_is_saved and answer.area:
        lines.append(KEEP_QUESTION)
        choices.insert(0, tap("この地区を覚える", "ask_waste_day", keep_area=answer.area))
    return Text(text=signed(lines, answer.office), choices=tuple(choices))


def _day_lines(answer: DayAnswer) -> list[str]:
    lines = [translated("「{day}」という日は、ありません。", day=day) for day in answer.missing]
    if lines and answer.first is None:
        return [*lines, "日にちを、もう一度送ってください。"]
    if answer.edge is not None:
        return [*lines, *_edge_lines(answer, answer.edge)]
    for part in answer.parts:
        one = answer.model_copy(update=dict(part))
        lines += [line for line in _stretch_lines(one) if line not in lines]
    return lines if answer.parts else [*lines, *_stretch_lines(answer)]


def _edge_lines(answer: DayAnswer, edge: Edge) -> list[str]:
    """Say the last collections before the end of some days, or the first from them on."""
    if not answer.collections:
        return [translated("{area}の収集の予定が見つかりませんでした。", area=answer.area)]
    until = edge is Edge.last
    if len(answer.collections) == 1:
        found = answer.collections[0]
        one = (
            "{area}の最後の「{kind}」は、{day}です。"
            if until
            else "{area}の最初の「{kind}」は、{day}です。"
        )
        kind, day = translated(found.category), _near(found.date, answer.today)
        return [translated(one, area=answer.area, kind=kind, day=day), _put_out(answer.office)]
    if until:
        heading = translated(
            "{area}の、{day}までの最後の収集日です。", area=answer.area, day=_day(answer.last)
        )
    else:
        heading = translated(
            "{area}の、{day}からの最初の収集日です。", area=answer.area, day=_day(answer.first)
        )
    return [heading, *_listed(answer.collections), _put_out(answer.office)]


def _stretch_lines(answer: DayAnswer) -> list[str]:
    if answer.first is None:
        return _next_lines(answer)
    if answer.first == answer.last:
        return _one_day_lines(answer, answer.first)
    return _many_days_lines(answer)


def _next_lines(answer: DayAnswer) -> list[str]:
    kinds = answer.categories
    if not answer.collections:
        missing = "{area}の収集の予定が見つかりませんでした。{desk}へお問い合わせください。"
        said = translated(missing, area=answer.area, desk=contact(answer.office))
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
        told = [translated("{day}の{area}は「{kinds}」の日です。", kinds=kinds, **where)]
        if answer.too_late:
            passed = "朝{time}を過ぎたので、今日の分はもう間に合いません。"
            told.append(translated(passed, time=clock_words(closing_time(answer.office))))
            return [*told, *_upcoming(answer)]
        return [*told, *_remarks(due), _put_out(answer.office)]
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
    after = translated("その後の収集日は、{desk}へお問い合わせください。", desk=contact(office))
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


def items_answer(answers: Sequence[ItemAnswer]) -> Message:
    """Say of several things what kind of waste each is."""
    lines: list[str] = []
    choices: list[Choice] = []
    for answer in answers:
        lines += _item_lines(answer)
        choices += [
            tap(item.name, "ask_waste_sorting", waste_item=item.name) for item in answer.matches[:3]
        ]
    lines.append("くわしい出し方は、下のボタンからどうぞ。")
    return Text(text=signed(lines, answers[0].office), choices=tuple(choices[:_MOST]))


def _item_lines(answer: ItemAnswer) -> list[str]:
    if answer.sure:
        return [f"・{_kind_line(answer.matches[0])}"]
    close = [item for item in answer.matches if item.score >= _CLOSE]
    if close and len({item.category for item in close}) == 1:
        return [f"・{_kind_line(close[0])}"]
    asked = answer.asked or (close[0].name if close else "")
    if close:
        told = translated("・「{item}」は、ものによって違います。", item=asked)
        return [told, *(f"　{_kind_line(item)}" for item in close[:3])]
    if not asked:
        return []
    return [translated("・「{item}」は市の一覧で見つかりませんでした。", item=asked)]


def item_answer(answer: ItemAnswer, *, whole: bool = False) -> Message:
    """Say what kind of waste the thing is; offer several when in doubt; admit when unknown.

    `whole`: with everything that is said about its kind.
    """
    if answer.sure:
        return _one_item(answer, answer.matches[0], whole=whole)
    desk = contact(answer.office)
    choices = tuple(
        tap(item.name, "ask_waste_sorting", waste_item=item.name) for item in answer.matches
    )
    call = _call(answer.office)
    if not choices:
        unknown = "その品物は市の一覧で見つかりませんでした。"
        if 0 < len(answer.asked) <= _ECHO:
            unknown = translated("「{item}」は市の一覧で見つかりませんでした。", item=answer.asked)
        advice = "別の呼び方でもう一度送っていただくか、{desk}へお問い合わせください。"
        lines = [unknown, translated(advice, desk=desk)]
        return Text(text=signed(lines, answer.office), choices=(SORT, *call))
    missing = "この中にないときは、{desk}へお問い合わせください。"
    question = ["どれに近いですか？"]
    if answer.matches[0].score < _CLOSE and 0 < len(answer.asked) <= _ECHO:
        unknown = translated("「{item}」は市の一覧で見つかりませんでした。", item=answer.asked)
        question = [unknown, "この中に、近いものはありますか？"]
    lines = [*question, translated(missing, desk=desk)]
    return Text(text=signed(lines, answer.office), choices=(*choices, *call))


def _one_item(answer: ItemAnswer, item: Item, *, whole: bool) -> Message:
    if item.name == item.category:
        lines = [translated("「{kind}」の出し方です。", kind=translated(item.category)), answer.how]
    else:
        how = answer.how if whole else answer.how.partition("\n")[0]
        lines = [_kind_line(item), item.notice]
        if how and (item.collected or not item.notice):
            lines.append(translated("出し方：{how}", how=how))
    if any(lines[1:]):
        lines[1:1] = only_in_japanese(answer.office.phone)
    if item.next_date:
        day = _day(item.next_date)
        lines.append(translated("次の収集（{area}）：{day}", area=answer.area, day=day))
    lines += ended_lines(answer.ended, answer.office)
    choices: list[Choice] = [SORT]
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


def contact(office: Office) -> str:
    desk = translated(office.desk)
    if not office.phone:
        return desk
    return translated("{desk}（電話 {phone}）", desk=desk, phone=office.phone)


def signed(lines: Sequence[str], office: Office) -> str:
    return "\n".join(marked(lines, demonstration=office.demonstration))


def marked(lines: Sequence[str], *, demonstration: bool) -> list[str]:
    return [*lines, DEMONSTRATION] if demonstration else list(lines)


def _day(day: date | None) -> str:
    return day_words(day) if day else ""


def _near(day: date, today: date) -> str:
    name = {0: "今日 {day}", 1: "明日 {day}", 2: "あさって {day}"}.get((day - today).days, "{day}")
    return translated(name, day=day_words(day))
