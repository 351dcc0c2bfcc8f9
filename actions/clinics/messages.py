"""What the talk says of who is on duty: call first, and whom to ask when in doubt."""

from collections.abc import Sequence
from datetime import date, time

from actions.danger.help import DangerHelp, HelpLine
from actions.facilities.messages import DEMONSTRATION
from actions.talking.language import names_in_japanese
from actions.talking.menu import HUMAN
from kit.wording import clock_words, day_words, listed, translated
from messages.neutral import Choice, OpenLink, Text
from services.clinics.contract import DutyAnswer, OnDuty

SHOWN = 5
_DEPARTMENTS = (
    *("内科", "小児科", "外科", "整形外科", "歯科"),
    *("眼科", "耳鼻科", "皮膚科", "産婦人科", "薬局"),
)
# The state's own search for medical institutions.
EVERYWHERE = OpenLink(label="医療情報ネット", url="https://www.iryou.teikyouseido.mhlw.go.jp/")
_DAY_MINUTES = 24 * 60
_CALL_FIRST = "出かける前に、必ず電話で確かめてください。"
_EMERGENCY = "意識がない、息が苦しいなど急を要するときは、すぐ119へ。"
_CHILD_HELP = (
    "受診を迷うときは、#8000（夜間・子ども）か#7119に電話すると、看護師などに相談できます。"
)
_ADULT_HELP = "受診を迷うときは、#7119に電話すると、看護師などに相談できます。"
_USUAL = "ふだんの診療時間に開いている所は、国の「医療情報ネット」で探せます。"
_NO_CALENDAR = "当番医の予定表が、まだ届いていません。"


def answer(
    found: DutyAnswer, department: str, help: DangerHelp, *, child: bool, warned: bool
) -> Text:
    """Say who is on duty, or honestly that it is not known.

    `warned`: the numbers to call in danger were said before.
    """
    lines = _stale(found) if found.is_stale else _told(found, department)
    if not warned:
        lines += ["", _CHILD_HELP if child else _ADULT_HELP, _EMERGENCY]
    if not found.is_stale:
        lines += [found.credit] if found.credit else []
        lines += [DEMONSTRATION] if found.demonstration else []
    return Text(text="\n".join(lines), choices=_choices(found, help, child=child))


def _told(found: DutyAnswer, department: str) -> list[str]:
    lines = [_intro(found, department), *map(_place, found.found[:SHOWN])]
    later = () if found.found else found.later[:SHOWN]
    if later:
        lines += ["", translated("次は{day}です。", day=day_words(later[0].day))]
        lines += map(_place, later)
    if found.found or later:
        lines += ["", _CALL_FIRST, *names_in_japanese()]
    if not found.found and found.part != "night":
        lines.append(_USUAL)
    return lines


def _intro(found: DutyAnswer, department: str) -> str:
    day, what = day_words(found.day), _what(department)
    if not found.found and not found.later:
        none = "この先2週間、{what}の当番は予定表にありません。"
        return translated(none, what=what)
    sentences = {
        ("now", True): "いま受け付けている{what}の当番です。",
        ("now", False): "いま受け付けている{what}の当番は、ありません。",
        ("day", True): "{day}の{what}の当番です。",
        ("day", False): "{day}の{what}の当番は、ありません。",
        ("night", True): "{day}の夜の{what}の当番です。",
        ("night", False): "{day}の夜の{what}の当番は、ありません。",
    }
    return translated(sentences[found.part, bool(found.found)], what=what, day=day)


def _what(department: str) -> str:
    return translated(department if department in _DEPARTMENTS else "医療機関")


def _place(duty: OnDuty) -> str:
    hours = listed([_stretch(start, end) for start, end in duty.hours])
    lines = [f"■{duty.name}（{listed(duty.departments)}）", f"　{hours}"]
    if duty.address:
        lines.append(f"　{duty.address}")
    if duty.phone:
        lines.append(translated("　電話 {phone}", phone=duty.phone))
    if duty.note:
        lines.append(f"　{duty.note}")
    return "\n".join(lines)


def _stretch(start: int, end: int) -> str:
    return translated("{opens}から{closes}", opens=_clock(start), closes=_clock(end))


def _clock(minutes: int) -> str:
    days, rest = divmod(minutes, _DAY_MINUTES)
    said = clock_words(time(rest // 60, rest % 60))
    return translated("翌日の{time}", time=said) if days else said


def _stale(found: DutyAnswer) -> list[str]:
    if found.known_until is None:
        return [_NO_CALENDAR]
    told = "当番医の予定表は{last}までの分しかないため、{day}の当番はお答えできません。"
    return [translated(told, last=_date(found.known_until), day=_date(found.day))]


def _date(day: date) -> str:
    return day_words(day)


def elsewhere(name: str, help: DangerHelp) -> Text:
    """Say that another municipality's duty is not known here."""
    told = (
        "{name}の当番医は、ここではわかりません。"
        "その市町村の案内か、国の「医療情報ネット」でお探しください。"
    )
    return Text(
        text="\n".join([translated(told, name=name), "", _ADULT_HELP, _EMERGENCY]),
        choices=(EVERYWHERE, *_lines(help, ("7119", "119")), HUMAN),
    )


def _choices(found: DutyAnswer, help: DangerHelp, *, child: bool) -> tuple[Choice, ...]:
    shown = found.found or found.later
    calls = tuple(
        OpenLink(label=duty.name[:20], url=f"tel:{duty.phone}")
        for duty in shown[:SHOWN]
        if duty.phone and not found.demonstration
    )
    numbers = ("8000", "7119", "119") if child else ("7119", "119")
    return (*calls, *_lines(help, numbers), EVERYWHERE, HUMAN)


def _lines(help: DangerHelp, names: Sequence[str]) -> tuple[Choice, ...]:
    known: list[HelpLine] = [help.lines[name] for name in names if name in help.lines]
    return tuple(OpenLink(label=line.label, url=line.link) for line in known)
