"""Which way somebody moves, and from where to where, as far as the words say it."""

import re
from dataclasses import dataclass

from actions.procedures.facts import Direction
from actions.procedures.places_parsing import (
    ELSEWHERE,
    HOUSE,
    NOWHERE,
    Here,
    is_named,
    place_from,
    place_to,
)
from actions.procedures.words_parsing import pattern
from kit.text import Folded, hiragana

_ABROAD = pattern(
    r"海外|外国|国外|アメリカ|米国|イギリス|英国|ドイツ|フランス|カナダ|オーストラリア"
    r"|ニュージーランド|中国(?!地方)|韓国|台湾|タイ(?=[にへの、])|ベトナム|フィリピン"
    r"|インドネシア|インド|ネパール|ブラジル|シンガポール|マレーシア|スペイン|イタリア|オランダ"
    r"|香港|ハワイ|ロンドン|パリ(?=[にへの、])|ニューヨーク|ソウル|上海|北京|台北|バンコク|ハノイ"
    r"|abroad|overseas"
)
_VERB = (
    r"(?:引っ?越し?|引っこし?|ひっこし?|越し|移住し|移り住ん|転入し|転居し|転勤し|赴任し|帰っ"
    r"|帰国し|戻っ|もどっ|移っ|嫁い|上京し|出|住所を移し|uターンし|iターンし)"
)
_COMES = pattern(
    rf"{_VERB}(?:で|て)(?:来|き|く(?!れ)|こ(?:ら|よ|な)|参り|まいり|(?:[^。、]{{0,6}})間もな"
    rf"|ばかり)|転入|(?:から|より)(?:[^。、]{{0,12}})帰国|moved (?:here|in|to aizu)|(?:moved|came"
    rf"|coming|moving) from|uターン|iターン|(?:こっち|こちら|当市|この(?:市|街|町)"
    rf"|地元)(?:のほう)?[にへさ](?:[^。、]{{0,10}})(?:引|越|移|転|来|き(?:た|ま)|ひっ|戻|住|帰)"
)
_GOES = pattern(
    rf"転出|(?:出て)(?:行|い[くき])|(?:県外|市外|他県|他市|よそ|都会"
    rf"|県外の\S{{1,6}})(?:[へにさ])(?!いた|住んで)(?:[^。]{{0,12}})(?:引|越|移|転|行|い[くき]|出"
    rf"|ひっ|住|就職|進学|赴任)|{_VERB}(?:て)(?:行く|行き|いく|いき)|(?:こちら|ここ|会津"
    rf"|この(?:市|街|町)|地元)を(?:離れ|出)|引き払|引払|move (?:out|to)|moving (?:out|to)|leaving"
    rf"|leav(?:e|ing) (?:japan|the city|aizu|town)|単身赴任(?:が|に|で|する|し|と)"
)
_WITHIN = pattern(
    r"市内(?:で|の(?:別|ほか|他|中|違|引っ?越|ひっこ|転居|移)|転居|引っ?越|間|[のに]?(?:アパート|新居|実家|一軒家"
    r"|マンション))[^。]{0,20}|市内から市内|市内の[^。、]{1,14}(?:から|に|へ)(?!ある|い[るた]"
    r"|住んで)|(?:市|若松|町)の中で|同じ(?:学区|地区|市町村|会津|若松|町)|(?:同じ(?:市|町内?|区)"
    r"|町内|近所|隣町|隣の(?:町内|アパート|部屋|町|棟)|すぐ(?:近く|そば)"
    r"|歩いて\d+分)(?:の)?(?:[^。、]{1,8})?(?:で|に|へ|から)[^。、]{0,10}(?:引|越|移|転居|ひっこ"
    r"|住み)|(?<!市外)転居(?:し|する|届|の)|同じ(?:アパート|マンション|団地|建物)|住み替え|(?:^"
    r"|[。、])しないで(?=ひっこ|引)"
    r"|within (?:the city|aizu)|across town|same (?:city|town)|(?:apartment|house|place"
    r"|flat) in (?:the same|aizu|this)|in the same city"
)
_IS_MOVE = pattern(
    rf"引っ?[越超腰]|(?:1人|新)?(?:暮らし|生活)を(?:始|はじ)|住まい(?:が|を)変|引っこ[しす]"
    rf"|(?:部屋|アパート|家|マンション|一軒家)(?:を|が)?(?:新しく)?(?:借り|買[いっ]"
    rf"|建て)(?:[^。]{{0,12}})(?:住|移|引|届|手続)|ひっこ[しす]|転入|転出|転居|移り住|移住"
    rf"|{_VERB}(?:て|で)(?:来|き(?:ま|た|て)|くる|行|いく|いき)|帰国(?:し|する)|転勤(?:で|に|が"
    rf"|し|する|と)|赴任|上京|(?:住所|じゅうしょ|すまい|アパート|部屋|いえ)(?:が"
    rf"|を)?(?:[^。、]{{0,8}})(?:変|移|か[わえ]|うつ[るりし])|(?:実家|親元"
    rf"|(?<![一-鿿])家)を(?:出る|出ま|出た|離れ)|越して(?!く|き|来)|(?:に|へ)移ろう"
    rf"|住民票を(?:[^。、]{{0,6}})移|新居|住み替え|引き払|引払|単身赴任|(?:実家|地元|故郷|田舎"
    rf"|国)[にへさ](?:[^。、]{{0,6}})(?:戻|帰(?!省)|もど)|(?:に|へ|さ)(?:越(?:し|す)|移(?:る|り"
    rf"|っ)|うつ(?:る|り|っ))|(?<![お年引っ])越(?:します|すこと|す予定|しまし|した|すので|すん)"
    rf"|uターン|iターン|(?:住|暮らし)(?:み|し)?始め|住むことに(?:な|し)|を離れ(?:る|ま|て)"
    rf"|(?:進学|就職|大学|仕事|留学|結婚)(?:で|のため|のために|し)(?:[^。]{{0,12}})(?:に行|へ行"
    rf"|を出|に出|へ出|に住|で(?:1人|一人)暮らし)|留学(?:し|する|に|で)|出て(?:行く|行き|いく"
    rf"|いき)"
    r"|(?:仕事|転勤|就職|進学)で[^。]{0,8}(?:行く|行き|いく)[^。]{0,14}(?:手続|やること|することに?|届|りすと|リスト)"
    r"|帰国|異動(?:で|に|が|し)|(?:アパート|部屋|寮|社宅|マンション)を?出(?:て|る|ま)|入寮|下宿"
    r"|寮に入|移住|(?:市|町|街|会津|若松|ここ|こっち)を出(?:る|ま|て)|(?:部屋|家|アパート)を(?:移"
    r"|変わ|かわ)|入居|じゅうしょ(?:が|を)(?:[^。、]{0,4})か[わえ]|mov(?:ed?|ing)\b(?! on)"
    r"|relocat|leav(?:e|ing) (?:japan|the city|aizu|town)|back to my (?:home )?country"
    r"|transfer(?:red)? to"
)
_CAME = pattern(
    r"(?:から|に住んで|にいた|にい[てま])(?:[^。]{0,8})(?:来まし|きました|来た(?:ばかり|んです"
    r"|ので|者)|来たばっかり)"
)
_AND_LIVES = pattern(
    r"手続|届|住所|暮ら|住|何をすれば|なにをすれば|役所|学校|保育|必要|家族|妻|夫|つま|おっと"
    r"|こども|子|働|はたら|仕事|どうすれば"
)
_SETTLES = re.compile(
    rf"(?:進学|就職|転勤|異動|赴任)(?:で|が|のため|先[はが]|に伴い"
    rf"|により)?(?:、)?(?:{ELSEWHERE.pattern})"
    rf"|(?:仕事|転勤)で(?:{ELSEWHERE.pattern})[^。、]{{0,4}}(?:行く|行き|いく)"
    rf"|(?:{ELSEWHERE.pattern})[都道府県市区町村]?(?:のほう|の方)?(?:に|へ|さ"
    rf"|で)(?:[^。、]{{0,10}})(?:住むこ|住みます|(?:1人|一人)暮らし|暮らすこ|暮らします|働くこ"
    rf"|働きます|移|越|行くことに|出ることに|帰ること|就職|進学|赴任)"
)
_HOME_ABROAD = re.compile(
    r"(?:go|going|moving|return|returning) back to my (?:home )?country|leaving japan|(?:自分の"
    r"|母)?国[にへさ](?:[^。、]{0,4})帰"
)
_RENTED = re.compile(r"アパート|マンション|団地|住宅|賃貸|借家|社宅|持ち家|貸家|寮")


@dataclass(frozen=True)
class Move:
    """A move as it was told; `direction` is none where the words leave it open."""

    direction: Direction | None = None
    place_from: str = ""
    place_to: str = ""
    at: int = -1
    """Where in the folded words the move is told; -1 for none."""


def move_told(text: Folded, here: Here = NOWHERE) -> Move:
    """Return the move that is told. This city is named by the direction, not as a place."""
    words = text.words
    told = next(filter(None, (one.search(words) for one in _TOLD)), None)
    if told is None and _AND_LIVES.search(words):
        told = _CAME.search(words)
    if told is None:
        return Move()
    origin, goal = place_from(text.written, here), place_to(text.written, here)
    direction = _direction(words, origin, goal, here)
    return Move(direction, _as_place(origin, here), _as_place(goal, here), told.start())


def _as_place(place: str, here: Here) -> str:
    """Return a place that says more than the direction and than any home would."""
    return "" if here.is_city(place) or HOUSE.fullmatch(place) else place


_TOLD = (_SETTLES, _IS_MOVE, _COMES, _GOES)


def _direction(words: str, origin: str, goal: str, here: Here) -> Direction | None:
    if _ABROAD.search(hiragana(goal)) or _HOME_ABROAD.search(words):
        return Direction.abroad
    if _ABROAD.search(hiragana(origin)):
        return Direction.into
    if here.names(goal):
        return _into_ours(words, origin, goal, here)
    if here.names(origin):
        return _out_of_ours(words, origin, goal, here)
    if _is_elsewhere(goal, here):
        return Direction.out
    for direction, one in _SAID:
        if one.search(words):
            return direction
    return Direction.into if _is_elsewhere(origin, here) else None


_SAID = (
    (Direction.within, _WITHIN),
    (Direction.out, _GOES),
    (Direction.into, _COMES),
    (Direction.into, _CAME),
    (Direction.out, _SETTLES),
)


def _into_ours(words: str, origin: str, goal: str, here: Here) -> Direction | None:
    if here.names(origin) or _WITHIN.search(words) or _RENTED.search(origin):
        return Direction.within
    comes = _COMES.search(words) or _is_elsewhere(origin, here)
    return Direction.into if comes or here.is_city(goal) else None


def _out_of_ours(words: str, origin: str, goal: str, here: Here) -> Direction | None:
    """Tell where somebody goes from here: 東京へ, 隣のアパートへ, or only away."""
    if _WITHIN.search(words):
        return Direction.within
    if (goal and not HOUSE.search(goal)) or _GOES.search(words):
        return Direction.out
    if here.is_city(origin):
        return None if goal else Direction.out
    return Direction.within if _COMES.search(words) or _RENTED.search(goal) else None


def _is_elsewhere(place: str, here: Here) -> bool:
    if ELSEWHERE.search(place) or any(name in place for name in here.elsewhere):
        return True
    return bool(here.city) and is_named(place) and not HOUSE.search(place)
