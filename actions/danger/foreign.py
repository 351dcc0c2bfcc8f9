"""Words of danger in English, Chinese, Vietnamese and Portuguese, heard beside the Japanese ones.

Patterns with plain letters are also heard where the marks were left out (`nao`, `muon chet`);
Vietnamese words that are everyday ones without their marks keep them (`cháy`, `tự tử`).
"""

import re
import unicodedata
from collections.abc import Mapping

from actions.city import Danger

_KANA = re.compile(r"[ぁ-ゖァ-ヺ]")
_HAN = re.compile(r"[㐀-鿿]")
_ABOUT = re.compile(
    r"(?:suicide|abuse|violence|fraud|scam) (?:prevention|awareness|statistics|seminar|lecture)"
    r"|prevencao (?:ao|do|da|de|contra)[^.]{0,12}(?:suicidio|violencia|abuso|golpes?)"
    r"|phòng (?:chống|ngừa) [^.]{0,12}(?:tự tử|bạo lực|lừa đảo)|(?:预防|防止)(?:自杀|诈骗|虐待)"
    r"|fire (?:drill|insurance|station|extinguisher|alarm)|animal abuse|maus[- ]tratos a animais"
)

_PARTNER_EN = r"\b(?:husband|wife|boyfriend|girlfriend|partner|ex)\b"
_PARTNER_PT = r"\b(?:marido|esposa|namorad[oa]|companheir[oa]|parceir[oa]|ex)\b"
_CHILD_EN = r"\b(?:child|kid|baby|son|daughter|toddler|\d+[- ]?(?:year|month)s?[- ]old)\b"
_CHILD_PT = r"\b(?:bebe|crianca|filh[oa]|menin[oa]|\d+ (?:anos|meses))\b"
_PERSON_EN = (
    r"\b(?:he|she|someone|somebody|husband|wife|father|mother|dad|mom|grand(?:father|mother|ma|pa)"
    r"|friend|man|woman|neighbou?r|son|daughter|child|baby)\b"
)

_PATTERNS: Mapping[Danger, tuple[str, ...]] = {
    "fire_or_illness": (
        r"\bon fire\b|\b(?:there'?s|there is|we have) a fire\b|^fire\W*$|\b(?:house|room"
        r"|kitchen) is"
        r" burning|\bambulance\b(?! (?:fee|cost|free))|\bunconscious\b|(?:not|stopped|can'?t"
        r"|cannot)"
        rf" breath|heart attack|{_PERSON_EN}[^.]{{0,15}}\b(?:collapsed|fainted|drowning)\b"
        r"|bleeding (?:a lot|badly|heavily)|(?:won'?t|doesn'?t) stop bleeding|\bi(?:'m| am) trapped"
        r"|(?:buried|trapped|stuck) in (?:the )?snow|gas leak|smell(?:s|ing)? (?:of |like )?gas"
        r"|hit by a car|water is coming in|\b(?:can'?t|cannot) (?:escape|get out)|^help me\W*$"
        r"|^emergency\W*$",
        r"着火了|在着火|起火|失火|救护车|救護車|(?:没有?|不|停止)呼吸|呼吸困难|昏迷|(?:失去"
        r"|没有)意识"
        r"|晕倒|倒下了|大出血|血止不住|被困|困在|煤气(?:泄漏|味)|溺水|^救命\W*$|救命啊|被车撞"
        r"|心脏病发",
        r"(?:nhà|phòng|bếp|xe|tòa nhà)[^.]{0,12}cháy|(?:đang|bị|có) (?:bị )?cháy|^cháy\W*$|hỏa hoạn"
        r"|chay nha|hoa hoan|xe c(?:ấp|ap|ứu|uu) (?:c(?:ứu|uu)|th(?:ương|uong))|(?:gọi|cần) cấp cứu"
        r"|goi cap cuu|bất tỉnh|bat tinh|(?:không|ngừng|ngưng) thở|khó thở|khong tho duoc"
        r"|chảy máu (?:nhiều|không)|mắc kẹt|mac ket|(?:rò rỉ|mùi) (?:khí )?ga|đuối nước"
        r"|cứu (?:tôi|với)|cuu (?:toi|voi)|bị xe (?:đâm|tông)|đau tim",
        r"pegando fogo|em chamas|^(?:incendio|fogo)\W*$|(?:ha|tem) (?:um )?(?:incendio|fogo)"
        r"|ambulancia|inconsciente|desmaiou|(?:nao (?:esta |consegue )?|parou de )respira"
        r"|sangrando muito|nao para de sangrar|pres[oa] (?:na neve|dentro)|(?:vazamento"
        r"|cheiro) de gas"
        r"|se afogando|^socorro\W*$|atropelad|ataque cardiaco|infarto|nao consigo (?:sair|fugir)",
    ),
    "despair": (
        r"\b(?:want|wanna|wish|going|rather)(?: to)? die\b|kill(?:ing)? myself|\bsuicid|end my life"
        r"|don'?t want to (?:live|be alive|exist)|no reason to live|better off dead"
        r"|tired of (?:living|life)|hurt(?:ing)? myself|cutting myself|self[- ]harm",
        r"想死|不想活|活不下去|活着(?:没|沒)|自杀|轻生|结束(?:我的)?生命|割腕|跳楼|不如死",
        r"muốn chết|muon chet|không muốn sống|khong muon song|tự tử|tự sát|tu sat|tự vẫn|chán sống"
        r"|kết thúc cuộc (?:đời|sống)",
        r"(?:quero|queria|vou|vontade de|prefiro) morrer|me matar\b(?<!vai me matar)|suicid"
        r"|nao quero (?:mais )?viver|acabar com (?:a )?minha vida"
        r"|tirar (?:a )?minha (?:propria )?vida"
        r"|cansad[oa] de viver|me cortando",
    ),
    "partner": (
        rf"{_PARTNER_EN}[^.]{{0,25}}\b(?:hit|beat|punch|kick|slap|chok|hurt|abus|threat|violen)"
        rf"|domestic violence|(?:afraid|scared) of my {_PARTNER_EN}",
        r"(?:丈夫|老公|妻子|老婆|男朋友|女朋友|男友|女友|前夫"
        r"|前妻)[^。]{0,8}(?:打(?![电工扫开算印针疫听车包])|踢|掐|威胁|暴力)"
        r"|家暴|家庭暴力",
        r"(?:chồng|vợ|bạn trai|bạn gái|người yêu)[^.]{0,15}(?:đánh|đập|tát|bóp cổ|bạo|dọa)"
        r"|bạo (?:lực|hành) gia đình|(?:chong|ban trai)[^.]{0,12}(?:danh toi|bao hanh|bao luc)",
        rf"{_PARTNER_PT}[^.]{{0,25}}(?:\bbate|agrid|agred|espanc|chut|\bsoc[oa]|ameac|violen"
        rf"|enforc)"
        r"|violencia domestica",
    ),
    "abuse": (
        rf"child abuse|elder abuse|{_CHILD_EN}[^.]{{0,20}}\b(?:abused|beaten|neglected|being hit)"
        r"|\b(?:father|mother|dad|mom|mum|parents?) (?:hits?|beats?|kicks?|hurts?|slaps?) me\b"
        rf"|\b(?:hit|hitting|beat|hurt|slap|shake)\w* my {_CHILD_EN}"
        rf"|abus\w+ [a-z ]{{0,8}}{_CHILD_EN}",
        r"虐待|打(?:我的|自己的)?(?:孩子|小孩|儿子|女儿|宝宝)|(?:爸爸|妈妈|父亲|母亲"
        r"|父母)[^。]{0,4}[打踢]我"
        r"|孩子[^。]{0,8}被(?:打|虐)",
        r"ngược đãi|bạo hành (?:trẻ|con)|đánh con|(?:bố|ba|cha|mẹ) (?:hay )?đánh (?:tôi|em|con"
        r"|cháu)"
        r"|(?:trẻ|bé|cháu)[^.]{0,15}bị (?:đánh(?! giá)|bạo hành)",
        rf"maus[- ]tratos|abuso infantil|{_CHILD_PT}[^.]{{0,20}}(?:maltratad|espancad|abusad"
        rf"|agredid"
        r"|apanhando)|\b(?:pai|mae|padrasto|madrasta)\b[^.]{0,8}me (?:bat|agrid|espanc)"
        rf"|\bbat(?:o|i|endo) n[oa] (?:meu |minha )?{_CHILD_PT}",
    ),
    "violence": (
        r"\b(?:he|she|they|someone|somebody|man|guy|stranger)\b[^.]{0,15}\b(?:hit|punched|attack\w*"
        r"|stabbed|robbed|following|stalking|threaten\w*|kill)\b[^.]{0,8}\bme\b"
        r"|\bi(?:'m| am| was|'ve| have)(?: been| being)? (?:attacked|robbed|stalked|followed"
        r"|threatened|raped|assaulted|stabbed|beaten)|\b(?:with|has) a (?:knife|gun)\b|\braped?\b"
        r"|\bstalker|kidnap|burglar|(?:kill|hurt) me\b|call the police|^police\W*$|\bmolest"
        r"|\bgroped",
        r"被(?:人|陌生人)?(?:打|抢|袭击|跟踪|威胁|强奸|绑架|殴打|捅)|有人(?:打我|跟踪|要杀)"
        r"|拿着?刀|持刀"
        r"|强奸|绑架|抢劫|报警|要杀我|性侵|猥亵",
        r"bị (?:đánh(?! giá)|cướp|tấn công|theo dõi|đe dọa|hiếp|bắt cóc|đâm)|cầm dao|hiếp dâm"
        r"|bắt cóc"
        r"|giết tôi|gọi (?:công an|cảnh sát)|sàm sỡ|rình rập",
        r"(?:fui|estou sendo|sendo) (?:atacad|roubad|assaltad|perseguid|ameacad|estuprad|agredid"
        r"|espancad|sequestrad|esfaquead)|me (?:atac|agred|assalt|esfaque|persegu|ameac|bateram)"
        r"|com uma (?:faca|arma)|armado\b|estupr|sequestr|vai me matar|cham\w+ a policia"
        r"|^policia\W*$",
    ),
    "sick_child": (
        rf"{_CHILD_EN}[^.]{{0,40}}\b(?:fever|convuls|seizure|vomit|throwing up|swallow|limp|chok"
        r"|hit (?:his|her|their) head)",
        r"(?:孩子|小孩|宝宝|婴儿|儿子|女儿|\d+岁|\d+个月)[^。]{0,12}(?:发烧|高烧|抽搐|痉挛|呕吐"
        r"|吐了|吞"
        r"|撞到头)",
        r"(?:con|bé|trẻ|cháu)\b[^.]{0,25}(?:sốt|co giật|nôn|nuốt|đập đầu)",
        rf"{_CHILD_PT}[^.]{{0,30}}(?:febre|convuls|vomit|engoliu|bateu a cabeca)",
    ),
    "fraud": (
        r"\bscam|\bfraud|\bswindl|phishing|fake (?:call|bill|invoice)"
        r"|\b(?:call|email|sms|message)\b[^.]{0,30}\b(?:refund|atm|gift card)",
        r"诈骗|詐騙|骗子|被骗|骗了我|(?:退款|退税)[^。]{0,12}(?:电话|atm|短信)|电话[^。]{0,12}atm",
        r"lừa đảo|lua dao|bị lừa|giả mạo",
        r"\bgolpe\b|golpista|fraude|estelionato|fui enganad|cobranca falsa"
        r"|(?:ligacao|ligaram|telefonema|mensagem)[^.]{0,30}(?:reembolso|caixa eletronico)",
    ),
}
_HEARD = {danger: re.compile("|".join(given)) for danger, given in _PATTERNS.items()}


def foreign_dangers_in(text: str) -> frozenset[Danger]:
    """Return what a message tells of in one of these languages."""
    marked = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).replace("’", "'")).strip()
    marked = marked.casefold()
    # Kanji words of a Japanese sentence are no Chinese ones.
    marked = _HAN.sub("", marked) if _KANA.search(marked) else marked
    spellings = {_ABOUT.sub("", marked), _ABOUT.sub("", _plain(marked))}
    return frozenset(
        danger for danger, pattern in _HEARD.items() if any(map(pattern.search, spellings))
    )


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).replace("đ", "d")
