"""What a citizen may want to be told about."""

from enum import StrEnum


class Topic(StrEnum):
    """What a citizen may want to be told about."""

    disaster = "disaster"
    snow = "snow"
    waste = "waste"
    childcare = "childcare"
    health = "health"
    event = "event"

    @property
    def label(self) -> str:
        """The topic in everyday Japanese."""
        return _TOPIC_LABELS[self]


_TOPIC_LABELS = {
    Topic.disaster: "防災",
    Topic.snow: "大雪・除雪",
    Topic.waste: "ごみ",
    Topic.childcare: "子育て",
    Topic.health: "健診・予防接種",
    Topic.event: "イベント・お知らせ",
}
