"""The dangers that a disaster message may warn of, and that places protect from."""

from enum import StrEnum


class Hazard(StrEnum):
    """A danger."""

    flood = "flood"
    inland_flood = "inland_flood"
    landslide = "landslide"
    storm_surge = "storm_surge"
    earthquake = "earthquake"
    tsunami = "tsunami"
    storm = "storm"
    snow = "snow"
    volcano = "volcano"
    fire = "fire"
    attack = "attack"

    @property
    def label(self) -> str:
        """The danger in everyday Japanese."""
        return _LABELS[self]

    @property
    def warning_label(self) -> str:
        """The same where it names what a message warns of: rain and flood come in one."""
        return _WARNING_LABELS.get(self, self.label)


_LABELS = {
    Hazard.flood: "洪水",
    Hazard.inland_flood: "内水氾濫（大雨）",
    Hazard.landslide: "土砂災害",
    Hazard.storm_surge: "高潮",
    Hazard.earthquake: "地震",
    Hazard.tsunami: "津波",
    Hazard.storm: "台風・暴風",
    Hazard.snow: "大雪・なだれ",
    Hazard.volcano: "火山の噴火",
    Hazard.fire: "大規模な火事",
    Hazard.attack: "ミサイルなど（国民保護）",
}
_WARNING_LABELS = {Hazard.flood: "大雨・洪水"}

WARNED = (
    Hazard.flood,
    Hazard.landslide,
    Hazard.earthquake,
    Hazard.storm,
    Hazard.snow,
    Hazard.volcano,
    Hazard.fire,
    Hazard.attack,
)
"""What a citizen may choose to be warned of."""

DESIGNATED = (
    Hazard.flood,
    Hazard.landslide,
    Hazard.storm_surge,
    Hazard.earthquake,
    Hazard.tsunami,
    Hazard.fire,
    Hazard.inland_flood,
    Hazard.volcano,
)
"""The eight for which a site is designated (災害対策基本法施行令 第20条の4), in its order."""
