"""The lists that are one tap away beside another: who retires and moves has two."""

from actions.procedures.parsing import MOVES, LifeEvent, life_events
from actions.procedures.places_parsing import Here
from messages.neutral import Payload

MOVING = Payload(label="引っ越しの手続き", payload="/ask_moving")


ALSO = {
    "bereavement": Payload(
        label="お悔やみの手続き", payload='/ask_procedure{"procedure_event": "bereavement"}'
    ),
    "disaster": Payload(
        label="災害の手続き", payload='/ask_procedure{"procedure_event": "disaster"}'
    ),
    "divorce": Payload(
        label="離婚の手続き", payload='/ask_procedure{"procedure_event": "divorce"}'
    ),
    "birth": Payload(label="出産の手続き", payload='/ask_procedure{"procedure_event": "birth"}'),
    "marriage": Payload(
        label="結婚の手続き", payload='/ask_procedure{"procedure_event": "marriage"}'
    ),
    "disability": Payload(
        label="障がいの手続き", payload='/ask_procedure{"procedure_event": "disability"}'
    ),
    "care": Payload(label="介護の手続き", payload='/ask_procedure{"procedure_event": "care"}'),
    "business": Payload(
        label="開業の手続き", payload='/ask_procedure{"procedure_event": "business"}'
    ),
    "lost_job": Payload(
        label="退職の手続き", payload='/ask_procedure{"procedure_event": "lost_job"}'
    ),
    "moving_in": Payload(
        label="転入の手続き", payload='/ask_procedure{"procedure_event": "moving_in"}'
    ),
    "moving_out": Payload(
        label="転出の手続き", payload='/ask_procedure{"procedure_event": "moving_out"}'
    ),
    "moving_within": Payload(
        label="市内の引っ越し", payload='/ask_procedure{"procedure_event": "moving_within"}'
    ),
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
