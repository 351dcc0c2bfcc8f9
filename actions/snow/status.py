"""「知らせた件はどうなった？」: by number, or the citizen's own latest; 「まだあります」."""

from collections.abc import Callable, Sequence
from datetime import datetime

from actions.base import Events, Turn
from actions.matters.nouns_parsing import names_its_matter
from actions.snow.messages import HUMAN, NEW, moment
from actions.snow.report import ReportAction
from actions.snow.words_parsing import wants_to_tell
from kit.errors import NotFoundError
from kit.wording import translated
from messages.neutral import Choice, OpenLink, Payload, Text
from services.snow.contract import Report, StatusQuestion

NONE = Text(
    text="このトークから知らせていただいた件は、ありません。"
    "番号がおわかりのときは「S-12」のように送ってください。",
    choices=(NEW, HUMAN),
)


def unknown_number(number: str) -> Text:
    """Say that there is no such report."""
    said = translated("{number} という番号の報告は、見つかりませんでした。", number=number)
    check = translated("番号をお確かめください。")
    return Text(text=f"{said}\n{check}", choices=(HUMAN,))


class AskReportStatus(ReportAction):
    """Answers `ask_report_status`."""

    action_name = "action_ask_report_status"

    async def act(self, turn: Turn) -> Events:
        """Tell where a report stands, or carry out what a button says of it."""
        number = self.given(turn, "report_number") or ""
        if not number and (text := self.words(turn)):
            number = (await self.snow.read(text)).number
            if not number and wants_to_tell(text):
                return await self.begin(turn)
        still = self.given(turn, "report_still")
        if number and still == "sanded":
            return await self._sanded(turn, number)
        if number and still:
            return await self._still(turn, number, is_still=still == "yes")
        asked = StatusQuestion(citizen_id=turn.citizen_id, number=number or None)
        reports = (await self.snow.status(asked)).reports
        if not reports and not number and not _names_a_report(turn):
            # 「それも市？」 only sounds like it.
            from actions.talking.fallback import Fallback

            return await Fallback(self.context).act(turn)
        if not reports:
            turn.say(unknown_number(number) if number else NONE)
            return []
        await self._tell(turn, reports)
        return []

    async def _still(self, turn: Turn, number: str, *, is_still: bool) -> Events:
        change = self.snow.still_there if is_still else self.snow.is_gone
        try:
            report = await change(number, turn.citizen_id)
        except NotFoundError:
            turn.say(unknown_number(number))
            return []
        thanks = (
            "ありがとうございます。まだあることを、担当に伝えました。"
            if is_still
            else "ありがとうございます。うかがいました。"
        )
        turn.say(self._message([report], await self.kind_name(report.category), thanks))
        return []

    async def _sanded(self, turn: Turn, number: str) -> Events:
        try:
            report = await self.snow.sanded(number, turn.citizen_id)
        except NotFoundError:
            turn.say(unknown_number(number))
            return []
        thanks = "砂まきをありがとうございます。記録しました。"
        turn.say(self._message([report], await self.kind_name(report.category), thanks))
        return []

    async def _tell(self, turn: Turn, reports: tuple[Report, ...]) -> None:
        first = reports[0]
        turn.say(self._message(reports, await self.kind_name(first.category)))
        turn.leave_topic("ask_report_status", {"report_number": first.number})

    def _message(self, reports: Sequence[Report], kind: str, lead: str = "") -> Text:
        first, *others = reports
        lines = [translated(lead)] if lead else []
        lines += [_head(first, kind), *_state(first, self._local)]
        if others:
            lines.append(translated("ほかに、次の報告があります。"))
            lines += [
                translated("・{number}：{status}", number=r.number, status=translated(r.status))
                for r in others
            ]
        see = OpenLink(label="地図で見る", url=self.page(first.number))
        return Text(text="\n".join(lines), choices=(*_choices(first), see, NEW))

    def _local(self, at: datetime) -> str:
        return moment(at.astimezone(self.context.settings.timezone))


def _names_a_report(turn: Turn) -> bool:
    return turn.said.startswith("/") or names_its_matter("ask_report_status", turn.said)


def _head(report: Report, kind: str) -> str:
    return translated(
        "報告 {number}（{kind}・{place}）",
        number=report.number,
        kind=translated(kind),
        place=report.place,
    )


def _state(report: Report, local: Callable[[datetime], str]) -> list[str]:
    lines = [
        translated("受付：{when}", when=local(report.filed_at)),
        translated(
            "いまの状態：【{status}】（{when}）",
            status=translated(report.status),
            when=local(report.updated_at),
        ),
    ]
    if report.handed_to:
        lines.append(translated("引き継ぎ先：{office}", office=report.handed_to))
    if report.parent:
        lines.append(translated("まとめた先：{number}", number=report.parent))
    if report.expected_at:
        lines.append(
            translated(
                "見込み：{when}（天候により変わることがあります）", when=local(report.expected_at)
            )
        )
    if report.note:
        lines.append(translated("市から：{note}", note=translated(report.note)))
    if report.last_passage:
        passed = "この道を除雪車が最後に通ったのは、{when}です。"
        lines.append(translated(passed, when=local(report.last_passage)))
    if report.sanded_at:
        lines.append(translated("砂まきの記録：{when}", when=local(report.sanded_at)))
    return lines


def _choices(report: Report) -> tuple[Choice, ...]:
    number = report.number
    sand = f'/ask_report_status{{"report_number": "{number}", "report_still": "sanded"}}'
    sanded = (Payload(label="砂をまきました", payload=sand),)
    may_sand = sanded if report.may_sand and report.is_open else ()
    if not report.follows:
        return may_sand
    yes = f'/ask_report_status{{"report_number": "{number}", "report_still": "yes"}}'
    no = f'/ask_report_status{{"report_number": "{number}", "report_still": "no"}}'
    still = Payload(label="まだあります", payload=yes)
    if report.is_open and report.is_own:
        return (still, Payload(label="取り下げる", payload=no), *may_sand)
    return (still, *may_sand)
