"""Words that end a talk or refuse an offer, and numbers that nobody should write here."""

import re
import unicodedata

_LEAVING = re.compile(
    r"(?:じゃあ?|では|それじゃ|うーん|いや|いえ|あー|ああ)?[、 ]*"
    r"(?:もう?(?:いい|結構|けっこう|大丈夫|だいじょうぶ)(?:です|わ|よ|や|から)*"
    r"|(?:いい|結構|けっこう|大丈夫|だいじょうぶ)です|いらない(?:です)?|要らない(?:です)?|いりません"
    r"|やめ(?:とく|ておく|ておきます|とこう)|やっぱり(?:いい|やめ|なし).*|また(?:今度|こんど|ね|来ます|聞きます)"
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
