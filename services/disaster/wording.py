"""What hazards and grades are called in Japanese, as the agency calls them."""

from services.disaster.entries import Entry
from services.disaster.facts import SPECIAL, WARNING

_HAZARDS = {
    "rain": "大雨",
    "landslide": "土砂災害",
    "surge": "高潮",
    "flood": "氾濫",
    "wind": "暴風",
    "blizzard": "暴風雪",
    "wave": "波浪",
    "snow": "大雪",
    "thunder": "雷",
    "snowmelt": "融雪",
    "fog": "濃霧",
    "dry": "乾燥",
    "avalanche": "なだれ",
    "cold": "低温",
    "frost": "霜",
    "icing": "着氷",
    "snowaccretion": "着雪",
    "tsunami": "津波",
    "earthquake": "地震",
    "eew": "緊急地震速報",
    "volcano": "火山",
    "tornado": "竜巻",
    "recordrain": "記録的短時間大雨",
    "bandrain": "線状降水帯",
    "other": "その他",
}
_LEVELS = {2: "注意報", 3: "警報", 4: "危険警報", 5: "特別警報"}
# An advisory of wind and of blowing snow has a milder name than its warning.
_ADVISORIES = {"wind": "強風", "blizzard": "風雪"}
_TSUNAMI = {"51": "津波警報", "52": "大津波警報", "53": "大津波警報", "62": "津波注意報"}
_VOLCANO = {
    "01": "噴火警報",
    "02": "火口周辺警報",
    "51": "爆発",
    "52": "噴火",
    "56": "噴火多発",
    "62": "噴火したもよう",
}
_PLAIN = {
    "eew": "緊急地震速報（警報）",
    "tornado": "竜巻注意情報",
    "recordrain": "記録的短時間大雨情報",
    "bandrain": "線状降水帯に関する情報",
}


def hazard_name(hazard: str) -> str:
    return _HAZARDS.get(hazard, _HAZARDS["other"])


def kind_name(entry: Entry) -> str:
    """What is in force (「レベル４土砂災害危険警報」), is over (「大雨 解除」) or was a mistake."""
    name = hazard_name(entry.hazard)
    if not entry.active:
        return f"{name} {'取消' if entry.retracted else '解除'}"
    if entry.level is not None:
        return f"レベル{_wide(entry.level)}{name}{_LEVELS[entry.level]}"
    if entry.hazard == "earthquake":
        return f"震度{entry.kind_code.replace('-', '弱').replace('+', '強')}"
    if entry.hazard in _PLAIN:
        return _PLAIN[entry.hazard]
    by_code = {"tsunami": _TSUNAMI, "volcano": _VOLCANO}.get(entry.hazard, {})
    return by_code.get(entry.kind_code) or _graded(entry, name)


def _graded(entry: Entry, name: str) -> str:
    """A warning named by its grade; an unknown one is called information and nothing graver."""
    if entry.rank >= SPECIAL:
        return f"{name}特別警報"
    if entry.rank >= WARNING:
        return f"{name}警報"
    if entry.rank == 2.0:
        return f"{_ADVISORIES.get(entry.hazard, name)}注意報"
    return f"{name}に関する情報"


def _wide(number: int) -> str:
    return chr(ord("０") + number)
