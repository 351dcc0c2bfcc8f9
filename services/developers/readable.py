"""Whether messages can be understood by who hears them read out, or cannot see cards. Pure.

The rules are those of WCAG 2.2 that a message of a talk can break: link purpose (2.4.4), names of
controls (2.5.3, 4.1.2), and text in place of what is only seen (1.1.1).
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from kit.text import fold
from messages import neutral

_VAGUE = frozenset(
    map(
        fold,
        ("こちら", "ここ", "リンク", "クリック", "タップ", "here", "click", "clickhere", "link"),
    )
)


def hindrances(messages: Sequence[neutral.Message]) -> list[str]:
    """Return what somebody could not understand, in words for developers; none where all can."""
    return list(dict.fromkeys(fault for message in messages for fault in _of(message)))


def _of(message: neutral.Message) -> Iterator[str]:
    if isinstance(message, neutral.Cards):
        yield from _of_text(message.summary)
        yield from (
            f"カード「{card.title}」が、summary の文にありません"
            for card in message.cards
            if fold(card.title) not in fold(message.summary) and len(message.cards) < 4
        )
        for card in message.cards:
            yield from _of_text(card.title)
            yield from _of_choices(card.choices)
        yield from _of_choices(message.choices)
    elif isinstance(message, neutral.Text):
        yield from _of_text(message.text)
        yield from _of_choices(message.choices)


def _of_choices(choices: Sequence[neutral.Choice]) -> Iterator[str]:
    labels = [choice.label for choice in choices]
    for label, times in Counter(labels).items():
        if times > 1:
            yield f"ボタン「{label}」が{times}つあり、区別できません"
        if fold(label).replace(" ", "") in _VAGUE:
            yield f"ボタン「{label}」だけでは、何が起こるか分かりません"
        yield from _of_text(label)


def _of_text(text: str) -> Iterator[str]:
    if not any(character.isalnum() for character in text):
        yield f"「{text[:20]}」は、読み上げると言葉になりません"
