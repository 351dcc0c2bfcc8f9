"""What the bot itself says around a talk with a person."""

from datetime import date

from kit.wording import day_words, translated
from messages.neutral import Card, Cards, OpenLink, Payload, Text

_MENU = Payload(label="メニューを見る", payload="/help")
_AGAIN = Payload(label="職員に相談", payload="/request_human")

TAKEN = "職員におつなぎしました。このあとは職員がお返事します。自動応答は止まっています。"
RETURNED = "担当の職員が席を外しています。順番はそのままで、手のあいた職員がお返事します。"
FORWARDED = "担当の課へ引きつぎました。順番に職員がお返事します。"
LEFT = Text(
    text="承知しました。職員への相談を取りやめました。ご用のときは、いつでも送ってください。",
    choices=(_MENU,),
)
NOT_WAITING = Text(
    text="職員への相談の順番待ちは、もう終わっています。必要なときは、もう一度お申し込みください。",
    choices=(_AGAIN, _MENU),
)
ASK_MESSAGE = Text(
    text="伝言を、このあと1通のメッセージで送ってください。開庁後に職員が読んで、このトークでお返事します。\n"
    "住所や電話番号、マイナンバーは書かないでください。",
)
QUEUED = Text(text="承りました。順番に職員がお返事します。")
THANKS = Text(text="ご回答ありがとうございました。", choices=(_MENU,))
RATED_ALREADY = Text(text="ご回答は、もういただいています。ありがとうございました。")

_OVER = (
    "職員との会話を終わりました。ここからは、ご案内係（自動応答）がお答えします。"
    "\nよろしければ、職員の対応はいかがでしたか？"
)


_OVER_AND_ON = (
    "職員との会話を終わりました。ここからは、ご案内係（自動応答）がお答えします。"
    "\n続きは、下のボタンから始められます。"
    "\nよろしければ、職員の対応はいかがでしたか？"
)


def over(handoff_id: int, then: Payload | None = None) -> Text:
    """Return the end of a talk with a person, and the one question how it was.

    `then` is what the bot may begin at once.
    """
    return Text(
        text=_OVER if then is None else _OVER_AND_ON,
        choices=(
            *(() if then is None else (then,)),
            Payload(label="満足", payload=rate_payload(handoff_id, 3)),
            Payload(label="ふつう", payload=rate_payload(handoff_id, 2)),
            Payload(label="不満", payload=rate_payload(handoff_id, 1)),
        ),
    )


def rate_payload(handoff_id: int, score: int) -> str:
    """Return what a tap on an opinion brings."""
    return f'/handoff{{"do":"rate","id":{handoff_id},"score":{score}}}'


def document(address: str, last_day: date) -> str:
    """Return what comes with a document; it is opened at its address until that day."""
    return translated(
        "書類（PDF）をお送りします。{day}まで開けます。\n{address}",
        day=day_words(last_day),
        address=address,
    )


_PAGE = "「{title}」のページです。下のボタンから開けます。"
_ONCE = "リンクは10分以内に一度だけ使えます。ほかの人には送らないでください。"
_PROOFS = {
    "L2": (
        "ご本人にお答えするため、My-IDでのログインをお願いします。",
        "My-IDでログイン",
    ),
    "L3": (
        "ご本人だけにお答えするため、マイナンバーカードで確認をお願いします。"
        "カードと4桁の暗証番号をご用意ください。"
        "マイナンバー（12桁）や暗証番号は、このトークに送らないでください。",
        "カードで本人確認",
    ),
}
_CONSENT = (
    "「{title}」への同意をお願いします。ページで内容を確かめて、よろしければ同意してください。"
    "同意されなくても、ご相談は続けられます。"
)


def page_of(title: str, url: str, *, once: bool) -> Cards:
    """Return the way to a page; `once` where the link leads through a login."""
    words = translated(_PAGE, title=translated(title))
    return _leads(words, translated("ページを開く"), url, once=once)


def proof(level: str, url: str) -> Cards:
    """Return the request to prove who one is, up to a level."""
    words, label = _PROOFS[level]
    return _leads(translated(words), translated(label), url)


def consent(title: str, url: str) -> Cards:
    """Return the request to agree to a purpose of the city."""
    return _leads(translated(_CONSENT, title=translated(title)), translated("内容を見る"), url)


def _leads(words: str, label: str, url: str, *, once: bool = True) -> Cards:
    """Return a button that stays in the talk, whatever is written after it."""
    said = f"{words}\n{translated(_ONCE)}" if once else words
    return Cards(
        summary=said,
        cards=(Card(title=label, note=said, choices=(OpenLink(label=label, url=url),)),),
    )


MACHINE = "（機械翻訳です）"
"""Stands under a reply that a machine translated and a person read."""
