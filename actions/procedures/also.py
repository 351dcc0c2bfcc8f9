"""The lists that are one tap away beside another: who retires and moves has two."""

from actions.procedures.parsing import MOVES, LifeEvent, life_events
from actions.procedures.places_parsing import Here
from messages.neutral import Payload


def _guide(event: str, *, label: str) -> Payload:
    return Payload(label=label, payload=f'/ask_procedure{{"procedure_event": "{event}"}}')


MOVING = Payload(label="引っ越しの手続き", payload="/ask_moving")
ALSO = {
    "bereavement": _guide("bereavement", label="お悔やみの手続き"),
    "disaster": _guide("disaster", label="災害の手続き"),
    "divorce": _guide("divorce", label="離婚の手続き"),
    "birth": _guide("birth", label="出産の手続き"),
    "marriage": _guide("marriage", label="結婚の手続き"),
    "disability": _guide("disability", label="障がいの手続き"),
    "care": _guide("care", label="介護の手続き"),
    "business": _guide("business", label="開業の手続き"),
    "lost_job": _guide("lost_job", label="退職の手続き"),
    "moving_in": _guide("moving_in", label="転入の手続き"),
    "moving_out": _guide("moving_out", label="転出の手続き"),
    "moving_within": _guide("moving_within", label="市内の引っ越し"),
}
"""By the name of the event's file."""


def also_told(words: str, here: Here, event: str) -> Payload | None:
    """Return the way to the list of what is told beside `event`, if anything is."""
    for other in life_events(words, here):
        key = "lost_job" if other is LifeEvent.retirement else other.value
        is_same = key == event or (other in MOVES and event in {one.value for one in MOVES})
        if not is_same and key in ALSO:
            return ALSO[key]
    return None
