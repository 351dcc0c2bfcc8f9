"""The places that a move is from and to, as they are written."""

import re
from dataclasses import dataclass

# Each is far from any city that is not its own: who goes there leaves, who comes from there comes.
ELSEWHERE = re.compile(
    r"北海道|青森|岩手|宮城|秋田|山形|茨城|栃木|群馬|埼玉|千葉|東京|神奈川|新潟|富山|石川|福井"
    r"|山梨|長野|岐阜|静岡|愛知|三重|滋賀|京都|大阪|兵庫|奈良|和歌山|鳥取|島根|岡山|広島|山口"
    r"|徳島|香川|愛媛|高知|福岡|佐賀|長崎|熊本|大分|宮崎|鹿児島|沖縄"
    r"|札幌|仙台|盛岡|さいたま|横浜|川崎|名古屋|神戸|北九州|那覇|郡山|いわき|福島市|浜松|金沢"
    r"|つくば|水戸|宇都宮|高崎"
)
# A home is no place that tells whether somebody leaves the city.
HOUSE = re.compile(
    r"(?:実家|新居|アパート|マンション|団地|社宅|借家|一戸建て?|戸建て?|一軒家|家|寮|部屋|住宅"
    r"|ホーム|施設|ところ|所|地元|故郷|田舎|ハイツ|コーポ|貸家|平屋|病院|棟|国|賃貸|中古|新築"
    r"|持ち家|空き家|うち)$"
)


@dataclass(frozen=True)
class Here:
    """Names of this city itself; places in it, and elsewhere, that the text names."""

    city: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()

    def names(self, place: str) -> bool:
        """Tell whether `place` is of this city."""
        return self.is_city(place) or any(_holds(place, own) for own in self.places)

    def knows(self, place: str) -> bool:
        """Tell whether `place` was found on a map, here or elsewhere."""
        return self.names(place) or any(name in place for name in self.elsewhere)

    def is_city(self, place: str) -> bool:
        """Tell whether `place` is this city itself."""
        if any(name in place for name in self.elsewhere):
            return False
        return any(_holds(place, own) for own in self.city)


NOWHERE = Here()


def _holds(name: str, own: str) -> bool:
    """Tell whether a name of ours stands in `name`, and not within a longer one: 会津美里町."""
    before, found, rest = name.partition(own)
    begins = not before or before[-1] in "県都府道市郡の町"
    return bool(found) and begins and re.match(r"[一-鿿]+[市町村]", rest) is None


_MOVE = (
    r"引っ?越|引っこ|ひっこ|転入|転居|転出|移り住|移住|住|転勤|異動|赴任|越し|越す|帰|移|戻|もど"
    r"|上京|来|きた|きま|くる|入居|出る|出ま|出て|出た|行|いく|いき|進学|入学|就職|嫁|留学|離れ"
    r"|引き払|住民票|同居|暮ら"
)
_KANA_NAMES = (
    "いわき|さいたま|つくば|みどり|ひたちなか|かほく|あわら|とうきょう|おおさか|よこはま|せんだい"
    "|こおりやま|にいがた|ふくしま|きたかた|あいづ(?:わかまつ|ばんげ|みさと)?|ばんげ"
    "|なごや|ちば|かながわ|ほっかいどう|やまがた|みやぎ|いばらき|とちぎ|ぐんま|きょうと|おきなわ"
    "|ふくおか|うつのみや"
)
_KIND_OF_HOME = "1?一?戸建て|持ち家|空き家|新しい(?:家|アパート|部屋)"
_BESIDE_NAME = (
    r"(?:の(?:ほう|方|近く|あたり)|方面|あたり|の?(?:息子|娘|兄|妹|姉|弟|両親|親|子ども|子供|友人"
    r"|夫|妻)?(?:夫婦|家族)?(?:のところ|の所|のもと|の家|宅))?"
)
_FROM = (
    r"(?:(?:から|より)(?!も|し[かて]|[なだ])|(?=を?出て|を出る|を出ま|をでて|を離れ|を引き払"
    r"|を引払)|[→⇒➡]|に住んで|在住|(?:で|に)(?:[^。、にへ]{0,8})(?:暮らしてい?(?:まし|た)"
    r"|住んでい?(?:まし|た)|いました|いた(?=ん|の|け)|働いてい?(?:まし|た)))"
)
_TO = (
    r"(?:に(?!は|も[、は]|つい|関|よ[りる]|なり|なる|なっ|して|し[まて]|対|ある|あり|い[まるた]"
    r"|住んで(?!み))|へ(?!の道)|で(?=一人暮らし|ひとり暮らし|暮らし始|新生活)|まで(?=引|越)"
    r"|さ(?=引|越|行|移|戻|帰|出|住|ひ))"
)
_FROM_BEFORE = r"(?:(?:前|今|元|旧)の?(?:住所|住まい)[はが、]|(?:今|現在)は)"
_TO_BEFORE = r"(?:(?:引っ?越し?|転出|転居|移転)先[はが、]|[→⇒➡])"
_BEFORE_PLACE = re.compile(
    r"^(?:[再来先今昨翌本一]+[年月週日]|明日|月末|月初め?|今度|今回|最近|この春|春|夏|秋|冬"
    r"|[0-9０-９一二三四五六七八九十]+[年月日]|夫婦|家族|一家|[父母夫妻私僕俺](?!島)|主人|旦那"
    r"|現在|現住所|急遽|急|結婚後?|離婚後?|退職後?|卒業後?|転勤|単身|[のが]|今)+(?=..)"
)
# What stands before から and に and is no place.
_NO_PLACE = re.compile(
    r"^(?:.*(?:[年月日時週末春夏秋冬]|曜日?|以[内降前上]|頃|[0-9０-９一二三四五六七八九十]+(?:分"
    r"|歳|才|人))"
    r"|.*(?:[校園院署課館店社員職証籍券届者様夫妻母父娘男女孫兄弟姉妹犬猫車氏姓人方前後]"
    r"|(?<!王)子|大学|学部|施設|センター|窓口|工場|役所|保険|年金|扶養|世帯主?|カード"
    r"|(?<!ア)パート|(?<!ル)バイト|名義|生活|仕事|関係|状態|一緒|同時|途中|手続き?|申請|都合|理由"
    r"|事情|契約)"
    r"|今|次|先|春|夏|秋|冬|朝|昼|夜|夕方|最近|昔|急|急遽|本当|別|他|外|中|上|下|内|家族|夫婦"
    r"|両親|親|実親|主人|旦那|嫁|彼女?|私|僕|俺|全員|一家"
    r"|転勤|結婚|離婚|退職|入籍|就職|進学|出産|卒業|正月|連休|新年|近々|最初|初|単身|単身赴任"
    r"|住民票|住所|家|自宅|所|為|目|手|際|予定|無事|普通|正式|新築|同居|土地|体|気|隣|転出|転入"
    r"|転居|移住|引|越|向|戻|行|出|住|何|誰|日本|国内|今回|今度|今後|こっち|そっち|間|入居|解体"
    r"|相手|先方|家賃|中旬|下旬|上旬|頭|異動|赴任|帰国|留学|ここ|定年|介護|世話|看病)$"
)
_AT = re.compile(
    r"の(?:[一-鿿]{0,4}大学(?:院)?|専門学校|会社|本社|支社|支店|高校|施設|病院|老人ホーム|学校"
    r"|工場)$"
)
_NAMED = re.compile(
    rf"(?<![学地隣同別他の])[都道府県市区郡町村]$|{_KANA_NAMES}|{ELSEWHERE.pattern}"
)


def place_from(written: str, here: Here) -> str:
    """Return where somebody moves from."""
    return _place(written, here, _FROM_READER)


def place_to(written: str, here: Here) -> str:
    """Return where somebody moves to."""
    return _place(written, here, _TO_READER)


def is_named(place: str) -> bool:
    """Tell whether a place has a name of its own: 千葉県, not アパート."""
    return _NAMED.search(place) is not None


def _reader(after: str, before: str, preposition: str, dropped: str = "") -> re.Pattern[str]:
    return re.compile(
        rf"{dropped}(?P<name>{_PLACE}){_BESIDE_NAME}[ 　]*{after}|{before}(?P<other>{_PLACE})"
        rf"|\b{preposition} (?P<latin>[A-Z]\w+(?:[ -][A-Z]\w+)*)"
    )


_LETTER = (
    rf"(?:{_KANA_NAMES}|{_KIND_OF_HOME}|(?<!か)(?!から|より|[にへのはがもでとを])[ぁ-ん]{{2,6}}"
    r"(?=[市町村区])|[0-9０-９一二三四五六七八九十]+丁目|[一-鿿々]"
    r"|(?<=[一-鿿])[ヶケがの](?=[一-鿿])|(?<=[一-鿿ァ-ヴー])の(?=[一-鿿ァ-ヴ])|[ァ-ヴー])"
)
_PLACE = rf"{_LETTER}{{1,16}}"
_FROM_READER = _reader(_FROM, _FROM_BEFORE, "from")
# In haste the particle is dropped: 郡山から会津若松引っ越しました.
_TO_READER = _reader(
    _TO,
    _TO_BEFORE,
    "(?:to|for)",
    rf"(?P<bare>{_PLACE})(?=[ 　]*(?:引っ?越|ひっこ|転居))"
    rf"|から[ 　]*(?P<aim>{_PLACE})(?=[。、\n]|$|です|で[。、す])|",
)
# Stands for each letter of a name that is known, in whatever letters it was written.
_KNOWN = "鿿"


def _place(written: str, here: Here, reader: re.Pattern[str]) -> str:
    """Return the last place before から or に in a sentence that moves."""
    found = ""
    for match in reader.finditer(_marked(written, here)):
        start, end = match.span(match.lastgroup or 0)
        name = _AT.sub("", _BEFORE_PLACE.sub("", written[start:end]))
        rest = re.split(r"[。！？!?\n]", written[match.end() :])[0]
        needs_no_verb = match.lastgroup in ("other", "aim", "latin")
        moves = match.lastgroup != "bare" and (needs_no_verb or re.search(_MOVE, rest))
        known = is_named(name) or here.knows(name)
        if known or (moves and not _NO_PLACE.match(name)):
            found = name
    return found


def _marked(written: str, here: Here) -> str:
    for name in sorted((*here.city, *here.places, *here.elsewhere), key=len, reverse=True):
        written = written.replace(name, _KNOWN * len(name))
    return written
