"""What residents' words in a talk about waste ask for, beside days, districts and things."""

import re
from enum import StrEnum, auto

from kit.text import fold

_CLOCK = re.compile(r"(?:\d|[一二三四五六七八九十])(?:時|:\d\d)|じ(?:に|で|$)")
_SHORT_ANSWER = 12


class Aspect(StrEnum):
    """A question about collection that is none about one day."""

    which_district = auto()
    change_district = auto()
    keep_district = auto()
    latest_time = auto()
    eve = auto()
    late = auto()
    holidays = auto()
    weather = auto()
    rhythm = auto()
    bag = auto()


_KINDS = (
    r"(?:燃え(?:ない|る)|燃や(?:せない|せる|さない|す)|もえ(?:ない|る)|もや(?:せない|せる|す)"
    r"|可燃|不燃"
    r"|生(?:ごみ)?|なまごみ|ぷらすちっく(?:製)?(?:容器(?:包装)?)?|ぷら|容器包装|ぺっと(?:ぼとる)?"
    r"|缶類?|かん(?!が)|びん類?|瓶|古紙類?|新聞紙?|雑誌|段ぼーる|だんぼーる|危険・?有害|危険|有害"
    r"|粗大|資源|蛍光灯|電池|紙)"
    r"(?:ごみ|もの|物)?"
)
KIND = re.compile(_KINDS)
_AREA_WORD = r"(?:地区|地域|ちく|学区|区域|えりあ)"
_NOT_KNOWN = (
    r"(?:わから|分から|判ら|知ら|しら)(?:ない|なく|ん|ねえ|ね(?:$|[。よ])|へん|ず|ません|なかった)"
)
_WHICH_DISTRICT = re.compile(
    rf"(?:どの|何の?|なんの?|どこの){_AREA_WORD}|どこ{_AREA_WORD}|{_AREA_WORD}(?:名)?(?:は|って|が)?(?:どこ|何|なに|なん|どれ|どう)"
    rf"|{_AREA_WORD}.{{0,8}}{_NOT_KNOWN}|{_NOT_KNOWN}.{{0,4}}{_AREA_WORD}|{_AREA_WORD}の?(?:調べ方|探し方|見つけ方|名前)"
    r"|which (?:district|area)|哪个(?:地区|区)|khu (?:vực )?nào"
    r"|qual (?:é )?(?:o |meu )?(?:bairro|distrito)"
)
_LOST = re.compile(
    rf"^(?:自分(?:の|が)?|うち|家|いや|え|それが|ちょっと|よく|まだ|、|\s)*{_NOT_KNOWN}"
)
_CHANGE = re.compile(
    rf"{_AREA_WORD}.{{0,12}}(?:変更|変え|かえ|へんこう|直し|設定|登録)"
    r"|(?:引[っつ]?越|ひっこ)(?:し|す|した).{0,20}(?:ごみ|地区)|家が変わ"
)
_KEEP = re.compile(
    r"(?:覚え|おぼえ|記憶し)(?:て(?!い?な|る|たら)|といて|とけ|ておいて)|(?:この"
    r"|その)地区で(?:いい|お願い|登録)"
)
_LATEST = re.compile(
    r"(?:何時|なんじ|いつ)(?:まで|頃まで|ごろまで)に?(?:出|だ|置|$|[?？]|です|なの)|何時に出"
    r"|なんじにだ"
    r"|朝(?:は)?何時|出す(?:の)?(?:時間|時刻)|(?:時間|時刻)は(?:何時|決まって)|収集車.{0,6}何時"
    r"|what time|几点|mấy giờ|que horas"
)
_HOLIDAY = re.compile(r"祝日|祭日|しゅくじつ|さいじつ|振替休日|holidays?\b|节假日|ngày lễ|feriado")
_YEAR_END = re.compile(
    r"年末|年始|正月|大晦日|おおみそか|年の?暮れ|年内|年明け|new year|新年|元旦|tết|ano novo"
)
_WEATHER = re.compile(r"大雪|吹雪|雪(?:の日|でも|が降|降)|台風|悪天候|荒天|雨の日|大雨")
_RHYTHM = re.compile(
    r"毎週(?:じゃ|では|何|なん|ある|出せ|\?|？|$)|毎週.{0,4}曜|何曜|なんよう|毎月|隔週|月に?(?:何"
    r"|なん)回|週に?(?:何|なん)回"
    r"|第(?:何|なん)|いつも何|what day of the week|星期几|周几|thứ mấy|que dia da semana"
)
_BAG = re.compile(
    r"(?:ごみ|ゴミ|指定)?(?:の)?(?:袋|ふくろ).{0,8}(?:指定|何色|色|買|かう|かえ|かい|売|うって"
    r"|どれ|どんな|どこ|決ま|いくら|何でも|レジ|れじ)|指定(?:ごみ)?袋|^(?:ごみ)?袋は$"
    r"|袋.{0,4}何色"
    r"|(?:garbage|trash) bags?|垃圾袋|túi (?:đựng )?rác|sacos? de lixo"
)
_PUT_OUT_ABROAD = re.compile(
    r"\b(?:wash|rinse|clean|lids?|caps?|labels?)\b|洗|盖子|瓶盖|标签|\b(?:rửa|rua|nắp|nhãn)\b"
    r"|\b(?:lavar|enxaguar|tampas?|tampinhas?|r[oó]tulos?)\b",
    re.I,
)
_KANA = re.compile(r"[ぁ-ヿ]")


def asks_how_to_put_out(text: str) -> bool:
    """Tell whether words in another language ask about washing, lids or labels, not for a day."""
    return _KANA.search(text) is None and _PUT_OUT_ABROAD.search(text) is not None


_EVE = re.compile(
    r"(?:前の(?:晩|夜|日)|前日(?:の(?:晩|夜))?|前夜|夜(?:の)?うち|よるのうち|まえのばん"
    r"|夜中)(?:に|から|の?うちに|は)?[^。お知ら]{0,8}(?:出|だ|置|お[いくけ]|すて|捨)"
)
_LATE = re.compile(
    r"(?:8時|八時|8:30|時間|じかん)[^。]{0,8}(?:すぎ|過ぎ|遅れ|おくれ|間に合わ|まにあわ)"
    r"|間に合わな|出し忘れ|だしわすれ|遅れ(?:たら|て出)|遅く(?:出|だし)"
)


def aspects(text: str) -> frozenset[Aspect]:
    """Return what a message about waste asks, beside days and things."""
    words = fold(text)
    found = {aspect for aspect, pattern in _ASPECTS.items() if pattern.search(words)}
    if _YEAR_END.search(words):
        # 「年末はいつまで出せる」 asks for a day, not for the hour.
        found = {*found - {Aspect.latest_time, Aspect.late}, Aspect.holidays}
    return frozenset(found)


_ASPECTS = {
    Aspect.which_district: _WHICH_DISTRICT,
    Aspect.change_district: _CHANGE,
    Aspect.keep_district: _KEEP,
    Aspect.latest_time: _LATEST,
    Aspect.eve: _EVE,
    Aspect.late: _LATE,
    Aspect.holidays: _HOLIDAY,
    Aspect.weather: _WEATHER,
    Aspect.rhythm: _RHYTHM,
    Aspect.bag: _BAG,
}


def does_not_know(text: str) -> bool:
    """Tell whether somebody who was asked for their district does not know it."""
    words = fold(text)
    return _LOST.search(words) is not None or _WHICH_DISTRICT.search(words) is not None


def is_time(text: str) -> bool:
    """Tell whether a short message names a time of day."""
    return len(text) <= _SHORT_ANSWER and _CLOCK.search(fold(text)) is not None


_FILLER = re.compile(
    r"[\s\W_]|じゃあ?|では|それ(?:じゃ|なら|と|は)?|あと(?:は)?|ちなみに|なら|次(?:回)?|つぎ|今度"
    r"|両方|どっちも|全部|ぜんぶ|最初|最後|最終"
    r"|ごみ|収集|予定|何(?:の|が|を)?|なに|なん|どう(?:なの|なん|なる)?|いつ(?:から|まで)?|ある"
    r"|あり(?:ます)?|ない|なし|出せ(?:る|ます|ない|ません)?"
    r"|出し(?:て|ていい|ます)?|だせ(?:る|ます)?|出す|です|ます|でしょう|だっけ|っけ|かな|だよ|だべ"
    r"|教えて|おしえて|下さい|ください|お願い(?:します)?|知りたい|調べて"
    r"|もう|まだ|また|やっぱ(?:り)?|えっと|うち|私|住ん(?:でる|でます|でいます|でおります)"
    r"|地区|ちく|町内|場所|ばしょ|の(?:ほう|方|者|日|分|ごみ)|来(?:る|ます)|くる"
    r"|日|週|朝|夜|[はがのにをもでとかなよねさへやだ]|って|とか"
    r"|から|まで|いい|ok|same|and|what about|garbage|trash|gomi"
)
_NEXT = re.compile(r"次|つぎ|今度|いつ|最後|最初|next")


def is_about_days(rest: str) -> bool:
    """Tell whether the rest of a message, without days and districts, names no other matter."""
    return not _FILLER.sub("", KIND.sub("", fold(rest)))


def asks_next(text: str) -> bool:
    """Tell whether a short message asks for the next time."""
    return _NEXT.search(fold(text)) is not None


_MOVED = re.compile(
    r"変わっ|かわっ|変え|かえて|引[っつ]?越|ひっこ|移っ|移り|直し|なおして|じゃな|ではな|違|ちが"
    r"|間違|まちが|訂正|にして|に変更"
)


def puts_right(text: str) -> bool:
    """Tell whether words say that a district is another one now."""
    return _MOVED.search(fold(text)) is not None


_YES = re.compile(
    r"^(?:はい|うん|ええ|お願い(?:します)?|おねがい(?:します)?|それで(?:いい|お願い)?(?:です)?"
    r"|覚えて(?:ください)?|いいよ|ok|yes|sim|có|vâng|好的?|是的?)[。!！\s]*$"
)


_PUT_OUT = re.compile(
    r"(?:出し|だし|置い|おい)(?:た(?:ん|の|よ|けど|が|って|[。!！]|$)|てある|てました|ました)"
)
_LEFT_BEHIND = re.compile(
    r"(?:持|も)って?(?:って|いって|行って|ってって)?(?:くれ)?(?:ね[ぇえー]?|な[いー]|ません)"
    r"|(?:回収|収集)(?:され|に来|して)[^。]{0,4}(?:ない|ね[ぇえ]|ません)"
    r"|(?:ごみ|ゴミ|袋)[^。]{0,8}(?:残って|置いて(?:か|行か)れ|まだある)"
)


def is_put_out(text: str) -> bool:
    """Tell whether somebody says that they have put their waste out."""
    return _PUT_OUT.search(text) is not None


_LEFT_ALONE = re.compile(
    r"(?:うち|家|俺|おれ|私|わたし)の(?:ごみ|ゴミ|袋|やつ)?だけ[^。]{0,8}(?:残|置|ある|あん|(?:取|持)って)"
    r"|(?:ほか|他|よそ|隣|となり|周り|まわり|みんな)(?:の(?:家|うち|人|とこ|ところ))?の(?:ごみ|ゴミ|分)?(?:は|って)"
    r"[^。]{0,6}(?:無くな|なくな|ねぐな|持ってい|持ってっ|回収|集め)"
    r"|(?:シール|紙|札)(?:なんか|なんて|は|も|とか)?[^。]{0,4}貼(?:って|られて)(?:い)?(?:ねえ|ねぇ|ね|ない|ません)"
)
_GIVEN_AWAY = re.compile(
    r"(?:に|さ|へ)(?:ただで|無料で|タダで)?あげ(?:る|たい|て|よう|っか)|譲(?:り|る|っ|れ|ろ)|ゆず(?:り|る|っ|れ)"
    r"|(?:もらって|貰って|使って)(?:くれる|くんねえ|ほしい|欲しい)|(?:欲しい|ほしい|いる)(?:って)?(?:いう)?(?:人|方)"
)
_GONE = re.compile(
    r"(?:捨て|すて|投げ|なげ|片付け|片づけ|かたづけ|(?:処分|廃棄)し|運び出し)"
    r"(?:ちまった|ちまっ|ちゃった|ちゃい|ち[ゃま]って|てしまっ|てしまい|た(?:あと|後|けど|ん|よ|わ)|ました)"
)


def is_left_alone(text: str) -> bool:
    """Tell whether somebody says that all was taken along but theirs."""
    return _LEFT_ALONE.search(text) is not None


def is_given_away(text: str) -> bool:
    """Tell whether a thing is to be given to somebody, not thrown away."""
    return _GIVEN_AWAY.search(text) is not None


def is_gone_already(text: str) -> bool:
    """Tell whether things have been thrown away before: no question of how."""
    return _GONE.search(text) is not None and KIND.search(fold(text)) is None


def is_left_behind(text: str) -> bool:
    """Tell whether somebody says that their waste was not taken along."""
    return _LEFT_BEHIND.search(text) is not None


_ASKS = re.compile(
    r"[?？]|(?:か|かし|かな|の|っけ|べか|だべ)[。！!\s]*$|いくら|なんぼ|どっち|どれ|どこ|どう|何"
    r"|なに|なん(?:で|の|時|じ)|いつ|できる|必要|いる$|教えて|おしえて|たい$"
    r"|how|what|when|where|多少|怎么|哪|什么|吗|bao nhiêu|thế nào|ở đâu|khi nào"
    r"|quanto|como|onde|quando",
    re.I,
)
_MAY_GO_IN = re.compile(
    r"(?P<kind>[^にへ、。]{2,12}(?:ごみ|ゴミ))(?:に|へ|と一緒に)(?P<thing>[^、。]{1,14}?)(?:を|は"
    r"|って|も)?(?:出し|だし|入れ|いれ|捨て|すて)(?:て|ちゃ|ても)?(?:も)?(?:いい|良い|よい|大丈夫"
    r"|だいじょうぶ|OK|ok|だめ|駄目|かまわ|構わ|よろし)"
)


def asks_something(text: str) -> bool:
    """Tell whether a short message asks, so that it is no name of a place or a thing."""
    return _ASKS.search(text) is not None


_PLACE = re.compile(
    r"町|丁目|番地|地区|新田|団地|村|字|駅|学校|公民館|神社|お?寺|橋|沼|川|山|(?:です|だよ|だ"
    r"|になります)[。!！\s]*$"
)
_NO_PLACE = re.compile(r"機械|人間|職員|ロボット|AI|話|馬鹿|バカ|ばか|もう|やめ|ごめん|すみません")
_BARE_NAME, _LONGEST_PLACE = 10, 20


def may_be_place(text: str) -> bool:
    """Tell whether a message that was not understood may be a misspelt place."""
    if len(text) > _LONGEST_PLACE or asks_something(text) or _NO_PLACE.search(text):
        return False
    return len(text) <= _BARE_NAME or _PLACE.search(text) is not None


def may_go_in(text: str) -> str:
    """Return the thing of 「燃えるごみに服を出していい？」, "" where none is asked about."""
    match = _MAY_GO_IN.search(text)
    return match["thing"].split("の")[-1].strip() if match else ""


def agrees(text: str) -> bool:
    """Tell whether a message is nothing but a yes."""
    return _YES.search(fold(text)) is not None
