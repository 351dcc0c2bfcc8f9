"""How places are told to residents: cards, and the same in words."""

import json

from actions.talking.language import names_in_japanese
from kit.links import web_address
from kit.wording import listed, translated
from messages.hazards import DESIGNATED, Hazard
from messages.neutral import Card, Cards, Choice, Fact, OpenLink, Payload, Say, ShareLocation, Text
from services.facilities.contract import Kind, Nearest, Place

DEMONSTRATION = "※デモ用のデータです"
OPEN_STATE = "開設状況は市の発表をご確認ください。"
ANYWHERE_MAPS = "https://disaportal.gsi.go.jp/"
# Farther than this nobody plans to walk, and the estimate misleads.
LONGEST_WALK_MINUTES = 60

EMERGENCY = Text(
    text="今いる場所が危険なときは、すぐに119（消防・救急）か110（警察）へ電話してください。"
)
SNOW = Text(
    text="雪がひどいときは、無理に外へ出ないでください。"
    "今いる建物が安全なら、山の斜面から離れた部屋で過ごしてください。\n"
    "家がつぶれそうなときや、雪で動けないときは、119へ電話してください。"
)
_CALL_119 = OpenLink(label="119に電話する", url="tel:119")
_ELSEWHERE = ShareLocation(label="別の場所を送る")
_MENU = Payload(label="メニューを見る", payload="/help")
_STAFF = Payload(label="職員に相談", payload="/request_human")
_ASKABLE = (Hazard.flood, Hazard.earthquake, Hazard.landslide, Hazard.inland_flood, Hazard.fire)

_KINDS = {
    Kind.emergency_site: (
        "指定緊急避難場所",
        "指定緊急避難場所は、危険がせまったときに逃げ込む場所です。"
        "しばらく生活する「指定避難所」とは別に決められています。",
    ),
    Kind.shelter: (
        "指定避難所",
        "指定避難所は、家に戻れないときに、しばらく生活する場所です。"
        "危険がせまっているときは、まず「指定緊急避難場所」へ逃げてください。",
    ),
    Kind.welfare_shelter: (
        "受け入れる方が決まっている避難所",
        "介護や支援が必要な方などのための指定避難所です。"
        "行く前に、受け入れができるかを市に確認してください。",
    ),
}


def payload(label: str, intent: str, **entities: str) -> Payload:
    """Return a button that names an intent exactly; entities without a value are left out."""
    given = {name: value for name, value in entities.items() if value}
    text = json.dumps(given, ensure_ascii=False) if given else ""
    return Payload(label=label, payload=f"/{intent}{text}")


def labels(hazards: tuple[Hazard, ...]) -> str:
    """Return hazards as one phrase."""
    return listed((hazard.label for hazard in hazards), "・")


def distance(metres: int) -> str:
    """Return a distance as people say it: to ten metres, from one kilometre on to a hundred."""
    if metres < 10:
        return translated("すぐ近く")
    rounded = round(metres, -1)
    length = f"{rounded}m" if rounded < 1000 else f"{metres / 1000:.1f}km"
    return translated("約{length}", length=length)


def _way(place: Place) -> str:
    """Return direction, distance and time on foot in one phrase."""
    metres = place.distance_m or 0
    minutes = place.walk_minutes or 0
    if metres < 10:
        return distance(metres)
    way = {"direction": translated(place.direction), "distance": distance(metres)}
    if minutes > LONGEST_WALK_MINUTES:
        return translated("{direction}へ{distance}", **way)
    return translated("{direction}へ{distance}（歩いて約{minutes}分）", minutes=minutes, **way)


def _facts(place: Place, *, with_hazards: bool) -> tuple[Fact, ...]:
    told = {
        "距離と方角": _way(place) if place.distance_m is not None else "",
        "住所": place.address,
        "場所": place.spot,
        "時間": place.hours,
        "電話": _phone(place),
        "対応する災害": labels(place.hazards) if with_hazards else "",
        "受け入れる方": place.accepts,
        "収容の目安": place.capacity,
    }
    return tuple(Fact(label=label, value=value) for label, value in told.items() if value)


def _phone(place: Place) -> str:
    """Return the number to show; an invented one must not look real."""
    return "デモ用のため表示しません" if place.phone and place.demonstration else place.phone


def _card(place: Place) -> Card:
    is_refuge = place.kind in _KINDS
    choices: list[Choice] = [OpenLink(label="地図を見る", url=place.map_url)]
    digits = "".join(c for c in place.phone if c in "+0123456789")
    if digits and not place.demonstration:
        choices.append(OpenLink(label="電話する", url=f"tel:{digits}"))
    if url := web_address(place.url):
        choices.append(OpenLink(label="くわしく見る", url=url))
    both = "指定避難所と同じ住所です" if place.doubles_as_shelter else ""
    demonstration = DEMONSTRATION if place.demonstration else ""
    return Card(
        title=place.name,
        subtitle=_KINDS[place.kind][0] if is_refuge else "",
        facts=_facts(place, with_hazards=is_refuge),
        note="\n".join(part for part in (both, place.note, demonstration) if part),
        choices=tuple(choices),
    )


def _in_words(places: tuple[Place, ...]) -> str:
    """Say every card in words; credit and the demonstration mark come last, once."""
    lines = [
        f"{number}. {place.name}：{listed(f.value for f in _facts(place, with_hazards=True))}"
        for number, place in enumerate(places, start=1)
    ]
    lines += dict.fromkeys(place.credit for place in places if place.credit)
    if any(place.demonstration for place in places):
        lines.append(DEMONSTRATION)
    return "\n".join(lines)


def cards(places: tuple[Place, ...], choices: tuple[Choice, ...]) -> Cards:
    """Return places side by side, and in words."""
    return Cards(summary=_in_words(places), cards=tuple(map(_card, places)), choices=choices)


def refuge_intro(
    kind: Kind, hazards: tuple[Hazard, ...], start: str, places: tuple[Place, ...]
) -> Text:
    """Say what the following cards are, what they are not, and whose data they come from."""
    name, explanation = _KINDS[kind]
    if hazards and kind is Kind.emergency_site:
        name = translated("{hazards}のときの{kind}", hazards=labels(hazards), kind=translated(name))
    sentences = [_nearest_first(start, name), explanation]
    common = set(DESIGNATED).intersection(*(place.hazards for place in places))
    if kind is Kind.emergency_site and not hazards and {Hazard.flood, Hazard.earthquake} <= common:
        sentences.append("地震と洪水の両方に対応する場所を選びました。")
    return _introduction(sentences, places)


def snow_intro(start: str, places: tuple[Place, ...]) -> Text:
    """Say that the following cards are buildings; open sites are no refuge from snow."""
    return _introduction([_nearest_first(start, "建物に入れる指定避難所")], places)


def _nearest_first(start: str, what: str) -> str:
    return translated(
        "{start}から近い順に、{what}をご案内します。",
        start=translated(start),
        what=translated(what),
    )


def _introduction(sentences: list[str], places: tuple[Place, ...]) -> Text:
    credits = dict.fromkeys(place.credit for place in places if place.credit)
    return Text(text="\n".join([*sentences, OPEN_STATE, *names_in_japanese(), *credits]))


def refuge_choices(
    kind: Kind, hazards: tuple[Hazard, ...], landmark: str, *, danger: bool
) -> tuple[Choice, ...]:
    """Offer other hazards, the other kind of refuge, another place; 119 first in danger."""
    chosen = hazards[0].value if len(hazards) == 1 else ""
    other: list[Choice] = [_CALL_119] if danger else []
    if kind is Kind.emergency_site:
        other += [
            payload(
                translated("{hazard}のとき", hazard=translated(h.label)),
                "ask_shelter",
                hazard=h.value,
                landmark=landmark,
            )
            for h in _ASKABLE
            if h not in hazards
        ]
        stay = payload(
            "生活する避難所", "ask_shelter", refuge=Kind.shelter.value, landmark=landmark
        )
        other.append(stay)
    else:
        other.append(payload("逃げ込む避難場所", "ask_shelter", hazard=chosen, landmark=landmark))
    if kind is Kind.shelter:
        care = Kind.welfare_shelter.value
        other.append(
            payload("支援が必要な方の避難所", "ask_shelter", refuge=care, landmark=landmark)
        )
    return (*other, _ELSEWHERE)


def outside(start: str) -> Text:
    """Say honestly that somebody is too far away for this city's places."""
    return Text(
        text=translated(
            "{start}の30km以内に、この市のご案内できる場所がありません。"
            "避難するときは、今いる市町村の案内にしたがってください。",
            start=translated(start),
        ),
        choices=(OpenLink(label="全国の防災の地図", url=ANYWHERE_MAPS), _ELSEWHERE, _MENU),
    )


def undesignated(hazards: tuple[Hazard, ...], landmark: str, searched: Nearest) -> Text:
    """Say honestly that the city designates no site for this, and by whose list."""
    lines = [
        translated(
            "市内には、{hazards}に対応する指定緊急避難場所がありません。"
            "危険を感じたら、市や気象台の発表にしたがって、早めに安全な場所へ移ってください。",
            hazards=labels(hazards),
        ),
        *searched.credits,
        *([DEMONSTRATION] if searched.demonstration else []),
    ]
    return Text(
        text="\n".join(lines),
        choices=refuge_choices(Kind.emergency_site, hazards, landmark, danger=False),
    )


def facility_intro(category: str, start: str = "") -> Text:
    """Say what the following cards are."""
    if start:
        told = _nearest_first(start, category)
    else:
        told = translated("{what}をご案内します。", what=translated(category))
    return Text(text="\n".join([told, *names_in_japanese()]))


def facility_choices(category: str, *, can_be_near: bool) -> tuple[Choice, ...]:
    """Offer the nearest of the category, and other facilities."""
    near: tuple[Choice, ...] = (ShareLocation(label="近い順に見る"),) if can_be_near else ()
    again: tuple[Choice, ...] = () if can_be_near or not category else (_ELSEWHERE,)
    return (*near, *again, payload("ほかの施設をさがす", "ask_facility"))


def which_facility(categories: tuple[str, ...]) -> Text:
    """Ask for a name or a category."""
    chosen = tuple(payload(name, "ask_facility", facility=name) for name in categories[:12])
    return Text(
        text="どの施設をお探しですか？\n施設の名前を送るか、種類をお選びください。",
        choices=(*chosen, _STAFF),
    )


def no_such_facility(category: str, *, demonstration: bool) -> Text:
    """Say honestly that the list holds none."""
    mark = f"\n{DEMONSTRATION}" if demonstration else ""
    missing = "{what}は、市の施設の一覧に見つかりませんでした。"
    return Text(
        text=f"{translated(missing, what=translated(category))}{mark}",
        choices=(payload("ほかの施設をさがす", "ask_facility"), _STAFF),
    )


ASK_THERE = "駐車場のことは、施設の電話か、市役所の代表電話でお確かめください。"


_NOT_OURS = {
    "convenience": "コンビニ",
    "bank": "銀行やATM",
    "shop": "お店",
    "petrol": "ガソリンスタンド",
    "restaurant": "飲食店",
    "hotel": "ホテルや旅館",
    "leisure": "映画館や遊ぶ所",
}


def not_ours(kind: str) -> Text:
    """Say that a place (a kind of `elsewhere_parsing.NAMES`) is none of the city's."""
    return Text(
        text=translated(
            "{what}は市の施設ではないため、ここではご案内できません。"
            "お持ちの地図アプリで、名前や種類を入れてお探しください。",
            what=translated(_NOT_OURS[kind]),
        ),
        choices=(payload("市の施設をさがす", "ask_facility"), _STAFF),
    )


def ask_where(landmarks: tuple[str, ...], *, again: bool, danger: bool) -> Text:
    """Ask for a place to count from. The citizen's own words are not repeated."""
    emergency = (_CALL_119,) if danger else ()
    sorry = ["すみません、その場所は見つかりませんでした。"] if again else []
    named = tuple(Say(label=name, text=name) for name in landmarks)
    question = [
        "どこから近い場所をお探ししますか？",
        "今いる場所を送るか、地区や駅、施設の名前を送ってください。",
    ]
    return Text(
        text="\n".join([*sorry, *question]),
        choices=(
            ShareLocation(label="今いる場所を送る"),
            *emergency,
            *named,
            Payload(label="やめる", payload="/cancel"),
        ),
    )


def what_near_here() -> Text:
    """Ask what a place was sent for."""
    return Text(
        text="場所を受けとりました。この近くの何をお探しですか？",
        choices=(
            payload("避難場所", "ask_shelter"),
            payload("AED", "ask_facility", facility="AED"),
            payload("トイレ", "ask_facility", facility="トイレ"),
            payload("ほかの施設", "ask_facility"),
        ),
    )
