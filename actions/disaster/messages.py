"""How dangers and safety reports are worded in the talk."""

import json

from actions.talking.actions import HUMAN
from messages.neutral import Choice, Message, OpenLink, Payload, ShareLocation, Text
from services.disaster.contract import AlertStatus, SafetyState

AMBULANCE = OpenLink(label="119 火事・救急", url="tel:119")
POLICE = OpenLink(label="110 警察", url="tel:110")
_FAMILY = OpenLink(label="171 災害用伝言", url="tel:171")
_WARNINGS = OpenLink(
    label="気象庁の警報・注意報", url="https://www.jma.go.jp/bosai/map.html#contents=warning"
)
_STATUS = Payload(label="いまの状況", payload="/ask_alert_status")
_CANCEL = Payload(label="やめる", payload="/cancel")
_GO = "危ないと感じたら、知らせを待たずに安全な場所へ移ってください。"


def _state(label: str, state: SafetyState) -> Payload:
    return Payload(label=label, payload=f"/report_safety{json.dumps({'safety': state.value})}")


def _shelter(hazard: str | None) -> Payload:
    payload = "/ask_shelter" + ("" if hazard is None else json.dumps({"hazard": hazard}))
    return Payload(label="避難所をさがす", payload=payload)


def status(found: AlertStatus, page: str) -> Message:
    """Say what is in force, as the service worded it."""
    grave: tuple[Choice, ...] = (AMBULANCE,) if found.grave else ()
    report = Payload(label="安否を知らせる", payload="/report_safety")
    return Text(
        text="\n".join([*found.lines, _GO] if found.grave or found.silent else found.lines),
        choices=(
            *grave,
            _shelter(found.hazard),
            *((report,) if found.grave else ()),
            _WARNINGS,
            OpenLink(label="市の防災ページ", url=page),
            Payload(label="わたしのタイムライン", payload="/my_timeline"),
            Payload(label="畑の近くの動物", payload="/set_field"),
            HUMAN,
        ),
    )


def how_are_you() -> Message:
    """Ask how somebody is, with the numbers to call."""
    return Text(
        text="安否の連絡を受け付けます。どちらですか？\n命の危険があるときは、先に119か110へ電話してください。",
        choices=(
            _state("無事です", SafetyState.safe),
            _state("助けが必要です", SafetyState.needs_help),
            AMBULANCE,
            POLICE,
            _FAMILY,
        ),
    )


HELP_FIRST = Text(
    text="すぐに119へ電話してください。電話ができないときは、近くの人に大きな声や音で知らせてください。",
    choices=(AMBULANCE, POLICE),
)


def noted_help() -> Message:
    """Say that the desk has it, and promise nothing."""
    return Text(
        text="助けが必要なことを、市の災害担当の一覧にのせました。"
        "救助がすぐに向かうとはかぎりません。119への電話も続けてください。",
        choices=(AMBULANCE, POLICE),
    )


def ask_place(*, again: bool) -> Message:
    """Ask where they are."""
    lines = ["場所がわかりませんでした。"] if again else []
    return Text(
        text="\n".join([*lines, "下のボタンから、いまいる場所を送ってください。"]),
        choices=(ShareLocation(label="いまいる場所を送る"), AMBULANCE, _CANCEL),
    )


def noted_place() -> Message:
    """Say that the place is on the list too."""
    return Text(
        text="場所も、市の災害担当の一覧にのせました。動けるときは、その場より安全な所へ移ってください。",
        choices=(AMBULANCE, _STATUS),
    )


def place_too_late() -> Message:
    """Say that there is no report to which a place could be added."""
    return Text(
        text="先に、安否を知らせてください。場所は受け取りましたが、まだどこにも伝えていません。",
        choices=(_state("助けが必要です", SafetyState.needs_help), AMBULANCE),
    )


def noted_safe() -> Message:
    """Confirm, and say how the family may hear of it."""
    return Text(
        text="無事の連絡を受け付けました。お知らせいただき、ありがとうございます。\n"
        "ご家族への伝言には、災害用伝言ダイヤル171が使えます。",
        choices=(
            _STATUS,
            _shelter(None),
            _FAMILY,
            _state("助けが必要です", SafetyState.needs_help),
        ),
    )
