"""What is told of one's life and only sounds like a command to the concierge."""

import re
from typing import Any

Json = dict[str, Any]

_ENDINGS = frozenset({"cancel", "start_over"})
# 「会社の都合でやめた」, 「先月仕事を辞めました」: something was left, and it is not this talk.
_LEFT = re.compile(
    r"(?:会社|仕事|職場|勤め|工場|店|学校|大学|部活|塾|園|パート|バイト|アルバイト|派遣|都合|定年|タバコ|煙草|酒)"
    r"[^。!?！？]{0,12}(?:やめ|辞め|辞職|退職|中退)(?:た|まし|て|させ|ち)"
)
# 「英語の表はありますか」, 「通訳してもらえますか」: a thing in a language, in a Japanese sentence.
_IN_A_LANGUAGE = re.compile(
    r"通訳|翻訳|語(?:の|版|とか|や|か)[^。]{0,12}(?:表|冊子|パンフ|チラシ|資料|カレンダー|案内|書類|しおり|教室|もの|やつ)"
    r"|語(?:で|の|が)[^。]{0,10}(?:相談|話せ|でき|わか)[るい]?(?:人|方|窓口|所|ところ|職員)"
)
_KANA = re.compile("[ぁ-ゖ]")
_DOUBT = {"name": "nlu_fallback", "confidence": 0.5}


def told(parsed: Json) -> Json:
    """Return parse data in which what was left in a life does not end the talk.

    Nor does what is asked for in another language change that of the talk.
    """
    text, intent = str(parsed["text"]), parsed["intent"]["name"]
    in_a_language = _KANA.search(text) and _IN_A_LANGUAGE.search(text)
    if intent == "change_language" and in_a_language:
        rest = [one for one in parsed["intent_ranking"] if one["name"] != intent]
        return {**parsed, "intent": dict(_DOUBT), "intent_ranking": rest}
    if intent not in _ENDINGS or _LEFT.search(text) is None:
        return parsed
    rest = [one for one in parsed["intent_ranking"] if one["name"] not in _ENDINGS]
    return {**parsed, "intent": dict(_DOUBT), "intent_ranking": rest}
