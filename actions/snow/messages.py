"""What is asked and said while a matter of the road is reported."""

import json
from collections.abc import Sequence
from datetime import datetime

from actions.snow.draft import Draft
from kit.wording import clock_words, day_words, translated
from messages.neutral import (
    Card,
    Cards,
    Choice,
    Confirm,
    Fact,
    Message,
    OpenLink,
    Payload,
    ShareLocation,
    Text,
)
from services.snow.contract import Kind, Offered, Report

CANCEL = Payload(label="やめる", payload="/cancel")
HUMAN = Payload(label="職員に相談", payload="/request_human")
AMBULANCE = OpenLink(label="119 火事・救急", url="tel:119")
MENU = Payload(label="メニューを見る", payload="/help")
NEW = Payload(label="道の危険を知らせる", payload='/report_snow_road{"report_draft": "new"}')
MINE = Payload(label="知らせた件を見る", payload="/ask_report_status")
SEVERITIES = {"impassable": "歩けない", "no-cars": "車が通れない", "caution": "注意がいる"}
_FIRST_AID = "けが人がいるとき、車に閉じ込められたときは、先に119へ電話してください。"
_MOST_KINDS = 10


def tap(label: str, **entities: str) -> Payload:
    """Return a choice of the report's own questions."""
    given = json.dumps(entities, ensure_ascii=False)
    return Payload(label=label, payload=f"/report_snow_road{given}")


STUCK = Text(
    text="車の中や雪の下に人がいるときは、すぐに119へ電話してください。\n"
    "車が雪に埋まったときは、エンジンを止め、窓を少し開けてください。マフラーが雪でふさがると、命にかかわります。",
    choices=(AMBULANCE,),
)


def which_kind(kinds: Sequence[Kind], *, first: bool, again: bool = False) -> Text:
    """Ask what it is; help in danger comes first."""
    lines = [_FIRST_AID] if first else []
    if again:
        lines.append("すみません、どの種類か読みとれませんでした。")
    lines.append("どんな様子ですか？ 下から選ぶか、「歩道がつるつる」のように送ってください。")
    shown = [tap(kind.name, report_kind=kind.code) for kind in kinds[:_MOST_KINDS]]
    return Text(
        text="\n".join(map(translated, lines)),
        choices=(*shown, *((AMBULANCE,) if first else ()), CANCEL),
    )


def which_place(*, first: bool, lead: str = "", rough: str = "") -> Text:
    """Ask where it is; `lead` says what was wrong with the place before."""
    lines = [*([_FIRST_AID] if first else []), *([lead] if lead else [])]
    choices: list[Choice] = [ShareLocation(label="地図で場所を送る")]
    if rough:
        narrow = "「{town}」のどのあたりですか？ 地図で送っていただくと、職員が早く見つけられます。"
        lines.append(translated(narrow, town=rough))
        choices.append(tap("この町名だけで知らせる", report_rough="yes"))
    else:
        lines.append("場所はどこですか？ 地図で送るか、近くの目印や住所を送ってください。")
    return Text(text="\n".join(map(translated, lines)), choices=(*choices, CANCEL))


OUTSIDE = (
    "市の外の場所のようです。市外の道は、その市町村か、道路を管理するところへお知らせください。"
)


def unknown_place(name: str) -> str:
    """Say that a name is no place of the city."""
    return translated("「{name}」という場所は、市内で見つかりませんでした。", name=name[:20])


NEEDED = {
    "photo": "写真は、なくてもかまいません。",
    "place": "だいたいの場所でかまいません。近くの目印でもわかります。",
}
"""What is said to somebody who asks whether a photo or an exact place is needed."""

NO_PLACE = "すみません、場所を読みとれませんでした。"


def same_place(offers: Sequence[Offered], kind: str) -> tuple[Message, ...]:
    """Show reports near by, and ask whether it is one of them."""
    question = translated("近くに、同じ種類の報告があります。これと同じですか？")
    cards = tuple(
        Card(
            title=f"{offer.number} {translated(kind)}",
            subtitle=offer.place,
            facts=(
                Fact(label="距離", value=translated("約{metres}メートル", metres=offer.distance_m)),
                Fact(label="状態", value=translated(offer.status)),
                Fact(label="受付", value=moment(offer.filed_at)),
            ),
            choices=(tap("同じ場所です", report_same=offer.number),),
        )
        for offer in offers
    )
    other = tap("別の場所です", report_same="none")
    return (Cards(summary=question, cards=cards, choices=(other, CANCEL)),)


def which_photo(count: int) -> Text:
    """Ask for photos, which nobody has to send."""
    if count:
        said = translated(
            "写真を{count}枚お預かりしました。ほかにもあれば送ってください。", count=count
        )
        return Text(text=said, choices=(tap("写真はこれでよい", report_photo="done"), CANCEL))
    return Text(
        text="写真があれば、ここに送ってください。なくても報告できます。\n"
        "人の顔や車の番号が写らないようにお願いします。",
        choices=(tap("写真なしで進む", report_photo="none"), CANCEL),
    )


PHOTO_AWAITED = Text(
    text="お待ちしています。撮れたら、ここに送ってください。危ない所では、撮らないでください。",
    choices=(tap("写真なしで進む", report_photo="none"), CANCEL),
)

PHOTO_NEEDED = Text(
    text="写真は、なくてもかまいません。送らずに進むこともできます。",
    choices=(tap("写真なしで進む", report_photo="none"), CANCEL),
)


def how_bad() -> Text:
    """Ask how bad it is."""
    shown = tuple(tap(label, report_severity=code) for code, label in SEVERITIES.items())
    return Text(text="どのくらい困っていますか？", choices=(*shown, CANCEL))


def summary(draft: Draft, kind: str) -> Confirm:
    """Say everything once more before it is filed."""
    spot = draft.place
    name = spot.name if spot else ""
    where = translated("{place}（地図の場所）", place=name) if spot and spot.pin else name
    photos = (
        translated("{count}枚", count=len(draft.photos)) if draft.photos else translated("なし")
    )
    lines = (
        translated("この内容で知らせます。よろしいですか？"),
        translated("種類：{kind}", kind=translated(kind)),
        translated("場所：{place}", place=where),
        translated("程度：{severity}", severity=translated(SEVERITIES[draft.severity])),
        translated("写真：{photos}", photos=photos),
    )
    return Confirm(
        text="\n".join(lines),
        yes=tap("知らせる", report_file=draft.key),
        no=tap("直す", report_edit="what"),
        choices=(CANCEL,),
    )


WHAT_TO_EDIT = Text(
    text="どこを直しますか？",
    choices=(
        tap("種類", report_edit="kind"),
        tap("場所", report_edit="place"),
        tap("程度", report_edit="severity"),
        tap("写真", report_edit="photo"),
        CANCEL,
    ),
)


def filed(report: Report, desk: str, page: str) -> Text:
    """Tell the number; nothing more is promised than will be done."""
    lines = (
        translated("受け付けました。受付番号は {number} です。", number=report.number),
        translated(
            "{desk}が確認し、様子が変わるたびに、このトークでお知らせします。",
            desk=translated(desk),
        ),
    )
    return Text(text="\n".join(lines), choices=(_map(page), MINE, NEW))


def joined(report: Report, page: str) -> Text:
    """Say that somebody follows a report now; it counts once."""
    said = (
        translated(
            "報告 {number} に加わりました（{count}人が報告）。",
            number=report.number,
            count=report.reporters,
        )
        if report.fresh
        else translated("報告 {number} には、もう加わっています。", number=report.number)
    )
    after = translated("様子が変わるたびに、このトークでお知らせします。")
    return Text(text=f"{said}\n{after}", choices=(_map(page), MINE, NEW))


def _map(page: str) -> OpenLink:
    return OpenLink(label="地図で見る", url=page)


def already_filed(number: str, page: str) -> Text:
    """Say to a second tap that the report is there."""
    said = translated("この報告は、もう受け付けています。受付番号は {number} です。", number=number)
    return Text(text=said, choices=(_map(page), MINE))


NOT_THERE = Text(
    text="この報告は、もう途中ではありません。はじめから知らせていただけます。", choices=(NEW, MINE)
)
ENDED = Text(
    text="その報告は、たったいま終わりました。まだ危ないときは、新しく知らせてください。",
    choices=(NEW, MINE),
)
TOO_MANY = Text(
    text="今日はたくさんのお知らせをいただいたため、ここでの受け付けを止めています。"
    "お急ぎのときは、市役所へお電話ください。",
    choices=(HUMAN,),
)
GIVEN_UP = Text(
    text="うまく読みとれず、申し訳ありません。ここまでの内容は残っています。"
    "続けるときは「続ける」を押してください。職員にお話しいただくこともできます。",
    choices=(tap("続ける", report_draft="resume"), HUMAN, CANCEL),
)


def resume(draft: Draft, kind: str) -> Text:
    """Ask whether to go on with what was begun."""
    spot = draft.place
    parts = [translated(kind)] if kind else []
    parts += [spot.name] if spot else []
    known = "・".join(parts) or translated("写真")
    said = translated("途中の報告があります（{known}）。続けますか？", known=known)
    return Text(
        text=said,
        choices=(
            tap("続ける", report_draft="resume"),
            tap("新しく知らせる", report_draft="new"),
            CANCEL,
        ),
    )


def moment(at: datetime) -> str:
    """Return a day and a time of day, in the zone that the time has."""
    return f"{day_words(at.date())} {clock_words(at.time().replace(second=0, microsecond=0))}"
