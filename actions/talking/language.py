"""Which language the talk is in, and the offer to keep it."""

import json
from typing import Any

from actions.preferences.parsing import read_language
from kit.wording import SOURCE, language, translated
from messages.languages import Language
from messages.neutral import Payload, Text

AUTOMATIC = "この文は機械で訳しています。正しい内容は日本語の文です。"
_KEEP = "これからもこの言葉でお答えしますか？"


def spoken_language(event: dict[str, Any]) -> Language | None:
    """Return the language of one message, None where nothing told it.

    A language that was asked for is the one of the turns that follow, whatever it was asked in.
    """
    data = event.get("parse_data") or {}
    if (data.get("intent") or {}).get("name") == "change_language":
        tapped = [e.get("value") for e in data.get("entities") or () if e["entity"] == "language"]
        asked = next((lang for lang in Language if lang in tapped), None)
        asked = asked or read_language(str(event.get("text") or ""))
        if asked is not None:
            return asked
    told = (event.get("metadata") or {}).get("language")
    return next((lang for lang in Language if lang == told), None)


def language_offer(spoken: Language) -> Text:
    """Return what is said once to somebody who writes a language without having chosen it."""
    payload = f"/change_language{json.dumps({'language': spoken.value})}"
    return Text(
        text=f"{AUTOMATIC}\n{_KEEP}",
        choices=(Payload(label="この言葉にする", payload=payload),),
    )


def only_in_japanese(phone: str) -> list[str]:
    """Return the line before what the city itself wrote, in Japanese alone; none in Japanese."""
    if language() == SOURCE:
        return []
    return [
        translated(
            "次の内容は日本語だけです。わからないときは、{phone}へお電話ください。", phone=phone
        )
    ]


def names_in_japanese() -> list[str]:
    """Return the line under the introduction of places; none in Japanese."""
    return [] if language() == SOURCE else ["名前と住所は日本語です。"]


def page_in_japanese() -> list[str]:
    """Return the line that says, before the tap, that a page is in Japanese; none in Japanese."""
    return [] if language() == SOURCE else ["「くわしく見る」のページは日本語です。"]
