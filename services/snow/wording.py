"""What followers of a report are told in the talk: facts, in the order in which they matter."""

from dataclasses import dataclass
from datetime import datetime

from kit.wording import clock_words, day_words, translated
from messages.neutral import Choice, Payload, Text
from services.snow.lifecycle import OPEN, Status

KIND_NAMES = (
    "凍結・つるつる",
    "わだち・圧雪",
    "除雪されていない",
    "置き雪・段差",
    "吹きだまり",
    "落雪・屋根",
    "消雪パイプ・流雪溝",
    "倒木",
    "その他",
)
"""The built-in kinds of `categories.toml`, said in every language; a city's own are its own."""
STATUS_NAMES = ("受付", "確認中", "予定", "作業中", "完了", "対象外", "重複", "取下げ", "非表示")

_SAID = {
    Status.RECEIVED: "別の件として、もう一度受け付けました。",
    Status.CHECKING: "担当の職員が確認しています。",
    Status.PLANNED: "作業の予定に入れました。",
    Status.WORKING: "現地で作業を始めました。",
    Status.DONE: "作業が終わりました。",
    Status.WITHDRAWN: "この報告は終わりにしました。",
    Status.HIDDEN: "内容を確認し、この報告を公開しないことにしました。",
}
EXPIRED = "期限までに続きのお知らせがありませんでした"
"""The note of a report that ended by itself."""


@dataclass(frozen=True)
class Told:
    """A change as followers hear of it. Times are in the city's zone."""

    number: str
    kind: str
    place: str
    status: Status
    note: str = ""
    handed_to: str = ""
    parent: str = ""
    expected_at: datetime | None = None
    last_passage: datetime | None = None


def change_message(told: Told) -> Text:
    """Say where a report stands now."""
    lines = [_head(told), _state(told)]
    if told.expected_at is not None:
        when = moment_words(told.expected_at)
        lines.append(translated("見込み：{when}（天候により変わることがあります）", when=when))
    if told.note:
        lines.append(translated("市から：{note}", note=translated(told.note)))
    if told.last_passage is not None:
        when = moment_words(told.last_passage)
        lines.append(translated("この道を除雪車が最後に通ったのは、{when}です。", when=when))
    return Text(text="\n".join(lines), choices=_choices(told))


def _head(told: Told) -> str:
    return translated(
        "報告 {number}（{kind}・{place}）",
        number=told.number,
        kind=translated(told.kind),
        place=told.place,
    )


def _state(told: Told) -> str:
    if told.status is Status.NOT_OURS:
        handed = "市が管理する場所ではないため、{office}に引き継ぎました。"
        return translated(handed, office=told.handed_to)
    if told.status is Status.DUPLICATE:
        merged = (
            "同じ場所の報告 {parent} にまとめました。これからは {parent} の様子をお知らせします。"
        )
        return translated(merged, parent=told.parent)
    return translated("【{status}】{said}", status=translated(told.status), said=_said(told.status))


def _said(status: Status) -> str:
    return translated(_SAID[status])


def _choices(told: Told) -> tuple[Choice, ...]:
    if told.status in (Status.HIDDEN, Status.DUPLICATE, Status.NOT_OURS):
        return ()
    look = Payload(label="くわしく見る", payload=_payload(told.number))
    if told.status in OPEN:
        return (look,)
    return (still_choice(told.number), look)


def _payload(number: str) -> str:
    return f'/ask_report_status{{"report_number": "{number}"}}'


def still_choice(number: str) -> Payload:
    """Return the button by which somebody says that it is still so."""
    payload = f'/ask_report_status{{"report_number": "{number}", "report_still": "yes"}}'
    return Payload(label="まだあります", payload=payload)


def gone_choice(number: str) -> Payload:
    """Return the button by which somebody says that it is settled."""
    payload = f'/ask_report_status{{"report_number": "{number}", "report_still": "no"}}'
    return Payload(label="もうありません", payload=payload)


def still_question(told: Told) -> Text:
    """Ask before a report ends by itself."""
    ask = "まだありますか？ お返事がなければ、しばらくして終わりにします。"
    return Text(
        text="\n".join([_head(told), translated(ask)]),
        choices=(still_choice(told.number), gone_choice(told.number)),
    )


def photo_message(number: str, why: str) -> Text:
    """Say that a photo could not be taken in; the report stands."""
    stands = translated("報告 {number} は受け付けています。", number=number)
    return Text(text=f"{translated(why)}\n{stands}")


PHOTO_FAULTS = {
    "photo_too_large": "写真が大きすぎます。20MB までの写真を送ってください。",
    "payload_too_large": "写真が大きすぎます。20MB までの写真を送ってください。",
    "drawing_refused": (
        "この形式の画像は受け取れません。カメラで撮った写真（JPEG か PNG）を送ってください。"
    ),
    "unreadable_photo": "写真を読み取れませんでした。JPEG か PNG の写真を送ってください。",
}
"""What was wrong with a photo, by the code of the error."""
LOST_PHOTO = "写真を受け取れませんでした。よろしければ、もう一度送ってください。"


def moment_words(at: datetime) -> str:
    """Return a day and a time of day in the language that is spoken."""
    return f"{day_words(at.date())} {clock_words(at.time().replace(second=0, microsecond=0))}"
