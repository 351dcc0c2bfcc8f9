"""The words of its own that a skill needs before it takes a message.

駅前, 空いてる or 診て alone belong to many matters: somebody who asks whether the library is open
must not be sent to the nursery desk.
"""

import re
import unicodedata

from actions.danger.turns_abroad import plain
from kit.wording import SOURCE, language

_NURSERY = re.compile(
    r"保育|ほいく|幼稚園|ようちえん|こども園|子ども園|入園|入所|退園|転園|慣らし|待機|就労証明|点数|指数|預け|あずけ|園"
    r"|hoiku|nurser|daycare|kindergarten|preschool|幼儿园|托儿|nhà trẻ"
    r"|mẫu giáo|nhà giữ trẻ|creche|berçário"
)
_HEALTH = re.compile(
    r"予防|接種|ワクチン|注射|ちゅうしゃ|健診|検診|けんしん|検査|血圧|体重|身長|成長|発育|大きくな|伸び|カーブ|曲線|グラフ"
    r"|薬|くすり|手帳"
    r"|日記|にっき|記録|キロ|グラム|センチ|kg|cm|vaccin|checkup|check-up|weight|height|growth|medic|diary"
    r"|疫苗|体检|体重|身高|药|日记|tiêm|vắc|khám|cân nặng|chiều cao|thuốc|nhật ký|vacina"
    r"|exame|peso|altura|remédio|diário|crescimento"
)
OWN = {
    **dict.fromkeys(
        (
            *("ask_nursery_vacancy", "apply_nursery", "estimate_nursery_points"),
            *("ask_nursery_result", "change_nursery_application"),
        ),
        _NURSERY,
    ),
    **dict.fromkeys(
        (
            *("ask_vaccination_schedule", "view_vaccination_record", "view_checkup_record"),
            *("view_growth_chart", "record_growth", "view_medication", "write_diary"),
        ),
        _HEALTH,
    ),
    "ask_oncall_clinic": re.compile(
        r"病院|びょういん|医|診|クリニック|当番|急病|急患|内科|小児科|外科|歯科|歯医者|耳鼻|眼科|熱|痛|具合|けが|怪我|吐|咳|せき|びょうき|病気"
        r"|doctor|clinic|hospital|fever|pain|sick|ill|emergency|dentist|医院|医生|发烧|疼|看病|诊"
        r"|bác sĩ|bệnh|phòng khám|sốt|đau|médico|hospital|clínica|febre|dor|doente|pronto"
    ),
}
"""Intent → what its words must hold; intents that are not here take any words."""

_WASTE = re.compile(
    r"ごみ|ゴミ|塵|収集|捨て|すて|燃|プラ|缶|びん|ビン|瓶|粗大|資源|袋|地区|通知|お知らせ"
)
_SNOW = re.compile(
    r"雪|ゆき|除雪|排雪|凍|滑|すべ|つるつる|穴|路面|道路|道|報告|通報|知らせ|連絡した|さっきの|どうなっ|直っ|番号|report"
)
# Of skills that take any words: what a bare word has to name to be meant for them.
_MATTERS: dict[str, re.Pattern[str]] = {
    **dict.fromkeys(("ask_waste_day", "ask_waste_sorting", "set_waste_reminder"), _WASTE),
    **dict.fromkeys(
        ("report_snow_road", "ask_plow_status", "ask_slippery_road", "ask_report_status"), _SNOW
    ),
    "report_safety": re.compile(r"無事|安否|助け|たすけ|救助|動けな|safe"),
    "ask_shelter": re.compile(r"避難|ひなん|逃げ|シェルター|shelter"),
    "ask_facility": re.compile(r"館|所|園|場|センター|トイレ|aed|プール|駐車|公民|支所|役所"),
    "set_alert_area": re.compile(r"災害|警報|避難|通知|お知らせ|地区|地域"),
    "change_language": re.compile(r"語|ことば|language|english|英|中|ベトナム|やさしい"),
    "ask_mynumber_card": re.compile(r"マイナ|カード|個人番号|number"),
    "ask_certificate": re.compile(
        r"証明|住民票|戸籍|印鑑|謄本|抄本|附票|除票|juminhyo|koseki|certifica|证明|giấy|certid"
    ),
    "record_growth": re.compile(r"身長|体重|成長|キロ|kg|cm|センチ|グラム"),
    "verify_mynumber": re.compile(r"マイナ|カード|本人確認|認証"),
    "ask_access_log": re.compile(r"履歴|ログ|見た人|だれが|誰が"),
}


def names_its_matter(intent: str, text: str) -> bool:
    """Tell whether words name what an intent is about; True where nothing is known of it."""
    own = OWN.get(intent) or _MATTERS.get(intent)
    return own is None or own.search(unicodedata.normalize("NFKC", text).casefold()) is not None


# What names an intent's matter in English, Chinese, Vietnamese or Portuguese, without accents.
_WASTE_ABROAD = re.compile(
    r"\b(?:garbage|trash|rubbish|waste|recycl\w*|bins?|burnable|plastic|cans|bottles?|rac|lixo"
    r"|reciclag\w*|coleta|plastico)\b|垃圾|回收|可燃|塑料"
)
_SNOW_ABROAD = re.compile(
    r"\b(?:snow\w*|plou?gh\w*|plow\w*|ice|icy|slipp\w*|pothole|tuyet|duong tron|o ga|neve|gelo"
    r"|escorreg\w*|buraco)\b|雪|路滑|结冰|坑"
)
_MOVING_ABROAD = re.compile(
    r"\b(?:mov(?:e|ed|ing)|address|chuyen (?:nha|den|di)|dia chi|mud(?:ar|ei|anca|amos)|endereco)\b"
    r"|搬家|搬到|住址|地址"
)
_PAPERS_ABROAD = re.compile(
    r"\b(?:certificates?|juminhyo|resident record|seal|koseki|giay chung nhan|giay to|certid\w+"
    r"|certificados?|atestados?)\b|证明|住民票|户籍|印章"
)
_NAMED_ABROAD: dict[str, re.Pattern[str]] = {
    **dict.fromkeys(("ask_waste_day", "ask_waste_sorting"), _WASTE_ABROAD),
    "set_waste_reminder": re.compile(
        rf"{_WASTE_ABROAD.pattern}|remind|alert|notif|alarm|\btell me|\bwarn|stop|cancel"
        r"|night before|\d ?(?:am|pm|h\b)|nhac|thong bao|bao truoc|avis|lembr|vespera|par(?:ar|e)\b"
        r"|提醒|通知(?!书)|闹钟"
    ),
    **dict.fromkeys(("report_snow_road", "ask_plow_status", "ask_slippery_road"), _SNOW_ABROAD),
    "ask_report_status": re.compile(r"\breport\w*|bao cao|relat\w+|meu aviso|报告|上报"),
    "ask_moving": _MOVING_ABROAD,
    "ask_certificate": _PAPERS_ABROAD,
    "ask_mynumber_card": re.compile(r"my ?number|个人编号|个人号码"),
    "ask_shelter": re.compile(r"shelter|evacuat|避难|so tan|abrigo"),
    "ask_river_level": re.compile(r"\b(?:river|flood\w*|song|lu|lut|rio|enchente)\b|河|洪水|水位"),
    "ask_alert_status": re.compile(
        r"alert|warning|typhoon|earthquake|警报|台风|地震|canh bao|bao\b|dong dat|alerta"
        r"|terremoto|tufao"
    ),
    "report_safety": re.compile(
        r"\b(?:safe|ok|okay|fine|alive|help|trapped|stuck|rescue)\b|平安|安全|没事|救|an toan"
        r"|khong sao|cuu|ket\b|\bbem\b|a salvo|seguro|socorro|ajuda|\bpres[oa]\b"
    ),
    "request_human": re.compile(
        r"person|staff|human|someone|人工|工作人员|nhan vien|atendente|pessoa"
    ),
    "ask_procedure": re.compile(
        r"born|birth|baby|pregnan|marr|wedding|divorc|died|dead|death|retire|fired|laid off|quit"
        r"|job|moving|出生|怀孕|结婚|离婚|去世|死亡|辞职|辞退|失业|sinh|bau|ket hon|ly hon"
        r"|qua doi|mat viec|nghi viec"
        r"|nasc|gravid|cas(?:ar|amento)|divorci|morreu|falec|demit"
    ),
}


_SURELY_ABROAD = {
    "ask_plow_status": re.compile(
        r"\bplou?gh\w*|\bplow\w*|除雪车|xe (?:cao|uoi|don|xuc) tuyet"
        r"|(?:maquina|trator|caminhao) (?:de |da |que limpa a )neve|limpa-?neve"
    ),
    "set_waste_reminder": re.compile(
        r"\bremind me\b|\bnhac (?:toi|minh|em)\b|提醒我|\bme (?:avis\w+|lembr\w+)\b"
    ),
    "ask_river_level": re.compile(
        r"river level|river (?:high|rising|flooding)|水位|河[^。]{0,4}(?:涨|水高|洪水)"
        r"|\bnuoc song\b|muc nuoc|nivel do rio|o rio (?:esta|ta|vai)"
    ),
}


def surely_named(text: str) -> str:
    """Return the intent whose matter words in another language name beyond doubt, else nothing."""
    words = plain(unicodedata.normalize("NFKC", text).casefold())
    return next((name for name, said in _SURELY_ABROAD.items() if said.search(words)), "")


def names_abroad(intent: str, text: str) -> bool:
    """Tell whether words of a talk in another language name what an intent is about.

    True where nothing is known of it, for taps, and in Japanese.
    """
    named = _NAMED_ABROAD.get(intent)
    if named is None or text.startswith("/") or language() in (SOURCE, "easy"):
        return True
    return named.search(plain(unicodedata.normalize("NFKC", text).casefold())) is not None


# A word of a skill that means another matter here.
_OTHERS = re.compile(
    r"介護|デイサービス|市営住宅|アパート|部屋|図書館|体育館|プール|市役所|会議室|駐車場|免許|車検|犬|猫"
)


def has_its_noun(intent: str, text: str) -> bool:
    """Tell whether the words hold what the intent is about, and name no other matter."""
    own = OWN.get(intent)
    if own is None or text.startswith("/"):
        return True
    words = unicodedata.normalize("NFKC", text).casefold()
    return bool(own.search(_OTHERS.sub("", words)))


def family(intent: str) -> object:
    """Return what intents of one skill have in common: a follow-up needs no noun of its own."""
    return OWN.get(intent)


# A fact is asked for, which the FAQ tells whether or not the service is there.
_ASKS_A_FACT = re.compile(
    r"いつ|どこ|いくら|何歳|なにを|何を|何が|方法|必要|見方|もらえ|できますか"
)


def asks_a_fact(text: str) -> bool:
    """Tell whether the words ask for something that is the same for everybody."""
    return _ASKS_A_FACT.search(text) is not None
