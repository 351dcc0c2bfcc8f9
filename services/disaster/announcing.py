"""What citizens are told of a change, in the language that is spoken now.

A level of the agency is never worded as an order of the city: what the city ordered stands in a
line of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from kit.wording import LOCALES, language, listed, translated
from messages.hazards import Hazard
from messages.neutral import Choice, Message, OpenLink, Payload, Text
from services.disaster.entries import Entry
from services.disaster.facts import SPECIAL, WARNING
from services.disaster.names import CIVIL, HAZARDS, PLAIN, TSUNAMI, VOLCANO
from services.disaster.wording import kind_name

_FROM_LEVEL = 3
_SHELTER = {
    "rain": Hazard.inland_flood,
    "recordrain": Hazard.inland_flood,
    "bandrain": Hazard.inland_flood,
    "flood": Hazard.flood,
    "landslide": Hazard.landslide,
    "surge": Hazard.storm_surge,
    "earthquake": Hazard.earthquake,
    "tsunami": Hazard.tsunami,
    "volcano": Hazard.volcano,
}
_BY_LEVEL = {
    5: "命の危険がせまっています。外に出るのが危ないときは、がけや川から離れた部屋、"
    "建物の上の階など、少しでも安全な所へすぐに移ってください。",
    4: "危ない場所にいる方は、全員、いますぐ安全な場所へ移ってください。"
    "市の指示を待つ必要はありません。",
    3: "お年寄り、体の不自由な方、小さなお子さんのいる方は、危ない場所から避難を始めてください。"
    "ほかの方も、避難の準備をしてください。",
    2: "これからの情報に注意し、避難の場所と道を確かめてください。",
}
_BY_HAZARD = {
    "tsunami": "海や川から離れ、すぐに高い所へ逃げてください。",
    "eew": "強い揺れが来ます。頭を守り、丈夫な机の下などで身の安全を守ってください。",
    "earthquake": "落ち着いて、身の安全を確かめてください。強い揺れがまた来ることがあります。"
    "こわれた建物や、がけに近づかないでください。",
    "attack": "すぐに、丈夫な建物の中か地下に入ってください。近くに建物がないときは、"
    "物かげに身をかくすか、地面に伏せて頭を守ってください。部屋の中では、窓から離れてください。",
    "volcano": "山に近づかないでください。灰が降るときは、外に出ず、窓を閉めてください。",
    "tornado": "空が急に暗くなる、雷が鳴る、冷たい風が吹くときは、丈夫な建物の中に入ってください。",
    "recordrain": "数年に一度の激しい雨です。川やがけ、低い土地から離れてください。",
    "bandrain": "激しい雨が同じ所に降り続いています。川やがけ、低い土地から離れてください。",
}
_STAY_IN = "外に出るのを控え、丈夫な建物の中で過ごしてください。"


@dataclass(frozen=True)
class Around:
    """What stands beside a change when it is told."""

    city: str
    zone: ZoneInfo
    page: str
    orders: Sequence[tuple[str, str]] = ()
    """(place, word) of the city's orders in force."""
    others: Sequence[Entry] = ()
    """What else is in force, from level 3 or 警報 on."""
    shelters: Sequence[str] = ()
    """Shelters that are open."""
    drill: bool = False


@dataclass(frozen=True)
class Order:
    """An order of the city, told."""

    word: str
    level: int | None
    place: str
    whole_city: bool
    at: datetime


def tell_change(kind: str, entry: Entry, before: int | None, around: Around) -> Message:
    """Say a change of what the agency announces. `before`: the level that it had."""
    name = grade_name(entry)
    stamp = translated(
        "{area}（{when}、{source}発表）",
        area=translated(around.city),
        when=_when(entry.reported_at, around.zone),
        source=_source(entry),
    )
    if kind == "ended":
        lines = [translated("【解除】{hazard}", hazard=_hazard(entry)), stamp, *_after(around)]
        return _message(lines, entry.hazard, around, grave=False)
    if kind == "retracted":
        lines = [
            translated("【取り消し】{hazard}", hazard=_hazard(entry)),
            stamp,
            translated("先にお知らせした情報は誤りだったと、発表した機関が取り消しました。"),
            *_orders(around),
        ]
        return _message(lines, entry.hazard, around, grave=False)
    head = translated("【{name}】", name=name)
    lines = [head, stamp]
    if kind == "lowered":
        lines += [translated("前より下がりました。まだ危険が残っています。")]
    elif before is not None:
        lines += [translated("レベル{level}から上がりました。", level=before)]
    lines += [*_level(entry), translated(advice(entry)), *_orders(around), *_others(around)]
    lines += _shelters(around)
    return _message(lines, entry.hazard, around, grave=(entry.level or 0) >= 4)


def tell_order(kind: str, order: Order, around: Around) -> Message:
    """Say a change of the city's own orders."""
    place = translated(order.place) if order.whole_city else order.place
    stamp = translated(
        "{city} {when}発令", city=translated(around.city), when=_when(order.at, around.zone)
    )
    where = translated("対象：{place}", place=place)
    if kind == "ended":
        lines = [translated("【解除】{hazard}", hazard=translated(order.word)), where, stamp]
        return _message([*lines, *_after(around)], "order", around, grave=False)
    if kind == "retracted":
        lines = [translated("【取り消し】{hazard}", hazard=translated(order.word)), where, stamp]
        lines += [translated("先にお知らせした情報は誤りだったと、発表した機関が取り消しました。")]
        return _message(lines, "order", around, grave=False)
    head = translated(
        "【警戒レベル{level} {word}】", level=order.level or 4, word=translated(order.word)
    )
    lines = [head, where, stamp, translated(_BY_LEVEL[order.level or 4]), *_others(around)]
    return _message([*lines, *_shelters(around)], "order", around, grave=True)


def grade_name(entry: Entry) -> str:
    """What is in force, in the language that is spoken now."""
    if language() == "ja" or (language() == "easy" and entry.hazard == "earthquake"):
        return kind_name(entry)
    hazard = translated(HAZARDS.get(entry.hazard, HAZARDS["other"]))
    if entry.level is not None:
        return translated("警戒レベル{level}：{hazard}", level=entry.level, hazard=hazard)
    if entry.hazard == "earthquake":
        return translated("震度{intensity}の地震", intensity=entry.kind_code)
    if entry.hazard in PLAIN:
        return translated(PLAIN[entry.hazard])
    by_code = {"tsunami": TSUNAMI, "volcano": VOLCANO, "attack": CIVIL}.get(entry.hazard, {})
    if entry.kind_code in by_code:
        return translated(by_code[entry.kind_code])
    if entry.rank >= SPECIAL:
        return translated("{hazard}の特別警報", hazard=hazard)
    if entry.rank >= WARNING:
        return translated("{hazard}の警報", hazard=hazard)
    if entry.rank == 2.0:
        return translated("{hazard}の注意報", hazard=hazard)
    return translated("{hazard}の情報", hazard=hazard)


def advice(entry: Entry) -> str:
    """What to do, in Japanese."""
    if entry.hazard in _BY_HAZARD:
        return _BY_HAZARD[entry.hazard]
    if entry.level is not None:
        return _BY_LEVEL[entry.level]
    return _STAY_IN if entry.rank >= WARNING else _BY_LEVEL[2]


def shelter_hazard(hazard: str) -> Hazard | None:
    """The hazard for which a shelter has to be designated."""
    return _SHELTER.get(hazard)


def _message(lines: Sequence[str], hazard: str, around: Around, *, grave: bool) -> Message:
    drill = (
        [translated("【訓練】これは訓練です。実際の災害ではありません。")] if around.drill else []
    )
    return Text(text="\n".join([*drill, *lines]), choices=_choices(hazard, around, grave=grave))


def _choices(hazard: str, around: Around, *, grave: bool) -> tuple[Choice, ...]:
    named = shelter_hazard(hazard)
    payload = "/ask_shelter" if named is None else f'/ask_shelter{{"hazard": "{named.value}"}}'
    safety = (Payload(label=translated("安否を知らせる"), payload="/report_safety"),)
    return (
        Payload(label=translated("避難所をさがす"), payload=payload),
        Payload(label=translated("いまの状況"), payload="/ask_alert_status"),
        *(safety if grave or hazard == "earthquake" else ()),
        OpenLink(label=translated("市の防災ページ"), url=around.page),
    )


def _level(entry: Entry) -> list[str]:
    if entry.level is None or entry.level < _FROM_LEVEL:
        return []
    said = "警戒レベル{level}に相当する気象の情報です。市の避難指示ではありません。"
    return [translated(said, level=entry.level)]


def _orders(around: Around) -> list[str]:
    if not around.orders:
        return [translated("市の避難情報：いま受け取っているものはありません。")]
    names = listed(
        translated("{word}（{place}）", word=translated(word), place=translated(place))
        for place, word in around.orders
    )
    return [translated("市の避難情報：{orders}", orders=names)]


def _others(around: Around) -> list[str]:
    if not around.others:
        return []
    names = listed(grade_name(entry) for entry in around.others)
    return [translated("ほかに出ているもの：{others}", others=names)]


def _after(around: Around) -> list[str]:
    """What still holds after an end: nobody may take one all-clear for all of them."""
    calm = "川の水が多い所や、地面がゆるんだ所には、しばらく近づかないでください。"
    orders = _orders(around) if around.orders else []
    return [*orders, *_others(around), translated(calm)]


def _shelters(around: Around) -> list[str]:
    if not around.shelters:
        return []
    return [translated("開いている避難所：{names}", names=listed(around.shelters[:5]))]


def _hazard(entry: Entry) -> str:
    return translated(HAZARDS.get(entry.hazard, HAZARDS["other"]))


def _source(entry: Entry) -> str:
    is_japanese = LOCALES[language()] == LOCALES["ja"]
    if is_japanese and entry.publishers:
        return entry.publishers
    return translated("国（Jアラート）") if entry.hazard == "attack" else translated("気象庁")


def _when(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local.month}/{local.day} {local:%H:%M}"
