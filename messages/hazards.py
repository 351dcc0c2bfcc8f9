"""The dangers that a disaster message may warn of, and that places protect from."""

from enum import StrEnum


class Hazard(StrEnum):
    """What a disaster message may warn of."""

    flood = "flood"
    landslide = "landslide"
    earthquake = "earthquake"
    storm = "storm"
    snow = "snow"
    volcano = "volcano"
    fire = "fire"
    attack = "attack"

    @property
    def label(self) -> str:
        """The hazard in everyday Japanese."""
        return _HAZARD_LABELS[self]


_HAZARD_LABELS = {
    Hazard.flood: "大雨・洪水",
    Hazard.landslide: "土砂災害",
    Hazard.earthquake: "地震",
    Hazard.storm: "台風・暴風",
    Hazard.snow: "大雪・なだれ",
    Hazard.volcano: "火山の噴火",
    Hazard.fire: "大規模な火事",
    Hazard.attack: "ミサイルなど（国民保護）",
}
