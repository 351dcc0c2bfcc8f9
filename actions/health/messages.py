"""What the talk says of the handbook: the published schedule, and how much there is. No record."""

from actions.talking.menu import HUMAN
from kit.wording import listed, translated
from messages.neutral import Choice, OpenLink, Payload, Text
from services.health.contract import VACCINES, Age, AgeVaccines, VaccineAges

MY_CHILD = Payload(label="うちの子の予定を見る", payload="/view_vaccination_record")
_MENU = Payload(label="メニューを見る", payload="/help")
MYNA = OpenLink(label="マイナポータル", url="https://myna.go.jp/")
_EXAMPLES = ("2か月", "3か月", "5か月", "1歳", "3歳", "9歳", "11歳")
_CAUTION = (
    "公表されている予定表による目安です。体調や病気のことは、かかりつけの小児科にご相談ください。"
)
_GRADES = {12: "小学6年生", 13: "中学1年生", 16: "高校1年生"}


def _ages() -> tuple[Choice, ...]:
    return tuple(
        Payload(label=age, payload=f'/ask_vaccination_schedule{{"age": "{age}"}}')
        for age in _EXAMPLES
    )


def which_age() -> Text:
    """Ask how old the child is; nothing of it is kept."""
    return Text(
        text="お子さんは、いま何か月、または何歳ですか？\n"
        "その月齢で受ける定期接種の目安をご案内します。\n"
        "お子さんの記録にもとづく次の予定は、本人確認のあと、専用ページでご覧いただけます。",
        choices=(MY_CHILD, *_ages(), HUMAN),
    )


def months_words(months: int) -> str:
    """Return an age in words: `生後3か月`, `1歳6か月`, `3歳`."""
    if months < 12:
        return translated("生後{months}か月", months=months)
    years, rest = divmod(months, 12)
    if rest:
        return translated("{years}歳{months}か月", years=years, months=rest)
    return translated("{years}歳", years=years)


def at_age(found: AgeVaccines) -> Text:
    """Say what the published schedule has for an age."""
    age = months_words(found.months)
    names = listed(VACCINES[code] for code in found.now)
    lines = [
        translated("{age}が標準の時期にあたる定期接種：{vaccines}", age=age, vaccines=names)
        if names
        else translated("{age}が標準の時期にあたる定期接種はありません。", age=age)
    ]
    if found.soon:
        soon = listed(VACCINES[code] for code in found.soon)
        lines.append(translated("このあと3か月のうちに始まるもの：{vaccines}", vaccines=soon))
    return _told(lines, found.source)


def of_vaccine(found: VaccineAges) -> Text:
    """Say when the published schedule has a vaccine."""
    name = translated(VACCINES[found.vaccine])
    lines = []
    if found.usual is not None:
        start, end = map(age_words, found.usual)
        usual = "{vaccine}は、標準では{start}から{end}のあいだに受けはじめます。"
        lines.append(translated(usual, vaccine=name, start=start, end=end))
    if found.doses is not None:
        lines.append(translated("全部で{count}回です。", count=found.doses))
    first, last = found.allowed
    allowed = "定期接種として受けられるのは、{start}から{end}までです。"
    lines.append(translated(allowed, start=age_words(first), end=_last_day(last)))
    return _told(lines, found.source)


def _told(lines: list[str], source: str) -> Text:
    basis = translated("根拠：{source}", source=source)
    return Text(
        text="\n".join([*lines, "", translated(_CAUTION), basis]),
        choices=(MY_CHILD, *_ages(), HUMAN),
    )


def age_words(age: Age) -> str:
    """Return a published age in words."""
    if age.unit == "birth":
        return translated("生まれた日")
    if age.unit == "months":
        return months_words(age.number)
    if age.unit == "days":
        return translated("生後{weeks}週{days}日", weeks=age.number // 7, days=age.number % 7)
    if age.unit == "preschool":
        is_start = age.edge == "start"
        return translated("小学校に入る前の年の4月1日" if is_start else "小学校に入る年の3月31日")
    grade = translated(_GRADES[age.number])
    if age.edge == "start":
        return translated("{grade}の4月", grade=grade)
    return translated("{grade}の3月", grade=grade)


def _last_day(age: Age) -> str:
    """By the law's counting an age is reached on the day before."""
    if age.unit == "months":
        return translated("{age}になる日の前日", age=months_words(age.number))
    return age_words(age)


def my_children(count: int, url: str) -> Text:
    """Offer the page to who has shown the card already."""
    return Text(
        text="\n".join([_found(count), _PAGE]),
        choices=(OpenLink(label="母子健康手帳を開く", url=url), *_ages(), _MENU),
    )


_PAGE = "お名前や記録は、専用ページだけでお見せします。本人確認から15分ほど開けます。"


def _found(count: int) -> str:
    told = translated("お子さん{count}人の母子健康手帳があります。", count=count)
    return told if count == 1 else f"{told}{translated('どのお子さんかは、ページで選べます。')}"


def page(count: int, label: str, url: str, more: tuple[Choice, ...] = ()) -> Text:
    """Say how many handbooks there are, and open the page."""
    return Text(
        text="\n".join([_found(count), _PAGE]),
        choices=(OpenLink(label=label, url=url), *more, _MENU),
    )


def no_child(more: tuple[Choice, ...] = ()) -> Text:
    """Say that no child's handbook is there, and why that may be."""
    return Text(
        text="ご覧いただけるお子さんの母子健康手帳が、見つかりませんでした。\n"
        "お住まいの記録との照合が終わっていないか、18歳になる前のお子さんが登録されていません。",
        choices=(*more, HUMAN, _MENU),
    )
