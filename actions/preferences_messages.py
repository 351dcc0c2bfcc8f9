"""How the settings are worded: what is set, and buttons to change it."""

import json
from collections.abc import Sequence

from actions.contract import Choice, Message, OpenLink, Payload, Text
from bot.contract import Language, Preferences, QuietHours, Topic

PAGE = 10
WHOLE_CITY = "all"

_CANCEL = Payload(label="やめる", payload="/cancel")
_URGENT = "命にかかわる緊急のお知らせは、この設定にかかわらず届きます。"

_REMEMBERED = {
    Language.ja: "これからは日本語でご案内します。",
    Language.easy: "「やさしい日本語（にほんご）」を 覚（おぼ）えました。"
    "いまは、ふつうの 日本語（にほんご）の 答（こた）えが 多（おお）いです。",
    Language.en: "I will remember that you prefer English. For now, most answers are in Japanese.",
    Language.zh: "已记住您选择中文。目前大部分回答还是日语。",
    Language.vi: "Tôi đã nhớ bạn chọn tiếng Việt. "
    "Hiện nay hầu hết câu trả lời vẫn bằng tiếng Nhật.",
    Language.pt: "Vou lembrar que você prefere português. Por enquanto, quase todas as respostas "
    "são em japonês.",
}


def _tap(label: str, **entities: str) -> Payload:
    payload = f"/set_alert_area{json.dumps(entities, ensure_ascii=False)}"
    return Payload(label=label, payload=payload)


def settings(chosen: Preferences, link: str | None, first_words: str) -> Message:
    """Say what is set, with buttons for every part; `link` leads to the page."""
    lines = [
        first_words,
        f"地区：{'、'.join(chosen.areas) or '市内すべて'}",
        f"お知らせ：{'、'.join(topic.label for topic in chosen.topics) or 'なし'}",
        f"災害の種類：{'、'.join(hazard.label for hazard in chosen.hazards) or 'すべて'}",
        f"送らない時間：{_hours(chosen.quiet)}",
        f"ことば：{chosen.language.label}",
        _URGENT,
    ]
    choices: list[Choice] = [
        _tap("地区を選ぶ", alert_area="?0"),
        _tap("お知らせを選ぶ", alert_topic="?"),
        _tap("夜も送る", quiet_hours="off")
        if chosen.quiet
        else _tap("夜は送らない", quiet_hours="night"),
        Payload(label="ことば / Language", payload="/change_language"),
    ]
    if chosen.areas:
        choices.insert(1, _tap("地区を追加", alert_area="+0"))
    if link is not None:
        choices.insert(0, OpenLink(label="ページで設定", url=link))
    return Text(text="\n".join(lines), choices=tuple(choices))


def _hours(quiet: QuietHours | None) -> str:
    return f"{quiet.start}時から{quiet.end}時まで" if quiet else "なし"


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
    text = "どの地区のお知らせを受け取りますか？\n下から選んでください。"
    if unknown:
        text = f"その名前の地区が見つかりませんでした。\n{text}"
    return Text(text=text, choices=tuple(choices))


def which_topics(chosen: Preferences) -> Message:
    """Offer every topic: a tap on one that is set takes it away, on another one adds it."""
    choices = [
        _tap(f"{topic.label}を止める", alert_topic=f"-{topic.value}")
        if topic in chosen.topics
        else _tap(f"{topic.label}も受け取る", alert_topic=f"+{topic.value}")
        for topic in Topic
    ]
    now = "、".join(topic.label for topic in chosen.topics) or "ありません"
    text = f"今、受け取っているお知らせ：{now}\n変えたいものを押してください。\n{_URGENT}"
    return Text(text=text, choices=(*choices, _CANCEL))


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


def language_remembered(language: Language) -> Message:
    """Confirm in the chosen language, and say honestly that most answers are in Japanese."""
    return Text(
        text=_REMEMBERED[language],
        choices=(Payload(label="ことば / Language", payload="/change_language"),),
    )
