"""How the settings are worded: what is set, and buttons to change it."""

import json
from collections.abc import Sequence
from datetime import time

from actions.talking.language import AUTOMATIC
from actions.talking.menu import LANGUAGE, MENU
from bot.preferences.contract import Preferences, QuietHours
from kit.wording import clock_words, listed, translated
from messages.languages import Language
from messages.neutral import Choice, Message, OpenLink, Payload, Text
from messages.topics import Topic

PAGE = 10
WHOLE_CITY = "all"

_CANCEL = Payload(label="やめる", payload="/cancel")
_URGENT = "命にかかわる緊急のお知らせは、この設定にかかわらず届きます。"

_REMEMBERED = "これからはこの言葉でご案内します。"


def _tap(label: str, **entities: str) -> Payload:
    payload = f"/set_alert_area{json.dumps(entities, ensure_ascii=False)}"
    return Payload(label=label, payload=payload)


def settings(chosen: Preferences, link: str | None, first_words: str) -> Message:
    """Say what is set, with buttons for every part; `link` leads to the page."""
    lines = [
        first_words,
        _set("地区：{chosen}", listed(chosen.areas or ["市内すべて"])),
        _set("お知らせ：{chosen}", listed([t.label for t in chosen.topics] or ["なし"])),
        _set(
            "災害の種類：{chosen}", listed([h.warning_label for h in chosen.hazards] or ["すべて"])
        ),
        _set("知らせる段階：レベル{chosen}から", str(chosen.warn_from)),
        _set("送らない時間：{chosen}", _hours(chosen.quiet)),
        _set("ことば：{chosen}", chosen.language.label),
        _URGENT,
    ]
    choices: list[Choice] = [
        _tap("地区を選ぶ", alert_area="?0"),
        _tap("お知らせを選ぶ", alert_topic="?"),
        _tap("夜も送る", quiet_hours="off")
        if chosen.quiet
        else _tap("夜は送らない", quiet_hours="night"),
        LANGUAGE,
    ]
    if chosen.areas:
        choices.insert(1, _tap("地区を追加", alert_area="+0"))
    if link is not None:
        choices.insert(0, OpenLink(label="ページで設定", url=link))
    return Text(text="\n".join(lines), choices=tuple(choices))


def _set(line: str, chosen: str) -> str:
    return translated(line, chosen=chosen)


def _hours(quiet: QuietHours | None) -> str:
    if quiet is None:
        return translated("なし")
    start, end = clock_words(time(quiet.start)), clock_words(time(quiet.end))
    return translated("{start}から{end}まで", start=start, end=end)


def which_area(areas: Sequence[str], page: int, *, add: bool, unknown: bool) -> Message:
    """Offer the districts page by page; `add`: beside those that are set, else in their place."""
    sign = "+" if add else ""
    shown = areas[page * PAGE : (page + 1) * PAGE]
    choices: list[Choice] = [_tap(area, alert_area=f"{sign}{area}") for area in shown]
    if not add:
        choices.insert(0, _tap("市内すべて", alert_area=WHOLE_CITY))
    if len(areas) > PAGE:
        following = page + 1 if (page + 1) * PAGE < len(areas) else 0
        choices.append(_tap("ほかの地区", alert_area=f"{sign or '?'}{following}"))
    choices.append(_CANCEL)
    unknown_area = ["その名前の地区が見つかりませんでした。"] if unknown else []
    question = ["どの地区のお知らせを受け取りますか？", "下から選んでください。"]
    return Text(text="\n".join([*unknown_area, *question]), choices=tuple(choices))


def which_topics(chosen: Preferences) -> Message:
    """Offer every topic: a tap on one that is set takes it away, on another one adds it."""
    choices = [
        _tap(_about("{topic}を止める", topic), alert_topic=f"-{topic.value}")
        if topic in chosen.topics
        else _tap(_about("{topic}も受け取る", topic), alert_topic=f"+{topic.value}")
        for topic in Topic
    ]
    now = listed([topic.label for topic in chosen.topics] or ["ありません"])
    lines = [
        translated("今、受け取っているお知らせ：{topics}", topics=now),
        "変えたいものを押してください。",
        _URGENT,
    ]
    return Text(text="\n".join(lines), choices=(*choices, _CANCEL))


def _about(label: str, topic: Topic) -> str:
    return translated(label, topic=translated(topic.label))


def which_language() -> Message:
    """Ask for the language, in a way that everybody can read."""
    return Text(
        text="ことばを選んでください。\n"
        "Please choose a language. / 请选择语言。\n"
        "Hãy chọn ngôn ngữ. / Escolha o idioma.",
        choices=tuple(
            Payload(
                label=language.label,
                payload=f'/change_language{{"language": "{language.value}"}}',
            )
            for language in Language
        ),
    )


def language_remembered(chosen: Language) -> Message:
    """Confirm in the chosen language, and say that a machine has made its wording."""
    lines = ["これからは日本語でご案内します。"]
    if chosen is not Language.ja:
        lines = [_REMEMBERED, AUTOMATIC, "市が書いた回答や施設の名前などは、日本語のままです。"]
    return Text(text="\n".join(lines), choices=MENU)
