"""How facts, terms and things to do are said. What a city's own files say stays Japanese."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from kit.wording import date_words, day_words, translated
from messages.neutral import OpenLink, Text
from services.procedures import contract
from services.procedures.answers import UNKNOWN
from services.procedures.conditions import Value
from services.procedures.events import Channel, Deadline, Event, Fact, Guidebook
from services.procedures.listing import Row

PAGE = {
    "title": "手続きの一覧",
    "heard": "うかがったこと",
    "unknown": "わからない",
    "fix": "ちがうところは、LINEのトークにそのまま送ってください。",
    "left": "これからすること",
    "all_done": "すべて済みました。おつかれさまでした。",
    "sort": "並べ方",
    "by_desk": "窓口の順",
    "by_day": "期限の順",
    "desk": "窓口",
    "maybe": "当てはまるかもしれません",
    "maybe_how": "わからないとお答えになったことで決まります。窓口で確かめられます。",
    "discreet": "見られる心配があるときは、見終わったら、この画面とLINEのトークを消してください。"
    "お知らせは送りません。",
    "until": "期限",
    "over": "期限が過ぎています。早めに窓口へご相談ください。",
    "soon": "早めに",
    "more": "くわしく",
    "whom": "対象",
    "bring": "持ち物",
    "fee": "費用",
    "elsewhere": "ほかの方法",
    "missed": "遅れると",
    "basis": "根拠",
    "after": "先にすること",
    "done": "済んだ",
    "undo": "済んだ印を取り消す",
    "by_family": "家族が印を付けました",
    "by_staff": "窓口で印を付けました",
    "bring_all": "持ち物のまとめ",
    "other_office": "市役所以外",
    "print": "印刷するとき・PDFにするときは、お使いのブラウザの「印刷」を選んでください。",
    "calendar": "期限をカレンダーに入れる",
    "remind": "期限の前にLINEで知らせる",
    "reminding": "期限の7日前・3日前・前日に、LINEでお知らせします。",
    "unremind": "お知らせを止める",
    "papers": "名前や住所を入れた用紙（PDF）",
    "papers_how": "マイナンバーカードを読み取って受け取ります。用紙は日本語です。",
    "share": "家族に見せる",
    "share_how": "下のリンクを知っている人は、この一覧を見て、済んだ印を付けられます。",
    "unshare": "家族に見せるのをやめる",
    "shared_page": "ご家族から共有された一覧です。",
    "counter": "窓口で見せる",
    "counter_how": "コードを窓口の職員に見せてください。同じことを何度も話さずに済みます。",
    "counter_make": "コードを出す",
    "counter_until": "このコードは{time}まで使えます。",
    "settings": "この一覧について",
    "gone": "この一覧は、もうありません。",
    "gone_how": "LINEのトークで「手続きの続き」と送ると、新しいリンクが届きます。",
    "japanese": "手続きの内容は日本語だけです。わからないときは、窓口でおたずねください。",
    "demonstration": "※デモ用の内容です。実際の手続きは、市の窓口でお確かめください。",
    "reviewed": "内容を確かめた日",
}
"""What the list's page says, by name."""

BY_DAY = {
    "over": "期限が過ぎたもの",
    "today": "今日まで",
    "week": "今週中",
    "month": "30日以内",
    "soon": "早めに（決まった期限はありません）",
    "later": "そのあと",
    "undated": "急がないもの",
    "done": "済んだもの",
}
"""Stretches of time, as the list by day is divided, in their order."""

CHANNELS = {
    Channel.online: "オンライン",
    Channel.post: "郵送",
    Channel.branch: "支所など",
    Channel.convenience_store: "コンビニ",
    Channel.phone: "電話",
}

_UNITS = {"days": "日", "months": "か月", "years": "年"}


def fact_words(fact: Fact, value: Value, today: date) -> str:
    """Return a value in words: `はい`, `11月20日(金)`, `3歳、5歳`, `犬、車・バイク`, `なし`."""
    labels = {option.value: option.label for option in fact.options}
    if isinstance(value, bool):
        return translated("はい") if value else translated("いいえ")
    if isinstance(value, date):
        return due_words(value, today)
    if isinstance(value, tuple):
        ages = [translated("{age}歳", age=str(age)) for age in value]
        return "、".join(ages) or translated("いない")
    if isinstance(value, frozenset):
        chosen = [labels[one.value] for one in fact.options if one.value in value]
        return "、".join(chosen) or translated("なし")
    return labels.get(str(value), str(value))


def due_words(day: date, today: date) -> str:
    """Return a day; one that is far off with its year."""
    return day_words(day) if abs((day - today).days) < 180 else date_words(day)


def until_words(day: date, today: date) -> str:
    """Return the last day of a stretch of time."""
    return translated("{day}まで", day=due_words(day, today))


def needed_words(day: date, today: date) -> str:
    """Return the day by which something is needed that has no term of its own."""
    return translated("{day}まで（あとの手続きに必要です）", day=due_words(day, today))


def known_words(
    event: Event, answers: Mapping[str, Any], known: Mapping[str, Value], today: date
) -> tuple[contract.Known, ...]:
    """Return what is known, in the event's order; no words where the resident does not know."""
    return tuple(
        contract.Known(
            name=fact.name,
            label=fact.label,
            words=fact_words(fact, known[fact.name], today) if fact.name in known else "",
        )
        for fact in event.facts
        if fact.name in known or answers.get(fact.name) == UNKNOWN
    )


def noted(
    event: Event, hints: Mapping[str, list[str]], known: tuple[contract.Known, ...]
) -> tuple[str, ...]:
    """Return the options that were told of questions for several that are still open."""
    settled = {one.name for one in known}
    return tuple(
        option.label
        for fact in event.facts
        if fact.name not in settled
        for option in fact.options
        if option.value in hints.get(fact.name, ())
    )


def term_words(deadline: Deadline | None, event: Event) -> str:
    """Return a term: `引っ越した日から14日以内`, `出発の日まで`, `引っ越す日の14日前まで`."""
    if deadline is None:
        return ""
    start = event.by_name[deadline.start].label
    counted = [(name, number) for name in _UNITS if (number := getattr(deadline, name))]
    if not counted:
        return translated("{start}まで", start=start)
    name, number = counted[0]
    unit = translated(_UNITS[name])
    if deadline.before:
        return translated("{start}の{number}{unit}前まで", start=start, number=number, unit=unit)
    return translated("{start}から{number}{unit}以内", start=start, number=number, unit=unit)


def to_do(row: Row, event: Event, book: Guidebook, today: date) -> contract.ToDo:
    """Return a row as the talk says it."""
    procedure = row.procedure
    return contract.ToDo(
        key=procedure.key,
        title=procedure.title,
        due=row.due,
        is_over=row.due is not None and row.due < today,
        term=term_words(procedure.deadline, event),
        desk=book.desks[procedure.desk].name,
        place=book.desks[procedure.desk].place,
        hours=book.desks[procedure.desk].hours,
        bring=tuple(book.items[item] for item in procedure.bring),
        is_certain=row.certain,
        for_whom="" if row.certain else procedure.for_whom,
        missed=procedure.missed,
    )


def elsewhere(rows: Iterable[Row]) -> tuple[contract.Elsewhere, ...]:
    """Return what of the certain can be done without coming, and how."""
    return tuple(
        contract.Elsewhere(
            title=row.procedure.title, kind=translated(CHANNELS[way.kind]), words=way.words
        )
        for row in rows
        if row.certain
        for way in row.procedure.elsewhere
    )


def question(fact: Fact, hints: Mapping[str, list[str]]) -> contract.Question:
    """Return a question as the talk asks it."""
    return contract.Question(
        name=fact.name,
        kind=fact.kind.value,
        words=fact.question,
        label=fact.label,
        choices=tuple(
            contract.Choice(value=one.value, label=one.label, words=one.words)
            for one in fact.options
        ),
        chosen=tuple(hints.get(fact.name, ())),
        least=fact.least,
        most=fact.most,
    )


def page_words() -> dict[str, str]:
    """Return the words of the list's page in the language that is spoken now."""
    return {name: translated(words) for name, words in PAGE.items()}


def reminder(ending: Iterable[Row], today: date, url: str) -> Text:
    """Return the reminder of terms that end soon: titles and days, nothing of the household."""
    rows = [
        translated("・{title}：{day}まで", title=row.procedure.title, day=due_words(row.due, today))
        for row in ending
        if row.due is not None
    ]
    heading = translated("手続きの期限が近づいています。")
    closing = translated("済んだものに一覧で印を付けると、そのお知らせは止まります。")
    return Text(
        text="\n".join([heading, *rows, closing]),
        choices=(OpenLink(label="一覧を開く", url=contract.spoken_url(url)),),
    )
