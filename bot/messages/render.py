"""From neutral messages to LINE messages, within every limit of LINE's."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from actions.contract import Cards, Choice, Message, OpenLink, Text
from bot.messages import limits
from bot.messages.choices import action
from bot.messages.flex import carousel
from bot.messages.split import split_text
from kit.text import utf16_length

Json = dict[str, Any]


def render(messages: Sequence[Message]) -> list[list[Json]]:
    """Return LINE messages grouped into calls of at most five. No text is ever lost.

    LINE shows only the quick replies of the last message, so the last set of choices moves there.
    """
    rendered = [line for message in messages for line in _render_one(message)]
    choices = next((m.choices for m in reversed(messages) if m.choices), ())
    if rendered and choices:
        rendered[-1] = {**rendered[-1], "quickReply": quick_reply(choices)}
    size = limits.MESSAGES_PER_CALL
    return [rendered[i : i + size] for i in range(0, len(rendered), size)]


def to_json(call: Sequence[Json]) -> str:
    """Serialise one call's messages; these exact characters are stored and sent."""
    return json.dumps(call, ensure_ascii=False, separators=(",", ":"))


def _render_one(message: Message) -> Iterable[Json]:
    if isinstance(message, Text):
        for part in split_text(message.text, limits.TEXT_UTF16):
            if part.strip():
                yield {"type": "text", "text": part}
        return
    yield from _render_cards(message)


def _render_cards(message: Cards) -> Iterable[Json]:
    # A summary too long to be read aloud as alt text goes out as words of its own.
    if utf16_length(message.summary) > limits.ALT_TEXT_UTF16:
        yield from _render_one(Text(text=message.summary))
    alt_text = split_text(message.summary, limits.ALT_TEXT_UTF16)[0]
    contents = carousel(message.cards)
    if contents is None:
        yield from _render_one(Text(text=_in_words(message)))
        return
    yield {"type": "flex", "altText": alt_text, "contents": contents}


def _in_words(message: Cards) -> str:
    """Say the cards as plain text, for content that no Flex message can hold."""
    blocks = []
    for card in message.cards:
        lines = [card.title, card.subtitle, *(f"{f.label}：{f.value}" for f in card.facts)]
        links = [f"{c.label} {c.url}" for c in card.choices if isinstance(c, OpenLink)]
        blocks.append("\n".join(line for line in [*lines, card.note, *links] if line))
    return "\n\n".join(blocks)


def quick_reply(choices: Sequence[Choice]) -> Json:
    """Return LINE's quick reply object for at most thirteen choices."""
    items = [
        {"type": "action", "action": action(choice, limits.LABEL_GRAPHEMES)}
        for choice in choices[: limits.QUICK_REPLIES]
    ]
    return {"items": items}
