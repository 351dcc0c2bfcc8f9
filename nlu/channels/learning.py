"""Learning the relations with the trained model at hand: once a process, in a second or two.

The intent classifier's view of each sentence is a feature, so this cannot be a component of the
pipeline that is trained beside it.
"""

from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor

from channels.relations import Relations, fit_relations
from channels.talks import read_talks


async def learn_relations(processor: MessageProcessor) -> Relations:
    """Parse the talks of `data/talking/follow_ups.yml` and fit the model on them."""
    talks = read_talks()
    texts = dict.fromkeys([*(one.text for one in talks.examples), *(t for t, _ in talks.aspects)])
    parsed = {}
    for text in texts:
        parsed[text] = await processor.parse_message(UserMessage(text))
        parsed[text].setdefault("text", text)
    return fit_relations(talks, parsed.__getitem__)
