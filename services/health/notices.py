"""What guardians are told of a handbook without having asked, in every language.

The words name neither a child nor a vaccine: a talk is read by whoever holds the phone.
"""

from collections.abc import Callable
from datetime import datetime

from kit.settings import Settings
from kit.wording import load_wording, spoken_in, translated
from messages.languages import Language
from messages.neutral import Message, OpenLink, Text, reworded
from messages.notifications import Notification


def due(base: str) -> Text:
    """Say that there is something to see of vaccinations; what it is says the page alone."""
    first = (
        "お子さんの予防接種について、お知らせがあります。"
        "受ける時期が近いか、過ぎているものがあります。"
    )
    then = "お名前とワクチンの名前は、本人確認のあと、専用ページでお見せします。"
    stop = "お知らせは、同じページでやめられます。"
    return Text(
        text="\n".join(map(translated, (first, then, stop))),
        choices=(OpenLink(label="予防接種のページ", url=f"{base}/my/health/vaccinations"),),
    )


def of_yourself(base: str) -> Text:
    """Say that there is something in one's own handbook; that one is pregnant is not said."""
    first = "母子健康手帳のページに、あなたへのお知らせがあります。"
    then = "内容は、本人確認のあと、専用ページでお見せします。"
    stop = "お知らせは、同じページでやめられます。"
    return Text(
        text="\n".join(map(translated, (first, then, stop))),
        choices=(OpenLink(label="母子健康手帳のページ", url=f"{base}/my/health/"),),
    )


def opened(base: str) -> Text:
    """Say that staff opened a whole handbook in an emergency."""
    first = "市の職員が、緊急のため、お子さんの母子健康手帳の記録を開きました。"
    then = "いつ、どこの職員が、なぜ開いたかは、専用ページでご覧いただけます。"
    ask = "心当たりがないときは、健康増進課にお問い合わせください。"
    return Text(
        text="\n".join(map(translated, (first, then, ask))),
        choices=(OpenLink(label="見た人の記録", url=f"{base}/identity/account/access"),),
    )


def notification(
    settings: Settings, key: str, citizen_id: str, say: Callable[[str], Text], expires_at: datetime
) -> Notification:
    """Return what is handed to the bot; `say` is given the address of our pages."""

    def message(language: Language) -> Message:
        with spoken_in(load_wording(language, settings.city_wording)):
            return reworded(say(settings.public_base_url), translated)

    return Notification(
        key=key,
        citizen_id=citizen_id,
        messages=(message(Language.ja),),
        in_languages={lang: (message(lang),) for lang in Language if lang is not Language.ja},
        expires_at=expires_at,
    )
