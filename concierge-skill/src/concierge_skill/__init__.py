"""A skill for the citizen concierge: functions that answer, behind signatures and limits."""

from concierge_skill.looking import NotSharedError
from concierge_skill.messages import again, card, cards, fact, link, text
from concierge_skill.skill import Call, Skill

__all__ = ["Call", "NotSharedError", "Skill", "again", "card", "cards", "fact", "link", "text"]
