"""What the bot itself says around a talk with a person."""

from datetime import date

from kit.wording import day_words, translated
from messages.neutral import Payload, Text

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


def over(handoff_id: int) -> Text:
    """Return the end of a talk with a person, and the one question how it was."""
    return Text(
        text=_OVER,
        choices=(
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
