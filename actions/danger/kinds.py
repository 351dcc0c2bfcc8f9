"""The kinds of danger and of sorrow, most pressing first."""

from enum import StrEnum


class Kind(StrEnum):
    """What a message may tell of; each has its help in `city/<city>/danger.toml`."""

    voiceless = "voiceless"
    """Somebody cannot speak on the telephone: 119 and 110 in writing."""
    fire = "fire"
    drowning = "drowning"
    poisoning = "poisoning"
    overdose = "overdose"
    accident = "accident"
    sick_child = "sick_child"
    sudden_illness = "sudden_illness"
    disaster_at_door = "disaster_at_door"
    self_harm = "self_harm"
    suicide = "suicide"
    partner_violence = "partner_violence"
    elder_abuse = "elder_abuse"
    child_abuse = "child_abuse"
    wild_animal = "wild_animal"
    missing = "missing"
    crime = "crime"
    fraud = "fraud"
    miscarriage = "miscarriage"
    grief = "grief"
    loss = "loss"
    distress = "distress"
    """Sorrow without a name: somebody who needs an ear."""


SORROWS = frozenset({Kind.miscarriage, Kind.grief, Kind.loss, Kind.distress})
"""No life is in danger: comfort comes first, and the matter itself may follow."""

DESPAIR = frozenset({Kind.suicide, Kind.self_harm, Kind.overdose})
"""Nothing but help is said: such words may look like a question about a death."""

HARMS = frozenset({Kind.partner_violence, Kind.child_abuse, Kind.elder_abuse})
"""Done by somebody near, who comes back."""

EMERGENCIES = frozenset(
    {
        *(Kind.voiceless, Kind.fire, Kind.drowning, Kind.poisoning, Kind.overdose),
        *(Kind.accident, Kind.sick_child, Kind.sudden_illness, Kind.disaster_at_door),
        *(Kind.self_harm, Kind.suicide),
    }
)
"""Minutes count."""


def most_pressing_first(kinds: frozenset[Kind]) -> tuple[Kind, ...]:
    """Return kinds in the order above."""
    return tuple(kind for kind in Kind if kind in kinds)
