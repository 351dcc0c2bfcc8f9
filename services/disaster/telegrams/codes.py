"""Codes of the telegrams: (family, code) → hazard, level, rank.

Keyed by the family and never by the code alone: 20 is 濃霧注意報 among the warnings and a level 2
flood in the river forecast. Source: code tables of 気象庁防災情報XML and the warnings of May 2026.
"""

from dataclasses import dataclass

from services.disaster.facts import ADVISORY, DANGER, SPECIAL, UNKNOWN, WARNING
from services.disaster.names import HAZARDS

LEVELLED = frozenset({"rain", "landslide", "surge", "flood"})
RANKS = {2: ADVISORY, 3: WARNING, 4: DANGER, 5: SPECIAL}


@dataclass(frozen=True, slots=True)
class Code:
    hazard: str
    level: int | None
    rank: float


def levels(hazard: str, codes: dict[str, int]) -> dict[str, Code]:
    return {code: Code(hazard, level, RANKS[level]) for code, level in codes.items()}


def grades(hazard: str, *codes: str) -> dict[str, Code]:
    """Codes of advisory, warning and special warning, in this order."""
    ranks = (ADVISORY, WARNING, SPECIAL)
    return {code: Code(hazard, None, rank) for code, rank in zip(codes, ranks, strict=False)}


_STORMS = {
    **grades("wind", "15", "05", "35"),
    **grades("blizzard", "13", "02", "32"),
    **grades("wave", "16", "07", "37"),
    **grades("snow", "12", "06", "36"),
    **grades("thunder", "14"),
    **grades("snowmelt", "17"),
    **grades("fog", "20"),
    **grades("dry", "21"),
    **grades("avalanche", "22"),
    **grades("cold", "23"),
    **grades("frost", "24"),
    **grades("icing", "25"),
    **grades("snowaccretion", "26"),
    **grades("other", "27"),
}

WARNINGS = {
    **levels("rain", {"10": 2, "03": 3, "43": 4, "33": 5}),
    **levels("landslide", {"29": 2, "09": 3, "49": 4, "39": 5}),
    **levels("surge", {"19": 2, "08": 3, "48": 4, "38": 5}),
    **_STORMS,
}

# Municipal flood warnings ended in May 2026 with the old telegrams.
LEGACY_WARNINGS = {**WARNINGS, **levels("flood", {"18": 2, "04": 3})}

RIVERS = levels(
    "flood",
    {"20": 2, "21": 2, "22": 2, "30": 3, "31": 3, "40": 4, "41": 4, "51": 5, "53": 5},
)
RIVER_CLEARED = frozenset({"10", "00"})
RIVER_CODE_OF_LEVEL = {2: "20", 3: "30", 4: "40", 5: "51"}

LANDSLIDE = levels("landslide", {"3": 4})

TSUNAMI = {"62": ADVISORY, "51": WARNING, "52": SPECIAL, "53": SPECIAL}
TSUNAMI_OVER = frozenset({"00", "50", "60", "71", "72", "73"})

INTENSITIES = ("1", "2", "3", "4", "5-", "5+", "6-", "6+", "7")

# What a city's receiver of J-Alert calls the kinds of civil protection, and our code for each.
CIVIL = {
    "missile": "missile",
    "弾道ミサイル情報": "missile",
    "air_attack": "air",
    "航空攻撃情報": "air",
    "guerrilla": "guerrilla",
    "ゲリラ・特殊部隊攻撃情報": "guerrilla",
    "terror": "terror",
    "大規模テロ情報": "terror",
}

# What other systems call a hazard in an alert (CAP, `event`), beside our own word for it. What is
# measured (earthquakes) or needs the agency's own codes (volcanoes) is taken from the agency alone.
EVENTS = {
    **{
        word: hazard
        for hazard, word in HAZARDS.items()
        if hazard not in ("attack", "other", "earthquake", "eew", "volcano")
    },
    "洪水": "flood",
    "浸水": "rain",
    "土砂崩れ": "landslide",
    "風雪": "blizzard",
    "強風": "wind",
    "大津波": "tsunami",
    "flood": "flood",
    "river flood": "flood",
    "flash flood": "rain",
    "heavy rain": "rain",
    "rain": "rain",
    "landslide": "landslide",
    "debris flow": "landslide",
    "storm surge": "surge",
    "high wind": "wind",
    "wind": "wind",
    "storm": "wind",
    "blizzard": "blizzard",
    "snowstorm": "blizzard",
    "heavy snow": "snow",
    "snow": "snow",
    "avalanche": "avalanche",
    "high waves": "wave",
    "tsunami": "tsunami",
    "tornado": "tornado",
    "thunderstorm": "thunder",
    "fog": "fog",
    "frost": "frost",
}

# Words of a kind's name → hazard, for codes that a family is not known to have.
_WORDS = {
    "土砂": "landslide",
    "大雨": "rain",
    "高潮": "surge",
    "洪水": "flood",
    "氾濫": "flood",
    "風雪": "blizzard",
    "暴風": "wind",
    "強風": "wind",
    "波浪": "wave",
    "大雪": "snow",
    "着雪": "snowaccretion",
    "融雪": "snowmelt",
    "雷": "thunder",
    "霧": "fog",
    "乾燥": "dry",
    "なだれ": "avalanche",
    "低温": "cold",
    "霜": "frost",
    "着氷": "icing",
}


def unknown(name: str, default: str) -> Code:
    """A code that its family is not known to have: shown, without a level."""
    hazard = default or next((hazard for word, hazard in _WORDS.items() if word in name), "other")
    return Code(hazard, None, UNKNOWN)


def code_of(hazard: str, rank: float) -> str:
    """The agency's code of a hazard at a rank; the nearest below, "" where it has none at all."""
    if hazard == "flood":
        return next((code for code, known in RIVERS.items() if known.rank == rank), "")
    if hazard == "tsunami":
        fitting = [(known, code) for code, known in TSUNAMI.items()]
    else:
        fitting = [(known.rank, c) for c, known in WARNINGS.items() if known.hazard == hazard]
    return max((pair for pair in fitting if pair[0] <= rank), default=(0.0, ""))[1]
