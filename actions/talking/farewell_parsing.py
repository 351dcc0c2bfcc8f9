"""Words that end a talk or refuse an offer, and numbers that nobody should write here."""

import re
import unicodedata

_LEAVING = re.compile(
    r"(?:じゃあ?|では|それじゃ|うーん|いや|いえ|あー|ああ)?[、 ]*"
    r"(?:もう?(?:いい|結構|けっこう|大丈夫|だいじょうぶ)(?:です|わ|よ|や|から)*"
    r"|(?:いい|結構|けっこう|大丈夫|だいじょうぶ)です|いらない(?:です)?|要らない(?:です)?"
    r"|いりません"
    r"|やめ(?:とく|ておく|ておきます|とこう)|やっぱり(?:いい|やめ|なし).*|また(?:今度|こんど|ね"
    r"|来ます|聞きます)"
    r"|(?:さよ(?:う)?なら|バイバイ|ばいばい|おやすみ(?:なさい)?|失礼します|なし|なしで|どれでもない"
    r"|ちがう|違う|違います|ちがいます|いいや|んにゃ)(?:ね|わ|よ|です|。)*"
    r"|no,? thanks?(?: you)?|never mind|nothing|bye(?: bye)?|不用了|没事了|算了|再见"
    r"|thôi|không cần|tạm biệt|não,? obrigad[oa]|deixa|tchau)[!！。.、~〜ー]*",
    re.IGNORECASE,
)

# A telephone number of a person's, a card number, an individual number; not the city's own.
_NUMBERS = re.compile(
    r"(?<![\d-])(?:0[789]0-?\d{4}-?\d{4}"
    r"|\d{4}[ -]?\d{4}[ -]?\d{4}(?:[ -]?\d{4})?)(?![\d-])"
)


def tells_personal_data(text: str) -> bool:
    """Tell whether a mobile number, an individual number or a card number stands in the words."""
    return bool(_NUMBERS.search(unicodedata.normalize("NFKC", text)))


def is_farewell(text: str) -> bool:
    """Tell whether the words, all of them, leave or refuse."""
    return bool(_LEAVING.fullmatch(unicodedata.normalize("NFKC", text).strip()))


_HESITATES = re.compile(
    r"(?:あの|あのう?|えっと|えーと|ええと|すみません|すいません|もしもし|ちょっと|少し|今|いま|相談|質問|聞き?たい(?:こと)?|ききたい(?:こと)?|お願い"
    r"|が|の|を|は|に|も|いい|よい|よろしい|です|ます|か|ある|あり|ん|けど|が|したい|して|教えて|ください|いる|います|誰か|だれか|[ー〜~、。…・.!！?？\s])+"
)
_OPENS = re.compile(
    r"あの|えっと|えーと|ええと|すみません|すいません|もしもし|相談|質問|聞き?たい|ききたい"
)


def hesitates(text: str) -> bool:
    """Tell whether somebody only begins to speak: 「あの…」, 「ちょっと相談いいですか」."""
    words = unicodedata.normalize("NFKC", text).strip()
    return bool(_OPENS.search(words) and _HESITATES.fullmatch(words))


_SORRY = re.compile(
    r"悪かった|わるかった|言い過ぎ|言いすぎ|怒鳴って|(?:さっき|先ほど)は(?:ごめん|すみません"
    r"|すまん)|ごめん(?:ね|な|なさい)?[。!！\s]*$"
)
_ASKING = re.compile(r"[?？]|教えて|ほしい|どこ|いつ|いくら|(?:です|ます)か")
_TAXES = re.compile(r"(?:税金|税)(?:を|は)?(?:払|はら|納め|返|泥棒|どろぼう|ドロボー|無駄)")
_PAYING = re.compile(r"払え|払いたい|払い方|納め方|払わなく|分割|猶予|いくら|どこで|いつまで|減免")


def apologises(text: str) -> bool:
    """Tell whether somebody takes back hard words and asks nothing."""
    return _SORRY.search(text) is not None and _ASKING.search(text) is None


def grumbles_about_taxes(text: str) -> bool:
    """Tell whether taxes are named in anger, not as a matter: 「税金払ってんのに」."""
    return _TAXES.search(text) is not None and _PAYING.search(text) is None


_PRICE = re.compile(
    r"いくら|なんぼ|何円|なんえん"
    r"|(?:料金|費用|値段|金額|お金)(?:は|って|が)?(?:かか|どの|どれ|何|いる|[?？]|$)"
)


def asks_a_price(text: str) -> bool:
    """Tell whether words ask what something costs: 「頼むど、なんぼだ」."""
    return _PRICE.search(text) is not None
