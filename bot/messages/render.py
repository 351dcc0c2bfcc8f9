"""From neutral messages to LINE messages, within every limit of LINE's. No text is ever lost."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from bot.messages import limits
from bot.messages.choices import action, is_usable
from bot.messages.flex import carousel
from bot.messages.speakers import Speaker
from bot.messages.split import split_text
from kit.text import grapheme_length, utf16_length
from messages.neutral import Card, Cards, Choice, Confirm, Message, OpenLink, ShareLocation, Text

Json = dict[str, Any]


def render(messages: Sequence[Message], speaker: Speaker) -> list[list[Json]]:
    """Return LINE messages grouped into calls of at most five.

    LINE shows only the quick replies of the last message, so all choices move there, each once;
    what a quick reply cannot hold is said in words before it.
    """
    loose = _unique([choice for message in messages for choice in _loose_choices(message)])
    choices = [choice for choice in loose if is_usable(choice)]
    rendered = [line for message in messages for line in _render_one(message)]
    if rendered and (unsaid := _unsaid(messages, loose)):
        rendered.extend(_texts(unsaid))
    rendered = [{**line, "sender": speaker.as_json()} for line in rendered]
    if rendered and choices:
        rendered[-1]["quickReply"] = quick_reply(choices)
    size = limits.MESSAGES_PER_CALL
    return [rendered[i : i + size] for i in range(0, len(rendered), size)]


def to_json(call: Sequence[Json]) -> str:
    """Serialise one call's messages; these exact characters are stored and sent."""
    return json.dumps(call, ensure_ascii=False, separators=(",", ":"))


def quick_reply(choices: Sequence[Choice]) -> Json:
    """Return LINE's quick reply object of the first thirteen choices."""
    items = [
        {"type": "action", "action": action(choice, limits.LABEL_GRAPHEMES)}
        for choice in choices[: limits.QUICK_REPLIES]
    ]
    return {"items": items}


def _render_one(message: Message) -> Iterable[Json]:
    match message:
        case Text():
            yield from _texts(message.text)
        case Confirm():
            yield from _texts(message.text) if _is_too_long(message) else [_confirm(message)]
        case Cards():
            yield from _render_cards(message)


def _texts(text: str) -> Iterable[Json]:
    for part in split_text(text, limits.TEXT_UTF16):
        if part.strip():
            yield {"type": "text", "text": part}


def _is_too_long(message: Confirm) -> bool:
    labels = (message.yes.label, message.no.label)
    return grapheme_length(message.text) > limits.CONFIRM_TEXT_GRAPHEMES or any(
        grapheme_length(label) > limits.LABEL_GRAPHEMES for label in labels
    )


def _confirm(message: Confirm) -> Json:
    actions = [action(choice, limits.LABEL_GRAPHEMES) for choice in (message.yes, message.no)]
    template = {"type": "confirm", "text": message.text, "actions": actions}
    return {"type": "template", "altText": message.text, "template": template}


def _render_cards(message: Cards) -> Iterable[Json]:
    # A summary too long to be read aloud as alt text goes out as words of its own.
    if utf16_length(message.summary) > limits.ALT_TEXT_UTF16:
        yield from _texts(message.summary)
    contents = carousel(message.cards)
    if contents is None:
        yield from _texts("\n\n".join(_in_words(card) for card in message.cards))
        return
    alt_text = split_text(message.summary, limits.ALT_TEXT_UTF16)[0]
    yield {"type": "flex", "altText": alt_text, "contents": contents}


def _in_words(card: Card) -> str:
    """Say a card as plain text, for content that no Flex message can hold."""
    lines = [card.title, card.subtitle, *(f"{f.label}：{f.value}" for f in card.facts), card.note]
    links = [f"{c.label} {c.url}" for c in card.choices if isinstance(c, OpenLink)]
    return "\n".join(line for line in [*lines, *links] if line)


def _loose_choices(message: Message) -> Iterable[Choice]:
    """Return the choices of a message that are no buttons inside it."""
    if isinstance(message, Confirm) and _is_too_long(message):
        yield from (message.yes, message.no)
    if isinstance(message, Cards):
        fits = carousel(message.cards) is not None
        for choice in (choice for card in message.cards for choice in card.choices):
            # LINE allows a button for one's place in quick replies only.
            if isinstance(choice, ShareLocation) or (not fits and not isinstance(choice, OpenLink)):
                yield choice
    yield from message.choices


def _unique(choices: Sequence[Choice]) -> list[Choice]:
    return list(dict.fromkeys(choices))


def _unsaid(messages: Sequence[Message], choices: Sequence[Choice]) -> str:
    """Return in words, a line each, what LINE's labels and thirteen quick replies leave out.

    A label that stands in full in a text, as numbered choices do, need not be said again.
    """
    said = "\n".join(message.text for message in messages if isinstance(message, Text | Confirm))
    buttons = [
        choice
        for message in messages
        if isinstance(message, Cards)
        for card in message.cards
        for choice in card.choices
    ]
    cut = [c for c in (*buttons, *choices) if not is_usable(c)]
    choices = [c for c in choices if is_usable(c)]
    cut += [c for c in buttons if grapheme_length(c.label) > limits.FLEX_BUTTON_LABEL_GRAPHEMES]
    cut += [c for c in choices if grapheme_length(c.label) > limits.LABEL_GRAPHEMES]
    return "\n".join(
        f"・{_with_address(choice)}"
        for choice in _unique([*cut, *choices[limits.QUICK_REPLIES :]])
        if choice.label not in said
    )


def _with_address(choice: Choice) -> str:
    return f"{choice.label} {choice.url}" if isinstance(choice, OpenLink) else choice.label
