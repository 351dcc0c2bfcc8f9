"""How residents ask who answers here: somebody of the city's, or a machine."""

import re

from kit.text import fold

_PERSON = (
    r"(?:人間|にんげん|生身|職員|(?:役所|市役所|市|役場|係|担当|本物|ほんもの)の?(?:人|方|者))"
)
_MACHINE = (
    r"(?:機械|きかい|ろぼっと|自動(?:応答|返信)?|こんぴゅーたー?|ぷろぐらむ|ぼっと|ai|えーあい)"
)
_YOU = (
    r"(?:あなた(?:さま|様)?|あんた|おめ(?:さま|さん|え|ぇ)?|おまえ|お前|おたく|お宅|そちら(?:さま|様)?"
    r"|そっち|きみ|君|相手|答えて(?:い)?る(?:の|人))"
)
_ENDS = (
    r"(?:さん|の方|の人)?(?:が|は)?(?:です|でしょう|なん?です?|なの|だべ|だよ|だろ)?"
    r"(?:か|かい|がい|け|げ|がよ|の|か?ね|かな)?[?？。!！\s]*$"
)
_WHO = re.compile(
    rf"{_PERSON}[^。]{{0,12}}{_MACHINE}{_ENDS}|{_MACHINE}[^。]{{0,12}}{_PERSON}{_ENDS}"
    rf"|{_YOU}(?:は|って|も|、)*(?:ほんと(?:う)?に)?(?:{_PERSON}|{_MACHINE}|人){_ENDS}"
    r"|\bare you (?:a |an )?(?:real |actual )?(?:human|person|robot|bot|machine|ai)\b"
    r"|你是(?:不是)?(?:真?人|机器人|人工智能)|(?:真人|人)还是机器"
    r"|(?:bạn|ad) là (?:người|robot|máy)|(?:voc[eê]|vc) [eé] (?:um |uma )?"
    r"(?:human|pessoa|rob[oô]|m[aá]quina)"
)
_LONGEST = 45


def asks_who_answers(text: str) -> bool:
    """Tell whether a short message asks whether a person or a machine answers."""
    return len(text) <= _LONGEST and _WHO.search(fold(text)) is not None
