"""Where somebody moves from and to, as far as the words say it."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from actions.procedures.facts import Direction
from actions.procedures.words import pattern
from kit.text import Folded

_MOVE = (
    r"(?:引っ?越|ひっこ|転入|転居|移り住|移住|住み始|住むこと|転勤|異動|(?<!に)(?<!が)越し|越す|帰国|移る|移り|移転|住民票"
    r"|戻(?:って|り|る|った)|もど(?:って|り|る|った)|上京|来まし|来た|来て|来る|きました|きた(?!い)|移動|入居|出(?:ます|ること)|進学|就職|嫁)"
)
_NAME = r"(?:いわき|さいたま|つくば|みどり|ひたちなか|かほく|あわら|[ぁ-ん]{2,6}(?=[市町村区])|[一-鿿々]|(?<=[一-鿿])[ヶケがの](?=[一-鿿])|[ァ-ヴー])"
_PLACE = rf"(?P<name>{_NAME}{{1,14}})"
_FROM = re.compile(
    _PLACE + r"(?:の(?:ほう|方))?(?:(?:から|より)(?!も|し[かて]|[なだで])|を(?=出|離れ|引き払|引払))"
    r"|\bfrom (?P<latin>[A-Z]\w+(?:[ -][A-Z]\w+)*)"
)
_TO = re.compile(
    _PLACE + r"(?:の(?:ほう|方))?(?:に|へ|まで)(?!は|も[、は]|つい|関|よ[りる]|なり|なる|なっ|して|し[まて]|対|ある|あり|い[まるた])"
    r"|\bto (?P<latin>[A-Z]\w+(?:[ -][A-Z]\w+)*)"
)
_BEFORE_PLACE = re.compile(
    r"^(?:[再来先今昨翌本一]+[年月週日]|明日|月末|月初め?|今度|今回|最近|この春|春|夏|秋|冬|[0-9０-９一二三四五六七八九十]+[年月日]|夫婦|家族|一家|[父母夫妻私僕俺]|主人|旦那|現在|現住所|急遽|急|結婚後?|離婚後?|退職後?|卒業後?|転勤|単身|[のが]|今)+(?=..)"
)
# What stands before から and に and is no place.
_NO_PLACE = re.compile(
    r"^(?:[年月日時分週秒\d]+|.*(?:[年月日時週]|曜日?)|今|今度|前|後|次|先|来春|春|夏|秋|冬|朝|昼|夜|夕方|最近|昔|途中|一緒|急|本当|別|他|外|中|上|下|一人|二人|家族|夫婦|夫|妻|父|母|親|両親|息子|娘|子|子供|孫|兄|弟|姉|妹|主人|旦那|嫁|彼|彼女|私|僕|俺"
    r"|会社|仕事|職場|学校|大学|病院|施設|本庁|役所|市役所|窓口|電話|転勤|結婚|離婚|退職|入籍|就職|進学|出産|卒業|年末|年始|正月|連休|週末|月末|月初|新年|今年|来年|去年|昨年|昨日|明日|今日|一昨日|先日|先月|来月|今月|先週|来週|今週|再来月|再来週|近々|近日|最初|初|以前|単身|単身赴任|世帯|住民票|住所|家|自宅|所|方|為|目|手|時|際|理由|都合|関係|予定|無事|正式|新築|新居|同居|一戸建|一軒家|持家|中古|賃貸|扶養|国保|社保|保険|事情|土地|実家暮|体|気|店|隣|転出|転入|移住|引越|引|越|向|戻|行|出|住|何|誰|日本|国内|今回|今後|こっち|そっち|頃|際|間|最終|入居|解体|全員|一家|相手|先方|家賃|下旬|上旬|中旬|頭)$"
)
_ABROAD = pattern(
    r"海外|外国|国外|アメリカ|米国|イギリス|英国|ドイツ|フランス|カナダ|オーストラリア|ニュージーランド|中国(?!地方)|韓国|台湾|タイ(?=[にへの、])|ベトナム|フィリピン|インドネシア|インド|ネパール|ブラジル|シンガポール|マレーシア|スペイン|イタリア|オランダ|香港|ハワイ|ロンドン|パリ(?=[にへの、])|ニューヨーク|ソウル|上海|北京|台北|バンコク|ハノイ|abroad|overseas"
)
_COMES = pattern(
    r"(?:引っ?越|引っこ|ひっこ|越|移住|移り住|転入|転居|転勤|帰|戻|もど|来|移|嫁)(?:し)?(?:っ)?(?:で|て|って|んで)?(?:来(?!月|週|年|春)|き(?:た|ま|て)|くる|こ(?:ら|よ))|(?:から|より)(?:転入|帰国)|転入(?!先|届の書)|入居(?:する|し)こと|moved (?:here|in|to aizu)|(?:moved|came|coming) from|uターン|iターン|こっち[にへ]|こちら[にへ](?:引|越|移|転|来|き|ひ|戻|住)|(?:この|当)[市街町][にへ]"
)
_GOES = pattern(
    r"転出|(?:出て)(?:行|い)|(?:県外|市外|他県|他市|よそ)(?:の\S{1,6})?[にへ]|引っ?越して(?:行|い)[くき]|離れ|引き払|引払|move (?:out|to)|moving (?:out|to)|leaving"
)
_WITHIN = pattern(
    r"市内(?:で|の(?:別|ほか|他|中)|転居|引っ?越|間|から(?!出))|(?:市内|同じ(?:市|町内?|区)|町内|近所|隣町|隣の(?:町内|アパート|部屋)|すぐ近く)(?:の[^。、]{1,8})?(?:で|に|へ|から市内)[^。、]{0,8}(?:引|越|移|転居|ひっこ|住)|転居|同じ(?:アパート|マンション|団地|建物)"
    r"|within the city|in the same city"
)
_IS_MOVE = pattern(r"引っ?越|引っこし|ひっこ|転入|転出|転居|移り住|移住|越して(?:来|き|くる)|(?:帰国|転勤|上京|移る|移り|入居)|に(?:越|戻|もど)|mov(?:ed?|ing)\b")
# Each is far from any city that is not its own: who goes there leaves, who comes from there comes.
_ELSEWHERE = re.compile(
    r"北海道|青森|岩手|宮城|秋田|山形|茨城|栃木|群馬|埼玉|千葉|東京|神奈川|新潟|富山|石川|福井|山梨|長野|岐阜|静岡|愛知|三重|滋賀|京都|大阪|兵庫|奈良|和歌山|鳥取|島根|岡山|広島|山口|徳島|香川|愛媛|高知|福岡|佐賀|長崎|熊本|大分|宮崎|鹿児島|沖縄"
    r"|札幌|仙台|盛岡|さいたま|横浜|川崎|名古屋|神戸|北九州|那覇|郡山|いわき|福島市|浜松|金沢|つくば|水戸|宇都宮|高崎"
)


@dataclass(frozen=True)
class Move:
    """A move as it was told; `direction` is none where the words leave it open."""

    direction: Direction | None = None
    place_from: str = ""
    place_to: str = ""


def move_told(text: Folded, ours: Collection[str] = ()) -> Move:
    """Return the move that is told. `ours`: names in it that are of this city."""
    words = text.words
    if not _IS_MOVE.search(words) and not _COMES.search(words):
        return Move()
    place_from = _place(text, _FROM)
    place_to = _place(text, _TO)
    direction = _direction(words, place_from, place_to, ours)
    return Move(direction, place_from, place_to)


def _place(text: Folded, reader: re.Pattern[str]) -> str:
    """Return the last place before から or に in a clause that moves."""
    found = ""
    for match in reader.finditer(text.written):
        name = match["latin"] or _BEFORE_PLACE.sub("", match["name"])
        rest = re.split(r"[。！？!?\n]", text.written[match.end() :])[0]
        moves = match["latin"] or re.search(_MOVE, rest)
        if _NO_PLACE.match(name) or not moves:
            continue
        found = name
    return found


def _is_ours(name: str, ours: Collection[str]) -> bool:
    return any(own in name for own in ours)


def _direction(
    words: str, place_from: str, place_to: str, ours: Collection[str]
) -> Direction | None:
    if place_to and _ABROAD.search(place_to):
        return Direction.abroad
    if place_from and _ABROAD.search(place_from):
        return Direction.into
    from_us, to_us = _is_ours(place_from, ours), _is_ours(place_to, ours)
    if to_us:
        return Direction.within if from_us or _WITHIN.search(words) else Direction.into
    if from_us and place_to:
        return Direction.out
    if _WITHIN.search(words):
        return Direction.within
    if _GOES.search(words):
        return Direction.out
    if _COMES.search(words):
        return Direction.into
    if _ELSEWHERE.search(place_to):
        return Direction.out
    if _ELSEWHERE.search(place_from):
        return Direction.into
    return None
