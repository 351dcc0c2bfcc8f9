"""What a first sentence says of how somebody lives: animals, car, insurance, work, home."""

import re

from actions.procedures.facts import (
    Handbook,
    Housing,
    Insurance,
    NumberCard,
    Pension,
    Pet,
    Said,
    Vehicle,
    Work,
)
from actions.procedures.words_parsing import found, pattern, said
from kit.text import Folded

_PETS = {
    Pet.dog: pattern(
        r"(?<![盲助狂番導])(?:(?:小型|中型|大型|柴|秋田|愛|老|子)?犬(?!猿|種|小屋)|わんちゃん"
        r"|ワンコ|ワンちゃん|トイプードル|チワワ|ダックス(?:フント)?|ゴールデンレトリバー"
        r"|いぬ(?=が|も|を|と|、|は)|\bdogs?\b)"
    ),
    Pet.cat: pattern(r"(?<!野良)(?:猫(?!の手|背|舌)|ニャンコ|ネコ(?=が|も|を|と|、|は)|\bcats?\b)"),
    Pet.bird: pattern(r"インコ|オウム|文鳥|\bparrot\b"),
    Pet.other: pattern(
        r"ペット(?!ボトル|可)|うさぎ|ハムスター|フェレット|金魚|カメ(?=が|も|を|と|、|は)|\bpets?\b"
    ),
}
_PET_DIED = pattern(r"(?:が|も|を)?(?:[^。、]{0,6})(?:死|亡|しん|逝)")
_VEHICLES = {
    Vehicle.car: pattern(
        r"(?<![廃電列駐自救消防転急停風下洗乗馬])(?:軽|自家用|普通|マイ|自動)?車(?!い?す|椅子|庫"
        r"|両|輪|掌|内|道|検(?!証)|で|に(?:ひ|は|轢|乗って(?:来|い))|止め|線)|軽トラ|軽自動車"
        r"|自家用車|マイカー|(?<![ぁ-ん])くるま(?=が|も|を|と|、|は|の|\s)|\bcar\b"
    ),
    Vehicle.motorbike: pattern(r"(?<!電動)バイク|オートバイ|\bmotor(?:bike|cycle)\b"),
    Vehicle.moped: pattern(r"原付(?:き)?|スクーター|\bscooter\b"),
}
_INSURANCE = {
    Insurance.national: pattern(r"national health insurance|\bnhi\b|国保|国民健康保険|こくほ"),
    Insurance.employee: pattern(
        r"company(?:'s)? (?:health )?insurance|employees'? (?:health )?insurance|社保(?!完)"
        r"|社会保険(?!事務|労務)|(?:会社|職場|勤め先|前職|夫|主人|旦那|妻|父"
        r"|親)の(?:健康)?(?:保険|健保)|健保(?!組合加入)|協会けんぽ|けんぽ|組合健保|健康保険組合"
        r"|共済(?:組合|保険)?"
    ),
    Insurance.continued: pattern(r"任意継続(?=中|して(?:い|ま|る)|に入って|です|だ)"),
    Insurance.late_elderly: pattern(r"後期高齢者?(?:医療)?(?:保険|制度)?(?:証)?"),
    Insurance.dependent: pattern(
        r"(?:夫|主人|旦那|妻|父|母|親|息子|娘|家族|会社)?の?扶養(?!手当|控除|義務)"
    ),
    Insurance.none: pattern(
        r"無保険|保険(?:が|に|は|も)(?:ない|なし|入ってい?な|入ってい?ません|ありません|何も)"
    ),
}
_PENSION = {
    Pension.receiving: pattern(
        r"年金(?:暮らし|生活|受給(?!資格)|だけ|で(?:暮|生活)|を(?:もら|受け(?:て|取って)|受給)"
        r"|も?らって)|年金者"
    ),
    Pension.national: pattern(r"国民年金"),
    Pension.employees: pattern(r"厚生年金|共済年金"),
}
_WORK = {
    Work.left: pattern(
        r"退職|(?:会社|かいしゃ|しごと|仕事|勤め|職場|勤務先|パート|バイト|工場|店)(?:を|が"
        r"|は)?(?:[^。、をがは]{0,4})?(?:辞め|やめ)|定年退職|失業|解雇|クビ|リストラ|倒産"
        r"|契約(?:満了|を切)|雇い止め|雇止め|失職|\bquit\b|laid off|lost my job|retired?\b"
    ),
    Work.public_servant: pattern(r"公務員|教員|教師|自衛官|警察官"),
    Work.employee: pattern(
        r"会社員|(?:で|に)(?:働いて|勤めて|勤務して)い?(?:ます|る(?!ところ))|(?:会社|工場|店"
        r"|病院)で(?:働|はたら)(?:きます|く)|就職(?!活動|氷河)|テレワーク|リモートワーク|在宅勤務"
        r"|技能実習生|介護職|調理師|美容師|大工|運転手|エンジニア|サラリーマン|正社員|会社勤め"
        r"|勤め人|サラリーマン|看護師|介護士|保育士|共働き|派遣先|office worker|company employee"
        r"|(?:english )?teacher|engineer|\bnurse\b"
    ),
    Work.part_time: pattern(
        r"(?<!ア)(?<!ルタ)パート(?!ナー)(?:タイム|タイマー|勤め|職員)?|アルバイト"
        r"|(?<!ある)バイト(?!先)|フリーター|part[- ]time"
    ),
    Work.temporary: pattern(r"派遣(?:社員)?|契約社員|期間工|嘱託"),
    Work.self_employed: pattern(
        r"自営(?:業)?|漁師|経営(?:して|者)|フリーランス|個人事業主?|農家|農業|フリーの"
        r"|self-employed|freelanc"
    ),
    Work.student: pattern(r"(?<![小中])(?:大|専門|留)?学生(?!割|証|時代)|院生"),
    Work.on_leave: pattern(r"育休|産休|休職|育児休業|産前休"),
    Work.pensioner: pattern(r"年金(?:暮らし|生活)"),
    Work.none: pattern(
        r"無職|求職中|仕事を探して|専業主婦|主婦|無収入|働いてい?(?:ない|ません)|仕事(?:が|は"
        r"|も)?(?:ない|なし|していない|してい?ません|してない)|ニート|unemployed"
    ),
}
_CARE_LEVEL = re.compile(r"要(?:介護|支援)(?:度|認定)?\s?([1-5一二三四五])|介護度\s?([1-5])")
_HANDBOOK = {
    Handbook.physical: pattern(r"身体(?:障害者?|障がい者?|の)?手帳|身障(?:者?手帳)?|身体障害者"),
    Handbook.intellectual: pattern(r"療育手帳|愛の手帳"),
    Handbook.mental: pattern(r"精神(?:障害者?|障がい者?|保健福祉|の)?(?:保健福祉)?手帳"),
    Handbook.unspecified: pattern(r"障(?:害|がい)者?手帳"),
}
_HOUSING = {
    Housing.public: pattern(r"(?:市|県|町|公)営住宅|公団|ur賃貸|(?:市|県)営"),
    Housing.rented: pattern(r"賃貸|アパート|借家|貸家|借りて(?:い|住)|社宅"),
    Housing.own: pattern(
        r"持ち?家|マイホーム|一戸建て|戸建て|(?:家|新築)を(?:建て|買|購入)|(?:中古|新築)(?:住宅"
        r"|マンション|の家)|分譲"
    ),
    Housing.family: pattern(r"実家(?=に(?:住|い|戻|帰)|暮らし|で(?:暮|生活|同居)|へ戻)|親と同居"),
}
_ALONE = pattern(
    r"(?:1人|一人|ひとり|独り)(?:暮らし|ぐらし|住まい|で(?:暮らし|住)|世帯|に?なり(?:ました|、"
    r"|ま))|単身(?!赴任)|独居|live alone|living alone"
)
_NATIONALITY = pattern(
    r"(?P<of>中国|韓国|台湾|ベトナム|フィリピン|ネパール|ブラジル|インドネシア|タイ|アメリカ"
    r"|インド|ミャンマー|ペルー|スリランカ|外国)(?:人|国籍|籍)"
    r"|(?:国籍は)(?P<is>[ァ-ヴー一-鿿]{2,8})"
    r"|在留(?:カード|資格)|特別永住|技能実習|留学生"
)
_CARD = r"(?:マイナ(?:ンバー)?(?:の)?(?:カード)?|個人番号カード|my ?number(?: card)?)"
_CARDS = {
    NumberCard.lost: pattern(
        rf"{_CARD}[^。]{{0,12}}?(?:無く|なく|失く|紛失|落と|おとし|盗|見当たら|見つから|どこ(?:か"
        rf"|に))|lost my my ?number"
    ),
    NumberCard.expiring: pattern(rf"{_CARD}[^。]{{0,14}}?(?:期限|切れ|更新|有効)"),
    NumberCard.has: pattern(rf"{_CARD}(?:は|も|を|が)?(?:あり|ある|持って|もって|作って|取って)"),
    NumberCard.none: pattern(
        rf"{_CARD}(?:は|も|を|が)?(?:まだ)?(?:ない|なし|ありません|持ってい?(?:ない|ません)"
        rf"|作ってい?(?:ない|ません)|持たず)"
    ),
}


def pets_told(text: Folded) -> tuple[Said[Pet], ...]:
    """Return the animals at home; one that died is none of them."""
    if _any_died(text.words):
        return ()
    return said(text, _PETS, Pet.none)


def _any_died(words: str) -> bool:
    return any(_PET_DIED.match(words, match.end()) for _, match in found(words, _PETS))


def vehicles_told(text: Folded) -> tuple[Said[Vehicle], ...]:
    """Return what is driven."""
    return said(text, _VEHICLES, Vehicle.none)


def insurance_told(text: Folded) -> Said[Insurance] | None:
    """Return the health insurance that is had now; the last one said."""
    hits = said(text, _INSURANCE, Insurance.none)
    return hits[0] if hits else None


def pension_told(text: Folded) -> Said[Pension] | None:
    """Return what is said of a pension."""
    hits = said(text, _PENSION, Pension.none)
    return hits[0] if hits else None


def works_told(text: Folded) -> tuple[Said[Work], ...]:
    """Return what somebody lives by, or has left, in the order of the words."""
    return tuple(one for one in said(text, _WORK, Work.none) if not one.wished)


def care_level_told(text: Folded) -> str:
    """Return the level of care that was granted, as 要介護2."""
    match = _CARE_LEVEL.search(text.words)
    if match is None:
        return ""
    sign = match[1] or match[2]
    number = "〇一二三四五".index(sign) if sign in "一二三四五" else int(sign)
    return f"{'要支援' if '支援' in match[0] else '要介護'}{number}"


def handbook_told(text: Folded) -> Said[Handbook] | None:
    """Return the handbook of disability that somebody has."""
    hits = said(text, _HANDBOOK, Handbook.none)
    return hits[0] if hits else None


def housing_told(text: Folded) -> Said[Housing] | None:
    """Return whose the home is; of several, the last one said."""
    hits = list(found(text.words, _HOUSING))
    if not hits:
        return None
    kind, match = hits[-1]
    return Said(kind, text.as_written(match.start(), match.end()))


def lives_alone(text: Folded) -> bool:
    """Tell whether somebody is said to live alone."""
    return _ALONE.search(text.words) is not None


def nationality_told(text: Folded) -> str:
    """Return the nationality as written, or what shows that it is not Japanese."""
    match = _NATIONALITY.search(text.words)
    return text.as_written(match.start(), match.end()) if match else ""


def number_card_told(text: Folded) -> Said[NumberCard] | None:
    """Return what is said of the My Number card."""
    hits = [
        Said(kind, text.as_written(m.start(), m.end())) for kind, m in found(text.words, _CARDS)
    ]
    return hits[0] if hits else None
