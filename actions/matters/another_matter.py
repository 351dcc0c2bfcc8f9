"""Words that came to a skill without its own noun: some other matter, which is answered as such."""

from actions.base import ActionContext, Events, Turn
from actions.city import load_city
from actions.facilities.actions import AskFacility
from actions.facilities.opening import place_asked
from actions.faq.actions import answer_message
from actions.faq.related import sure_entry
from actions.faq.searching import search
from actions.matters.nouns_parsing import asks_a_fact, family, has_its_noun
from actions.talking.corrections import earlier_questions
from actions.talking.fallback import Fallback
from kit.errors import UnavailableError
from services.faq.contract import Verdict


async def another_matter(context: ActionContext, turn: Turn) -> Events | None:
    """Answer what else the words may ask: when a place is open, an entry.

    None for the skill's own matter, and where nothing else is known: the skill answers.
    """
    if has_its_noun(turn.intent, turn.text) or _follows(turn):
        return None
    if await place_asked(context, turn):
        return await AskFacility(context).act(turn)
    try:
        result = await search(context, turn, turn.text)
    except UnavailableError:
        return None
    if result.verdict is Verdict.unsure:
        return None
    return await Fallback(context).act(turn)


async def other_than_own(context: ActionContext, turn: Turn) -> Events | None:
    """Answer another matter, or a fact that the FAQ surely holds; None for the skill's own."""
    other = await another_matter(context, turn)
    if other is not None:
        return other
    entry = await sure_entry(context, turn)
    if entry is None or not asks_a_fact(turn.text):
        return None
    turn.say(answer_message(entry, load_city(context.settings.city_dir)))
    return []


def _follows(turn: Turn) -> bool:
    own = family(turn.intent)
    return any(family(earlier.intent) is own for earlier in earlier_questions(turn))
