"""Where somebody moves from and to, as far as the words say it."""

import re
from dataclasses import dataclass

from actions.procedures.facts import Direction
from actions.procedures.words import pattern
from kit.text import Folded, hiragana

_MOVE = (
    r"引っ?越|引っこ|ひっこ|転入|転居|転出|移り住|移住|住|転勤|異動|赴任|越し|越す|帰|移|戻|もど|上京|来|きた|きま|くる|入居|出る|出ま|出て|出た|行|いく|いき|進学|入学|就職|嫁|留学|離れ|引き払|住民票|同居|暮ら"
)
_KANA_NAMES = (
    "いわき|さいたま|つくば|みどり|ひたちなか|かほく|あわら|とうきょう|おおさか|よこはま|せんだい|こおりやま|にいがた|ふくしま|きたかた|あいづ(?:わかまつ|ばんげ|みさと)?|ばんげ"
    "|なごや|ちば|かながわ|ほっかいどう|やまがた|みやぎ|いばらき|とちぎ|ぐんま|きょうと|おきなわ|ふくおか|うつのみや"
)
_NAME = (
    rf"(?:{_KANA_NAMES}|(?!から|より|[にへのはがもでとを])[ぁ-ん]{{2,6}}(?=[市町村区])|[0-9０-９一二三四五六七八九十]+丁目|[一-鿿々]|(?<=[一-鿿])[ヶケがの](?=[一-鿿])"
    r"|(?<=[一-鿿ァ-ヴー])の(?=[一-鿿ァ-ヴ])|[ァ-ヴー])"
)
_PLACE = rf"(?P<name>{_NAME}{{1,16}})"
_SIDE = r"(?:の(?:ほう|方|近く|あたり)|方面|あたり)?"
_FROM = re.compile(
    _PLACE + _SIDE + r"(?:(?:から|より)(?!も|し[かて]|[なだで])|を(?=出(?:て|る|ま)|離れ|引き払|引払)|→|に住んで|在住)"
    r"|(?:前|今|元|旧)の?(?:住所|住まい)[はが、]" + _PLACE.replace("name", "other")
    + r"|\bfrom (?P<latin>[A-Z]\w+(?:[ -][A-Z]\w+)*)"
)
_TO = re.compile(
    _PLACE + _SIDE + r"(?:に(?!は|も[、は]|つい|関|よ[りる]|なり|なる|なっ|して|し[まて]|対|ある|あり|い[まるた]|住んで(?!み))|へ(?!の道)|まで(?=引|越)|さ(?=引|越|行|移|戻|帰|出|住|ひ))"
    r"|(?:引っ?越し?|転出|転居|移転)先[はが、]" + _PLACE.replace("name", "other")
    + r"|→" + _PLACE.replace("name", "aim")
    + r"|\bto (?P<latin>[A-Z]\w+(?:[ -][A-Z]\w+)*)"
)
_BEFORE_PLACE = re.compile(
    r"^(?:[再来先今昨翌本一]+[年月週日]|明日|月末|月初め?|今度|今回|最近|この春|春|夏|秋|冬|[0-9０-９一二三四五六七八九十]+[年月日]|夫婦|家族|一家|[父母夫妻私僕俺](?!島)|主人|旦那|現在|現住所|急遽|急|結婚後?|離婚後?|退職後?|卒業後?|転勤|単身|[のが]|今)+(?=..)"
)
# What stands before から and に and is no place.
_NO_PLACE = re.compile(
    r"^(?:.*(?:[年月日時週末]|曜日?|以[内降前上]|頃|[0-9０-９一二三四五六七八九十]+(?:分|歳|才|人))"
    r"|.*(?:[校園院署課館店社員職証籍券届者様夫妻母父娘男女孫兄弟姉妹犬猫車氏姓人方前後]|(?<!王)子|大学|学部|施設|センター|窓口|工場|役所|保険|年金|扶養|世帯主?|カード|(?<!ア)パート|(?<!ル)バイト|名義|生活|仕事|関係|状態|一緒|同時|途中|手続き?|申請|都合|理由|事情|契約)"
    r"|今|次|先|春|夏|秋|冬|朝|昼|夜|夕方|最近|昔|急|急遽|本当|別|他|外|中|上|下|内|家族|夫婦|両親|親|実親|主人|旦那|嫁|彼女?|私|僕|俺|全員|一家"
    r"|転勤|結婚|離婚|退職|入籍|就職|進学|出産|卒業|正月|連休|新年|近々|最初|初|単身|単身赴任|住民票|住所|家|自宅|所|為|目|手|際|予定|無事|正式|新築|同居|中古|賃貸|土地|体|気|隣|転出|転入|転居|移住|引|越|向|戻|行|出|住|何|誰|日本|国内|今回|今度|今後|こっち|そっち|間|入居|解体|相手|先方|家賃|中旬|下旬|上旬|頭|異動|赴任|帰国|留学|ここ|定年|介護|世話|看病)$"
)
_ABROAD = pattern(
    r"海外|外国|国外|アメリカ|米国|イギリス|英国|ドイツ|フランス|カナダ|オーストラリア|ニュージーランド|中国(?!地方)|韓国|台湾|タイ(?=[にへの、])|ベトナム|フィリピン|インドネシア|インド|ネパール|ブラジル|シンガポール|マレーシア|スペイン|イタリア|オランダ|香港|ハワイ|ロンドン|パリ(?=[にへの、])|ニューヨーク|ソウル|上海|北京|台北|バンコク|ハノイ|abroad|overseas"
)
_VERB = r"(?:引っ?越し?|引っこし?|ひっこし?|越し|移住し|移り住ん|転入し|転居し|転勤し|赴任し|帰っ|帰国し|戻っ|もどっ|移っ|嫁い|上京し|住所を移し|uターンし|iターンし)"
_COMES = pattern(
    rf"{_VERB}(?:で|て)(?:来|き|く(?!れ)|こ(?:ら|よ|な)|参り|まいり|(?:[^。、]{{0,6}})間もな|ばかり)|転入|(?:から|より)(?:[^。、]{{0,12}})(?:帰国|移り住|移住|移って|入居|引っ?越|ひっこ|転居)|moved (?:here|in|to aizu)|(?:moved|came|coming|moving) from|uターン|iターン|(?:こっち|こちら|当市|この(?:市|街|町)|地元)(?:のほう)?[にへさ](?:[^。、]{{0,10}})(?:引|越|移|転|来|き(?:た|ま)|ひっ|戻|住|帰)|(?:住|暮らし)(?:み|し)?始め(?:た|まし|て)|住むことに(?:な|し)"
)
_GOES = pattern(
    rf"転出|(?:出て)(?:行|い[くき])|(?:県外|市外|他県|他市|よそ|都会|県外の\S{{1,6}})(?:[へにさ])(?!いた|住んで)(?:[^。]{{0,12}})(?:引|越|移|転|行|い[くき]|出|ひっ|住|就職|進学|赴任)|{_VERB}(?:て)(?:行く|行き|いく|いき)|(?:こちら|ここ|会津|この(?:市|街|町)|地元)を(?:離れ|出)|引き払|引払|move (?:out|to)|moving (?:out|to)|leaving|単身赴任(?:が|に|で|する|し|と)"
)
_WITHIN = pattern(
    r"市内(?:で|の(?:別|ほか|他|中|違)|転居|引っ?越|間|[のに]?(?:アパート|新居|実家|一軒家|マンション))[^。]{0,20}|市内から市内|(?:同じ(?:市|町内?|区)|町内|近所|隣町|隣の(?:町内|アパート|部屋|町|棟)|すぐ(?:近く|そば)|歩いて\d+分)(?:の)?(?:[^。、]{1,8})?(?:で|に|へ|から)[^。、]{0,10}(?:引|越|移|転居|ひっこ|住み)|(?<!市外)転居(?:し|する|届|の)|同じ(?:アパート|マンション|団地|建物)|住み替え"
    r"|within the city|in the same city"
)
_IS_MOVE = pattern(
    rf"引っ?越|引っこ[しす]|(?:部屋|アパート|家|マンション|一軒家)(?:を|が)?(?:新しく)?(?:借り|買[いっ]|建て)(?:[^。]{{0,12}})(?:住|移|引|届|手続)|ひっこ[しす]|転入|転出|転居|移り住|移住|{_VERB}(?:て|で)(?:来|き(?:ま|た|て)|くる|行|いく|いき)|帰国(?:し|する)|転勤(?:で|に|が|し|する|と)|赴任|上京|住所(?:が|を)(?:[^。、]{{0,8}})(?:変|移)|住民票を(?:[^。、]{{0,6}})移|新居|住み替え|引き払|引払|単身赴任|(?:実家|地元|故郷|田舎|国)[にへさ](?:[^。、]{{0,6}})(?:戻|帰(?!省)|もど)|(?:に|へ|さ)(?:越(?:し|す)|移(?:る|り|っ)|うつ(?:る|り|っ))|(?<![お年引っ])越(?:します|すこと|す予定|しまし|した|すので|すん)|uターン|iターン|(?:住|暮らし)(?:み|し)?始め|住むことに(?:な|し)|を離れ(?:る|ま|て)|(?:進学|就職|大学|仕事|留学|結婚)(?:で|のため|のために|し)(?:[^。]{{0,12}})(?:に行|へ行|を出|に出|へ出|に住|で(?:1人|一人)暮らし)|留学(?:し|する|に|で)|出て(?:行く|行き|いく|いき)"
    r"|帰国|(?:市|町|街|会津|若松|ここ|こっち)を出(?:る|ま|て)|(?:部屋|家|アパート)を(?:移|変わ|かわ)|入居|じゅうしょ(?:が|を)(?:[^。、]{0,4})か[わえ]|mov(?:ed?|ing)\b(?! on)|relocat"
)
_CAME = pattern(r"(?:から|に住んで|にいた|にい[てま])(?:[^。]{0,8})(?:来まし|きました|来た(?:ばかり|んです|ので|者)|来たばっかり)")
_AND_LIVES = pattern(r"手続|届|住所|暮ら|住|何をすれば|なにをすれば|役所|学校|保育|必要|家族|どうすれば")
# Each is far from any city that is not its own: who goes there leaves, who comes from there comes.
_ELSEWHERE = re.compile(
    r"北海道|青森|岩手|宮城|秋田|山形|茨城|栃木|群馬|埼玉|千葉|東京|神奈川|新潟|富山|石川|福井|山梨|長野|岐阜|静岡|愛知|三重|滋賀|京都|大阪|兵庫|奈良|和歌山|鳥取|島根|岡山|広島|山口|徳島|香川|愛媛|高知|福岡|佐賀|長崎|熊本|大分|宮崎|鹿児島|沖縄"
    r"|札幌|仙台|盛岡|さいたま|横浜|川崎|名古屋|神戸|北九州|那覇|郡山|いわき|福島市|浜松|金沢|つくば|水戸|宇都宮|高崎"
)


_SETTLES = re.compile(
    rf"(?:{_ELSEWHERE.pattern})[都道府県市区町村]?(?:のほう|の方)?(?:に|へ|さ|で)(?:[^。、]{{0,10}})(?:住むこ|住みます|暮らすこ|暮らします|働くこ|働きます|移|越|行くことに|出ることに|帰ること|就職|進学|赴任)"
)
# A home is no place that tells whether somebody leaves the city.
_HOUSE = re.compile(
    r"(?:実家|新居|アパート|マンション|団地|社宅|借家|一戸建て?|戸建て?|一軒家|家|寮|部屋|住宅|ホーム|施設|ところ|所|地元|故郷|田舎|ハイツ|コーポ|貸家|平屋|寮|病院|棟|国)$"
)


_TOWN = re.compile(r"町|丁目")
_IS_NAME = re.compile(rf"[都道府県市区郡町村]$|{_KANA_NAMES}|{_ELSEWHERE.pattern}")


@dataclass(frozen=True)
class Here:
    """Names of this city itself, and of places in it that the text names."""

    city: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    def names(self, place: str) -> bool:
        """Tell whether `place` is of this city."""
        return self.is_city(place) or any(_holds(place, own) for own in self.places)

    def is_city(self, place: str) -> bool:
        """Tell whether `place` is this city itself."""
        return any(_holds(place, own) for own in self.city)


NOWHERE = Here()


def _holds(name: str, own: str) -> bool:
    """Tell whether a name of ours stands in `name`, and not within a longer one: 会津美里町."""
    _, found, rest = name.partition(own)
    return bool(found) and re.match(r"[一-鿿]+[市町村]", rest) is None


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
    told = _SETTLES.search(text.written) or _IS_MOVE.search(words) or _COMES.search(words) or _GOES.search(words)
    if told is None and _AND_LIVES.search(words):
        told = _CAME.search(words)
    if told is None:
        return Move()
    place_from = _place(text, _FROM)
    place_to = _place(text, _TO)
    direction = _direction(words, place_from, place_to, here)
    if direction is Direction.into and here.is_city(place_to):
        place_to = ""
    return Move(direction, place_from, place_to, told.start())


def _place(text: Folded, reader: re.Pattern[str]) -> str:
    """Return the last place before から or に in a clause that moves."""
    found = ""
    for match in reader.finditer(text.written):
        name = _BEFORE_PLACE.sub("", next(filter(None, match.groups())))
        rest = re.split(r"[。！？!?\n]", text.written[match.end() :])[0]
        moves = _IS_NAME.search(name) or match["latin"] or match["other"] or "→" in match[0] or re.search(_MOVE, rest)
        if _NO_PLACE.match(name) or not moves:
            continue
        found = name
    return found


def _direction(words: str, place_from: str, place_to: str, here: Here) -> Direction | None:
    if _ABROAD.search(hiragana(place_to)):
        return Direction.abroad
    if _ABROAD.search(hiragana(place_from)):
        return Direction.into
    from_us, to_us = here.names(place_from), here.names(place_to)
    if to_us and (from_us or _WITHIN.search(words)):
        return Direction.within
    if to_us:
        comes = _COMES.search(words) or _IS_NAME.search(place_from)
        return Direction.into if comes or not _TOWN.search(place_to) else None
    if from_us and place_to and not _HOUSE.search(place_to):
        return Direction.out
    if re.search(r"(?:自分の|母)?国[にへさ]帰", words):
        return Direction.abroad
    if _WITHIN.search(words):
        return Direction.within
    if _GOES.search(words):
        return Direction.out
    if _COMES.search(words) or _CAME.search(words):
        return Direction.into
    if _ELSEWHERE.search(place_to) or (
        here.city and _IS_NAME.search(place_to) and not _HOUSE.search(place_to)
    ):
        return Direction.out
    if _ELSEWHERE.search(place_from):
        return Direction.into
    return None
