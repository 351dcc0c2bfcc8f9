"""How ploughing and ice are told: facts first, plans second, the unknown as unknown."""

from actions.snow.messages import CANCEL, HUMAN, NEW, moment
from kit.wording import translated
from messages.neutral import OpenLink, Payload, ShareLocation, Text
from services.snow.contract import RoadFacts, Slippery

_PIN = ShareLocation(label="地図で場所を送る")
_LEVELS = ("あまり滑らない", "滑りやすい", "非常に滑りやすい")
"""The three levels, said in every language."""
_REASONS = (
    "氷点下にならない見込みです",
    "路面に雪や水がない見込みです",
    "日中にとけた雪や雨が、夜から朝に凍る見込みです",
    "踏み固められた雪が、強い冷え込みで磨かれる見込みです",
    "氷点下で、路面に雪や水がある見込みです",
)
"""Why it will be so, as the service says it."""
SURFACES = ("乾いています", "ぬれています", "シャーベット状です", "圧雪です", "凍っています")
"""What vehicles measure, said in every language."""
_BY_ROAD = "{way}、道なりに調べました。"
_STRAIGHT = "{way}、まっすぐ結んだ線の近くを調べました。実際の道とは違うことがあります。"
WALK = "朝晩と日かげ、橋の上は特に凍りやすいので、小さな歩幅で、足の裏全体をつけて歩いてください。"
DEMONSTRATION = "※道路と除雪の記録は、デモ用のデータです"

WHERE_PLOUGHS = Text(
    text="どのあたりの道の除雪ですか？ 地図で送るか、町名や目印を送ってください。",
    choices=(_PIN, CANCEL),
)


def no_such_place(name: str) -> Text:
    """Say that a place is not known, and ask for another."""
    lines = (
        [translated("「{name}」という場所は、市内で見つかりませんでした。", name=name[:20])]
        if name
        else [translated("市の外の場所のようです。")]
    )
    lines.append(translated("地図で送るか、市内の町名や目印を送ってください。"))
    return Text(text="\n".join(lines), choices=(_PIN, CANCEL))


def ploughs(place: str, facts: RoadFacts) -> Text:
    """Tell when a plough last passed; then the plan; then how old the records are."""
    lines = [*_passed(place, facts), *_plan(facts), *_heard(facts)]
    if facts.demonstration:
        lines.append(translated(DEMONSTRATION))
    return Text(text="\n".join(lines), choices=(NEW, _PIN, HUMAN))


def _passed(place: str, facts: RoadFacts) -> list[str]:
    if not facts.has_road:
        return [translated("{place}の近くの道は、除雪の記録をとっていません。", place=place)]
    road = facts.road or translated("近くの道")
    if facts.last_passage is None:
        none = "{place}の近くの道（{road}）を除雪車が通った記録は、ありません。"
        lines = [translated(none, place=place, road=road)]
    else:
        passed = "{place}の近くの道（{road}）を除雪車が最後に通ったのは、{when}です。"
        when = moment(facts.last_passage)
        lines = [translated(passed, place=place, road=road, when=when)]
    for name, at in facts.others:
        lines.append(translated("・{road}：{when}", road=name, when=moment(at)))
    return lines


def _plan(facts: RoadFacts) -> list[str]:
    if not facts.has_road:
        return []
    if not facts.plough_class:
        return [translated("次に通る時刻は、わかりません。")]
    plan = "この道の除雪の順番は{number}番目の区分です。次に通る時刻は、決まっていません。"
    return [translated(plan, number=facts.plough_class)]


def _heard(facts: RoadFacts) -> list[str]:
    if facts.ploughs_heard_at is None:
        return [
            translated("除雪車の位置は、まだ届いていません。いまどこにいるかは、わかりません。")
        ]
    when = moment(facts.ploughs_heard_at)
    if facts.stale:
        stale = "除雪車の位置は{when}から届いていません。いまどこにいるかは、わかりません。"
        return [translated(stale, when=when)]
    return [translated("除雪車の位置は、{when}まで届いています。", when=when)]


def slippery(place: str, told: Slippery, page: str) -> Text:
    """Tell what was reported and what the weather means; without either, say so."""
    lines = [*_outlook(told), *_reported(place, told), *_measured(told), translated(WALK)]
    see = OpenLink(label="報告の地図を見る", url=page)
    again = Payload(label="別の場所で調べる", payload="/ask_slippery_road")
    return Text(text="\n".join(lines), choices=(see, NEW, *(() if not place else (again,))))


def where_from(place: str) -> Text:
    """Ask where the way to a place begins."""
    ask = translated(
        "{place}まで、どこから行きますか？ 地図で送るか、町名や目印を送ってください。", place=place
    )
    return Text(text=ask, choices=(_PIN, CANCEL))


def along(start: str, end: str, told: Slippery, page: str) -> Text:
    """Tell what is known of the way from one place to another."""
    where = translated("{start}から{end}まで", start=start, end=end)
    kind = _BY_ROAD if told.by_road else _STRAIGHT
    lines = [
        translated(kind, way=where),
        *_outlook(told),
        *_along(told),
        *_listed(told),
        *_measured(told),
    ]
    see = OpenLink(label="報告の地図を見る", url=page)
    return Text(text="\n".join([*lines, translated(WALK)]), choices=(see, NEW))


def _along(told: Slippery) -> list[str]:
    if told.count:
        return [translated("途中に、凍結の報告が{count}件あります。", count=told.count)]
    return [
        translated("途中に、凍結の報告はありません。"),
        translated("報告がないだけで、滑らないとは限りません。"),
    ]


def _measured(told: Slippery) -> list[str]:
    """Tell what vehicles measured: facts of some hours at most."""
    line = "・計測（{when}）：{road}は{state}"
    lines = [
        translated(line, when=moment(one.at), road=one.road, state=translated(one.state))
        for one in told.surfaces
    ]
    return [*lines, *([translated(DEMONSTRATION)] if told.demonstration else [])]


def _outlook(told: Slippery) -> list[str]:
    if not told.level or told.entered_at is None:
        return [translated("路面の見込みは、まだ届いていません。")]
    outlook = "路面の見込み（{when}）：【{level}】{reason}。"
    values = {"level": translated(told.level), "reason": translated(told.reason)}
    return [translated(outlook, when=moment(told.entered_at), **values)]


def _reported(place: str, told: Slippery) -> list[str]:
    if not told.count:
        none = (
            translated("{place}の近くで、凍結の報告はありません。", place=place)
            if place
            else translated("この2日、市内で凍結の報告はありません。")
        )
        return [none, translated("報告がないだけで、滑らないとは限りません。")]
    around = (
        translated(
            "{place}の近くで、凍結の報告が{count}件あります。", place=place, count=told.count
        )
        if place
        else translated("市内で、凍結の報告が{count}件あります。", count=told.count)
    )
    return [around, *_listed(told)]


def _listed(told: Slippery) -> list[str]:
    lines = []
    for offer in told.reports:
        line = "・{where}（{when}、{status}）"
        values = {"where": offer.place, "status": translated(offer.status)}
        lines.append(translated(line, when=moment(offer.filed_at), **values))
    return lines
