"""Papers with what is known filled in, to be signed. Pure; Japanese, for they are the city's.

They are demonstration papers: no city has confirmed them. No number of a person is on them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from kit.pdf import Line
from kit.wording import date_words
from services.procedures.events import Guidebook
from services.procedures.guides import OpenList

TITLES = {"change_of_address": "住民異動届", "bereavement": "おくやみ関係の手続きの一覧"}
_MOVES = ("転入", "転居", "転出")
_SEXES = {"male": "男", "female": "女"}
_BLANK_DAY = "　　　　年　　月　　日"
_DEMONSTRATION = (
    "※デモ用の用紙です。届け出には使えません。実際の用紙は、市の窓口でお受け取りください。"
)
_NO_NUMBER = "マイナンバー（12けたの番号）は、この用紙に書きません。"


@dataclass(frozen=True)
class Registered:
    """A person as the register has them; what it does not tell is empty."""

    name: str = ""
    kana: str = ""
    birthdate: date | None = None
    sex: str = ""
    address: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Known:
    """What a paper can be filled with."""

    city: str
    day: date | None
    """When it happened, or will happen."""
    applicant: Registered
    household: tuple[Registered, ...]
    """Those of the applicant's household for whom they may act, themself first."""


def paper(opened: OpenList, book: Guidebook, known: Known) -> list[Line]:
    """Return the event's paper. The event has one."""
    form = opened.event.form
    kind = form.kind if form else ""
    head = [
        Line(TITLES[kind], 18),
        Line(f"{known.city}長 あて", 11, 8),
        Line(_DEMONSTRATION, 9, 2),
        _field("届け出る日", _BLANK_DAY, 10),
    ]
    body = _bereavement(opened, book, known)
    if kind == "change_of_address":
        body = _change_of_address(form.move if form else "", known)
    return [*head, *body, *_signature()]


def _change_of_address(move: str, known: Known) -> Iterator[Line]:
    ticked = "　".join(f"{'■' if one == move else '□'}{one}" for one in _MOVES)
    yield _field("届け出の種類", ticked)
    yield _field("異動した日（予定の日）", _day(known.day))
    old = known.applicant.address if move != "転入" else ""
    yield _field("これまでの住所", old)
    yield _field("これまでの世帯主", "")
    yield _field("新しい住所", "")
    yield _field("新しい世帯主", "")
    yield from _applicant("届け出る方", known.applicant, is_resident=move != "転入")
    people: Sequence[Registered] = known.household or (Registered(),)
    for number, one in enumerate(people, start=1):
        yield Line(f"異動する方 {number}", 12, 14)
        yield from _person(one)
        yield _field("続柄", "")
    yield Line("いっしょに移らない方は、線で消してください。", 9, 8)


def _bereavement(opened: OpenList, book: Guidebook, known: Known) -> Iterator[Line]:
    yield from _applicant("届け出る方（ご遺族）", known.applicant, is_resident=True)
    yield Line("亡くなられた方", 12, 14)
    yield _field("氏名", "")
    yield _field("生年月日", _BLANK_DAY)
    yield _field("亡くなられた日", _day(known.day))
    yield Line("手続き", 12, 14)
    for row in opened.rows:
        if not row.certain:
            continue
        one, desk = row.procedure, book.desks[row.procedure.desk]
        done = "■" if one.key in opened.ticks else "□"
        term = f"（{date_words(row.due)}まで）" if row.due else ""
        yield Line(f"{done} {one.title}{term}　{desk.name}", 10, 3)


def _applicant(heading: str, one: Registered, *, is_resident: bool) -> Iterator[Line]:
    yield Line(heading, 12, 14)
    yield from _person(one)
    if is_resident:
        yield _field("住所", one.address)
    yield _field("電話", one.phone)


def _person(one: Registered) -> Iterator[Line]:
    yield _field("フリガナ", one.kana)
    yield _field("氏名", one.name)
    birth = date_words(one.birthdate) if one.birthdate else _BLANK_DAY
    yield _field("生年月日・性別", f"{birth}　{_SEXES.get(one.sex, '')}")


def _signature() -> Iterator[Line]:
    yield Line("上の内容のとおり届け出ます。", 11, 18)
    yield _field("署名", "", 14)
    yield Line(_NO_NUMBER, 9, 10)


def _field(label: str, text: str, gap: int = 6) -> Line:
    return Line(text, 11, gap, label=label, is_ruled=True)


def _day(day: date | None) -> str:
    return date_words(day) if day else _BLANK_DAY
