"""「もう一回」: the last answer once more, and a question about waste stays open."""

import re

from rasa_sdk.events import FollowupAction, SlotSet

from actions.base import Events, Turn
from actions.waste import FORM, PENDING

_ONCE_MORE = r"(?:もう(?:一|1|いっ|いち)(?:回|度|かい|ど)|もっかい|再度|リピート)"
_THAT = r"(?:今|いま|さっき|先ほど|さきほど)(?:の|言った)(?:話|説明|答え|内容|やつ|こと)?"
_SAY = r"(?:言って|いって|教えて|おしえて|見せて|みせて|話して|説明して|送って|お願い|おねがい)"
_PLEASE = r"(?:ください|下さい|ほしい|欲しい|もらえますか|くれますか|くれる|します|です|よ|ね)*"
_AGAIN = re.compile(
    rf"(?:.{{0,15}}(?:ので|から|けど|ません|すみません)[、。\s]*)?"
    rf"(?:(?:{_THAT}[をは、\s]*)?{_ONCE_MORE}[、\s]*{_SAY}?|{_THAT}[をは、\s]*{_SAY}?){_PLEASE}"
    r"[。!！?？\s]*"
)


def asks_again(text: str) -> bool:
    """Tell whether the words ask for no more than the last answer once more."""
    return _AGAIN.fullmatch(text.strip()) is not None


def say_again(turn: Turn) -> Events | None:
    """Repeat the last answer if the words ask for it; None when they do not, or nothing was said.

    A question about waste that was open is open again.
    """
    said = _last_answer(turn) if asks_again(turn.text) else []
    if not said:
        return None
    for message in said:
        turn.dispatcher.utter_message(json_message=message)
    pending = turn.slot(PENDING)
    return [SlotSet(PENDING, pending), FollowupAction(FORM)] if pending else []


def _last_answer(turn: Turn) -> list[dict[str, object]]:
    """Return the neutral messages said to the message before the latest one."""
    answers: list[list[dict[str, object]]] = [[]]
    for event in turn.tracker.events:
        if event.get("event") == "user":
            answers.append([])
        elif event.get("event") == "bot" and (custom := (event.get("data") or {}).get("custom")):
            answers[-1].append(custom)
    return answers[-2] if len(answers) > 1 else []
