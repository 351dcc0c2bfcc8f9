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
_DOUBT = {"name": "nlu_fallback", "confidence": 0.5}


def told(parsed: Json) -> Json:
    """Return parse data in which what was left in a life does not end the talk."""
    if parsed["intent"]["name"] not in _ENDINGS or _LEFT.search(str(parsed["text"])) is None:
        return parsed
    rest = [one for one in parsed["intent_ranking"] if one["name"] not in _ENDINGS]
    return {**parsed, "intent": dict(_DOUBT), "intent_ranking": rest}
