"""How the waste skill asks where somebody lives, and what it says about the answer."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from actions.waste.messages import CANCEL, DAYS, HUMAN, PAGE, REMIND, marked, tap
from actions.waste.whereabouts import Where
from kit.wording import listed, translated
from messages.neutral import Choice, Message, ShareLocation, Text
from services.places.contract import Need

HERE = ShareLocation(label="地図で場所を送る")


@dataclass(frozen=True)
class Areas:
    """The districts to choose from, and why they are asked about."""

    shown: tuple[str, ...]
    where: Where = field(default_factory=Where)
    few: bool = False
    """They were picked because of what the resident wrote."""
    unknown: bool = False
    """What the resident wrote is no district."""
    repeated: bool = False
    """The same few were offered just before."""
    lost: bool = False
    """The resident does not know their district."""
    demonstration: bool = False


def which_area(areas: Areas, page: int, intent: str) -> Message:
    """Ask for the district: a page of choices, the last of which shows more."""
    shown = areas.shown[page * PAGE : (page + 1) * PAGE]
    choices: list[Choice] = [tap(area, intent, waste_area=area) for area in shown]
    if len(areas.shown) > PAGE:
        following = page + 1 if (page + 1) * PAGE < len(areas.shown) else 0
        choices.append(tap("ほかの地区", intent, waste_area=f"more{following}"))
    if areas.repeated:
        choices.append(HUMAN)
    if areas.lost or areas.unknown or not areas.few:
        choices.append(HERE)
    choices.append(CANCEL)
    lines = marked(_area_question(areas), demonstration=areas.demonstration)
    return Text(text="\n".join(lines), choices=tuple(choices))


def _area_question(areas: Areas) -> list[str]:
    where = areas.where
    if where.unknown:
        return _not_known(where)
    if areas.unknown:
        return [
            "その名前の地区が見つかりませんでした。",
            "お住まいに近い地区を、下から選んでください。",
        ]
    if areas.lost:
        return [
            "町名や住所を送っていただければ、お調べします。（例：一箕町亀賀）",
            "下のボタンから、地図で場所を送ることもできます。",
        ]
    if areas.repeated:
        return [
            "同じ名前の地区が分かれています。下のボタンから選んでください。",
            "どれか分からないときは、職員にご相談ください。",
        ]
    if areas.few and where.about:
        return _divided(where.about, where.need, areas.shown)
    if areas.few:
        return ["次のうち、どの地区ですか？", *(f"・{area}" for area in areas.shown)]
    return ["お住まいの地区はどちらですか？", "下から選ぶか、町名や住所を送ってください。"]


def _divided(town: str, need: Need, districts: Sequence[str]) -> list[str]:
    if need is Need.chome:
        question = translated("{town}は、丁目によって地区が分かれます。何丁目ですか？", town=town)
    elif need is Need.part:
        question = translated(
            "{town}は、場所によって地区が分かれます。字（あざ）の名前か、地区を教えてください。",
            town=town,
        )
    else:
        question = translated("{town}は、地区が分かれます。次のうち、どの地区ですか？", town=town)
    return [question, *(f"・{area}" for area in districts)]


def _not_known(where: Where) -> list[str]:
    if where.elsewhere:
        outside = (
            "「{name}」は、市の外のようです。収集日は、お住まいの市町村にお問い合わせください。"
        )
        lines = [translated(outside, name=where.unknown)]
        return [*lines, "市内の地区のことでしたら、下から選ぶか、町名を送ってください。"]
    lines = [translated("「{name}」という地名は、市内で見つかりませんでした。", name=where.unknown)]
    if where.similar:
        near = translated("{names}のことですか？", names=listed(where.similar, "、"))
        return [*lines, near]
    return [*lines, "町名や住所を確かめて送っていただくか、下から地区を選んでください。"]


def belongs(where: Where) -> str:
    """Say to which district a place belongs; empty where the name is the district's own."""
    if not where.area or not where.name:
        return ""
    return translated("{town}は「{area}」の地区です。", town=where.name, area=where.area)


def exceptions(where: Where) -> str:
    """Say which parts of the place named belong elsewhere; empty for none."""
    if not where.exceptions:
        return ""
    told = "ただし「{others}」は別の地区です。"
    return translated(told, others=listed(where.exceptions, "・"))


def district_of(where: Where, area: str, *, demonstration: bool) -> Message:
    """Answer "which district is this?"."""
    line = belongs(where) or translated("「{area}」の地区です。", area=area)
    lines = [line, *filter(None, [exceptions(where)])]
    return Text(
        text="\n".join(marked(lines, demonstration=demonstration)),
        choices=(
            tap("この地区を覚える", "ask_waste_day", keep_area=area),
            tap("収集日を調べる", "ask_waste_day", waste_area=area),
            REMIND,
        ),
    )


def out_of_town() -> Message:
    """Say that a pin lies outside the city."""
    return Text(
        text="送っていただいた場所は、市の外のようです。\n町名や住所を送っていただければ、お調べします。",
        choices=(DAYS, HUMAN),
    )
