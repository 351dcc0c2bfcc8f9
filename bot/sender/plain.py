"""What is left to say when LINE refuses how an answer looks: its words, and at last an apology.

A citizen who asked must hear something. One wrong address behind one button is enough for LINE to
refuse all messages of a call, so what follows holds no button at all.
"""

import json
from typing import Any

Json = dict[str, Any]

# No language is known here any more.
UNSHOWN = (
    "申し訳ありません。お答えを表示できませんでした。お手数ですが、市役所へお電話ください。\n"
    "Sorry, the answer could not be shown here. Please call the city hall."
)


def plainer(messages_json: str) -> str | None:
    """Return what to send in the place of messages that LINE refused; None after the last."""
    messages: list[Json] = json.loads(messages_json)
    plain = [{"type": "text", "text": text} for text in map(_words, messages) if text.strip()]
    apology = [{"type": "text", "text": UNSHOWN}]
    if messages == apology:
        return None
    following = apology if messages == plain or not plain else plain
    return json.dumps(following, ensure_ascii=False, separators=(",", ":"))


def _words(message: Json) -> str:
    """Return what a message says: its text, or the words that stand for a card."""
    return str(message.get("text") or message.get("altText") or "")
