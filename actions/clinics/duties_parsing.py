"""Which doctor, and when, in what citizens write."""

import re
import unicodedata

CHILDREN = "小児科"
# A part of the body or a department decides before "my child" does.
_DEPARTMENTS = (
    ("薬局", r"薬局|pharmacy|药店|hiệu thuốc|farmácia"),
    (
        "歯科",
        r"歯|はいしゃ|は\s*の\s*いしゃ|詰め物|dentist|tooth|牙|nha khoa|răng|dentista|dente",
    ),
    ("眼科", r"眼科|がんか|目に|目が|\beye|眼睛|mắt|\bolho"),
    ("耳鼻科", r"耳鼻|じび|耳が|耳に|鼻に|鼻血|\bear\b|耳朵|\btai\b|ouvido"),
    ("皮膚科", r"皮膚|ひふ|発疹|じんましん|湿疹|skin|rash|皮肤|\bda liễu|\bpele\b"),
    ("産婦人科", r"産婦人|産科|婦人科|妊娠|妊婦|pregnan|孕|thai|grávida|gestante"),
    ("整形外科", r"整形|骨折|くじい|ひねっ|捻挫|ねんざ|腰|レントゲン|sprain|骨科|骨折|chỉnh hình"),
    ("外科", r"外科|げか|切った|切っ|やけど|火傷|かまれ|噛まれ|刺され|縫|けが|怪我|surge|外伤"),
)
_CHILD = (
    r"小児|しょうに|子ども|こども|子供|赤ちゃん|あかちゃん|息子|娘|孫|わらし|乳児|幼児|生後"
    r"|child|\bkid|baby|\bson\b|daughter|孩子|儿童|宝宝|\bcon\b|\bbé\b|trẻ|criança|beb[êe]|filh[oa]"
)
_INTERNAL = r"内科|ないか(?!な)|internal medicine|内科|nội khoa|clínica médica"
_NIGHT = r"今夜|今晩|夜|よる|晩|深夜|night|tonight|evening|晚上|夜间|đêm|tối|noite"
_NOW = r"今(?!日|夜|晩|月|週|度|年)|いま|これから|すぐ|至急|now|现在|bây giờ|agora"


def plain(text: str) -> str:
    """Return the words in one width and case."""
    return unicodedata.normalize("NFKC", text).casefold()


def department_named(text: str) -> str:
    """Return the department that the words need, empty for any doctor."""
    words = plain(text)
    for department, pattern in _DEPARTMENTS:
        if re.search(pattern, words):
            return department
    if is_for_child(text):
        return CHILDREN
    return "内科" if re.search(_INTERNAL, words) else ""


def is_for_child(text: str) -> bool:
    """Tell whether the words are about a child."""
    return re.search(_CHILD, plain(text)) is not None


def part_named(text: str) -> str:
    """Return `night`, `now`, or `day` for words that tell no time of day."""
    words = plain(text)
    if re.search(_NOW, words):
        return "now"
    return "night" if re.search(_NIGHT, words) else "day"
