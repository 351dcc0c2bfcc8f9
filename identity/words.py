"""What identity says: into the talk (never personal data in full), and on the last page."""

from dataclasses import dataclass

from actions.contract import Confirm, Payload, Text
from identity.four_items import masked

_MENU = Payload(label="メニューを見る", payload="/help")
_LINK = Payload(label="My-IDを連携", payload="/link_my_id")
_CARD = Payload(label="カードで本人確認", payload="/verify_mynumber")
_AGAIN = {"my-id": _LINK, "card": _CARD}
_CONTACT = Payload(label="連絡先を確かめる", payload="/view_contact")
_STAFF = Payload(label="職員に相談", payload="/request_human")

CARD_DONE = "マイナンバーカードでの本人確認ができました。"
LINE_DONE = "LINEの確認ができました。"
PENDING = (
    "お住まいの記録との照合は、市の職員が確かめます。終わるまで、ご自身の記録はご覧いただけません。"
)
REFUSED = "この市の記録と照合できませんでした。お手数ですが、窓口でお確かめください。"


def linked(title: str, name: str | None, link_id: str, *, by_card: bool) -> Confirm:
    """Say who is linked now, and how to undo it in one tap, which stays in the talk."""
    first = CARD_DONE if by_card else f"{title}をつなぎました。"
    return Confirm(
        text=f"{first}\nおつなぎした方：{masked(name)}\n\n"
        "お心当たりがないときは、すぐに「取り消す」を押してください。"
        "あとからでも「連携を解除したい」と送れば外せます。",
        yes=Payload(label="取り消す", payload=f'/undo_link{{"identity_link": "{link_id}"}}'),
        no=_MENU,
        choices=(_CONTACT,) if by_card else (),
    )


def proven(title: str, *, by_card: bool) -> Text:
    """Say what was proven at a login that was linked before."""
    if by_card:
        return Text(text=CARD_DONE, choices=(_CONTACT, _MENU))
    return Text(text=f"{title}でのログインを確認しました。")


def moved(title: str) -> Text:
    """Tell the talk from which a login was taken."""
    return Text(
        text=f"{title}が、別のLINEとつながりました。このトークとの連携は外れました。\n"
        "お心当たりがないときは、すぐに職員にご連絡ください。",
        choices=(_STAFF,),
    )


def asked_elsewhere(title: str) -> Text:
    """Tell the linked talk that somebody tried to link the same login to another one."""
    return Text(
        text=f"このトークとつながっている{title}を、別のLINEにつなごうとした人がいます。"
        "つながりは変わっていません。\nご本人なら、先にこのトークで連携を外してください。"
        "お心当たりがないときは、職員にご連絡ください。",
        choices=(_STAFF,),
    )


def other_person() -> Text:
    """Tell the talk that somebody else opened its link."""
    return Text(
        text="このトークからお送りしたリンクが、別の方のLINEで開かれました。何もつながっていません。\n"
        "リンクは、ほかの人に送らないでください。",
        choices=(_LINK, _MENU),
    )


def failed(state: str, provider: str) -> Text:
    """Say in the talk that nothing was proven, and how to try again."""
    first = {
        "cancelled": "ご本人の確認を取りやめました。何も変わっていません。",
        "expired": "リンクの期限が過ぎました。ご本人の確認は終わっていません。",
        "refused": "ご本人の確認ができませんでした。何も変わっていません。",
    }[state]
    again = _AGAIN.get(provider)
    choices = (_MENU,) if again is None else (again, _MENU)
    return Text(text=f"{first}\n続けるときは、もう一度お試しください。", choices=choices)


@dataclass(frozen=True)
class Ending:
    """The last page of a journey."""

    title: str
    text: str
    well: bool = False


ENDINGS = {
    "proven": Ending(
        "確認ができました", "LINEのトークに戻ってください。続きをご案内します。", well=True
    ),
    "cancelled_login": Ending(
        "取りやめました", "何も変わっていません。続けるときは、LINEのトークからもう一度どうぞ。"
    ),
    "expired_login": Ending(
        "時間が過ぎました", "安全のため、途中で止めました。LINEのトークからもう一度始めてください。"
    ),
    "refused_login": Ending(
        "確認できませんでした",
        "何もつながっていません。LINEのトークから、もう一度始めてください。",
    ),
    "session_ended": Ending(
        "もう一度始めてください",
        "ログインの有効時間が過ぎたか、別のブラウザで開かれました。"
        "LINEのトークから、もう一度始めてください。",
    ),
    "worthless_ticket": Ending(
        "このリンクは使えません",
        "リンクは10分以内に一度だけ使えます。LINEのトークで、新しいリンクを受け取ってください。",
    ),
    "other_person": Ending(
        "ご本人のLINEではありません",
        "このリンクは、トークで受け取ったご本人だけが使えます。何もつながっていません。"
        "だれかから送られてきたリンクなら、開かずに閉じてください。",
    ),
    "other_login": Ending(
        "すでに別のIDとつながっています",
        "このLINEには、別のログインがつながっています。"
        "変えるときは、LINEのトークで「連携を解除したい」と送ってから、もう一度どうぞ。",
    ),
    "other_citizen": Ending(
        "別のLINEとつながっています",
        "このログインは、別のLINEとつながっています。そのLINEのトークで連携を外してから、"
        "もう一度どうぞ。お心当たりがないときは、市役所にご連絡ください。",
    ),
    "unreadable_items": Ending(
        "カードの情報を読み取れませんでした",
        "お手数ですが、窓口でお手続きください。何も記録していません。",
    ),
    "form_refused": Ending(
        "もう一度お試しください",
        "このページからの操作と確かめられませんでした。何も変わっていません。"
        "LINEのトークから、ページを開き直してください。",
    ),
    "unlinked": Ending(
        "連携を外しました",
        "ログインも終わりました。LINEのトークは、このままお使いいただけます。",
        well=True,
    ),
    "logged_out": Ending("ログアウトしました", "このブラウザのログインを終わりました。", well=True),
    "deleted": Ending(
        "消去しました",
        "お預かりしていた情報を、すべて消しました。LINEのトーク画面に残っている会話は、"
        "お使いのスマートフォンで消してください。次にメッセージを送ると、初めての方としてお使い"
        "いただけます。",
        well=True,
    ),
    "deletion_accepted": Ending(
        "消去を受け付けました",
        "数分で終わります。ログインと連携は、もう外れています。このままページを閉じてください。",
        well=True,
    ),
    "page_refused": Ending(
        "ページを表示できません",
        "途中で変わったか、お使いいただけないものです。何も変わっていません。"
        "LINEのトークから、ページを開き直してください。",
    ),
    "unavailable": Ending(
        "ただいま確認できません",
        "相手のサービスが応えません。少し時間をおいて、LINEのトークからもう一度どうぞ。",
    ),
}
