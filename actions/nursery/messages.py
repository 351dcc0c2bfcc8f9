"""What the talk says of nursery places: what is free; of an application only that there is one."""

from collections.abc import Sequence
from urllib.parse import urlencode

from actions.nursery.words_parsing import in_years
from actions.talking.menu import HUMAN
from kit.wording import clock_words, day_words, month_day_words, translated
from messages.neutral import Choice, OpenLink, Payload, Text
from services.nursery.contract import RoundInfo, Seats, Vacancies

APPLY = Payload(label="申し込みたい", payload="/apply_nursery")
POINTS = Payload(label="点数の目安", payload="/estimate_nursery_points")
VACANCY = Payload(label="空きを調べる", payload="/ask_nursery_vacancy")
DEMONSTRATION = "※デモ用のデータです"
_SHOWN = 5


def ask_ages() -> tuple[Choice, ...]:
    """Return a button for each class."""
    return tuple(
        Payload(
            label=translated("{age}歳児", age=age),
            payload=f'/ask_nursery_vacancy{{"age": "{in_years(age)}"}}',
        )
        for age in range(6)
    )


def too_old() -> Text:
    """Say that school comes next."""
    return Text(
        text="保育所などのクラスは、0歳児から5歳児までです。年齢は、4月1日時点で数えます。",
        choices=(*ask_ages(), HUMAN),
    )


def vacancies(found: Sequence[Vacancies], page: str, phone: str) -> Text:
    """Say what is free for each class asked for, most seats first."""
    parts = [_of_class(one) for one in found]
    first = found[0]
    query = {"age": first.age, "district": first.district}
    told = {name: value for name, value in query.items() if value not in (None, "")}
    lines = ["\n\n".join(parts), "", translated("クラスの年齢は、4月1日時点です。")]
    if first.found:
        newest = max(seats.updated_on for seats in first.found)
        lines.append(translated("{day}現在の空きです。", day=day_words(newest)))
    told_desk = "窓口：{desk}（代表 {phone}）"
    lines.append(translated(told_desk, desk=translated(first.desk), phone=phone))
    if first.is_demonstration:
        lines.append(translated(DEMONSTRATION))
    link = OpenLink(label="一覧と地図を見る", url=f"{page}?{urlencode(told)}" if told else page)
    ages = ask_ages() if first.age is None else ()
    return Text(text="\n".join(lines), choices=(link, *ages, APPLY, POINTS, HUMAN))


def _of_class(found: Vacancies) -> str:
    free = [seats for seats in found.found if seats.seats]
    lines = [_head(found)]
    if not free:
        lines.append(translated("いま空きのある園はありません。"))
    lines += [_line(seats, found.age) for seats in free[:_SHOWN]]
    if len(free) > _SHOWN:
        lines.append(translated("ほかに{count}クラスあります。", count=len(free) - _SHOWN))
    return "\n".join(lines)


def _head(found: Vacancies) -> str:
    where = found.facility or found.district
    if found.age is None:
        return translated("{where}の空き", where=where) if where else translated("保育所などの空き")
    if where:
        return translated("{where}の{age}歳児クラスの空き", where=where, age=found.age)
    return translated("{age}歳児クラスの空き", age=found.age)


def _line(seats: Seats, age: int | None) -> str:
    if age is None and seats.first_age == seats.last_age:
        line = "・{name}：{age}歳児 {count}人"
        return translated(line, name=seats.name, age=seats.first_age, count=seats.seats)
    return translated("・{name}：{count}人", name=seats.name, count=seats.seats)


def points(page: str) -> Text:
    """Say how points come about in short, and where they are calculated."""
    return Text(
        text="入所の順番は、保護者それぞれの「保育が必要な理由」の点数に、"
        "世帯の事情による加点・減点を合わせて決まります。\n"
        "答えていくと、どの行で何点になるかと、昨年度の最低点をご覧いただけます。答えは保存しません。",
        choices=(OpenLink(label="点数を計算する", url=page), VACANCY, APPLY, HUMAN),
    )


def guide(round_: RoundInfo | None) -> Text:
    """Say who applies, until when and with what, before the card."""
    if round_ is None or not round_.is_open:
        return Text(
            text="いま受け付けている申し込みはありません。次の募集は、市のお知らせでご案内します。",
            choices=(VACANCY, HUMAN),
        )
    closes = round_.closes_at
    when = translated(
        "締め切りは{day} {time}です。",
        day=month_day_words(closes.date()),
        time=clock_words(closes.time()),
    )
    lines = [
        translated("保育所などの申し込みは、専用ページで行います。入力の途中でも保存されます。"),
        when,
        translated(
            "就労証明書などの書類は、専用ページで写真を付けるか、窓口か郵送でお出しください。"
            "早めにご用意ください。"
        ),
    ]
    return Text(text="\n".join(lines), choices=(POINTS, VACANCY, HUMAN))


def first(intent: str) -> Text:
    """Say what the page can do, before the card is asked for."""
    if intent == "ask_nursery_result":
        return Text(text="申し込みの結果と理由は、専用ページでお見せします。")
    return Text(text="希望の変更や取り下げは、締め切りまで専用ページでできます。")


def page_of(count: int, url: str) -> Text:
    """Say how many applications there are, and open the page."""
    if not count:
        return Text(
            text="申し込みは、まだ見つかりませんでした。専用ページから申し込めます。",
            choices=(OpenLink(label="申し込みのページ", url=url), HUMAN),
        )
    text = translated("申し込みが{count}件あります。内容は専用ページでご覧ください。", count=count)
    return Text(text=text, choices=(OpenLink(label="申し込みのページ", url=url), HUMAN))


def apply_on(url: str) -> Text:
    """Open the form."""
    return Text(
        text="申し込みのページを開きます。入力したところまで自動で保存します。",
        choices=(OpenLink(label="申し込みのページ", url=url), HUMAN),
    )


def result(count: int, *, is_released: bool, url: str) -> Text:
    """Say whether a result is there; what it is stands on the page alone."""
    if not count:
        return page_of(0, url)
    if is_released:
        return Text(
            text="申し込みの結果が出ています。内容と理由は、専用ページでご覧ください。",
            choices=(OpenLink(label="結果のページを開く", url=url), HUMAN),
        )
    return Text(
        text="結果は、まだ出ていません。出ると、このトークでお知らせします。",
        choices=(OpenLink(label="申し込みのページ", url=url), HUMAN),
    )
