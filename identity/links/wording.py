"""What identity says into the talk, never personal data in full.

One sentence a line: so the catalogues hold them (`kit.wording`), and the bot says them in the
citizen's language.
"""

from identity.links.four_items import masked
from messages.neutral import Confirm, Payload, Text

_MENU = Payload(label="メニューを見る", payload="/help")
_LINK = Payload(label="My-IDを連携", payload="/link_my_id")
_CARD = Payload(label="カードで本人確認", payload="/verify_mynumber")
_AGAIN = {"my-id": _LINK, "card": _CARD}
_CONTACT = Payload(label="連絡先を確かめる", payload="/view_contact")
_STAFF = Payload(label="職員に相談", payload="/request_human")

CARD_DONE = "マイナンバーカードでの本人確認ができました。"
PENDING = (
    "お住まいの記録との照合は、市の職員が確かめます。終わるまで、ご自身の記録はご覧いただけません。"
)
REFUSED = "この市の記録と照合できませんでした。お手数ですが、窓口でお確かめください。"


def linked(name: str | None, link_id: str, *, by_card: bool) -> Confirm:
    """Say who is linked now, and how to undo it in one tap, which stays in the talk."""
    return Confirm(
        text="\n".join(
            (
                CARD_DONE if by_card else "My-IDをつなぎました。",
                "おつなぎした方：",
                masked(name),
                "お心当たりがないときは、すぐに「取り消す」を押してください。",
                "あとからでも「連携を解除したい」と送れば外せます。",
            )
        ),
        yes=Payload(label="取り消す", payload=f'/undo_link{{"identity_link": "{link_id}"}}'),
        no=_MENU,
        choices=(_CONTACT,) if by_card else (),
    )


def proven(*, by_card: bool) -> Text:
    """Say what was proven at a login that was linked before."""
    if by_card:
        return Text(text=CARD_DONE, choices=(_CONTACT, _MENU))
    return Text(text="My-IDでのログインを確認しました。")


def moved() -> Text:
    """Tell the talk from which a login was taken."""
    return Text(
        text="つないでいたログインが、別のLINEとつながりました。\n"
        "このトークとの連携は外れました。\n"
        "お心当たりがないときは、すぐに職員にご連絡ください。",
        choices=(_STAFF,),
    )


def asked_elsewhere() -> Text:
    """Tell the linked talk that somebody tried to link the same login to another one."""
    return Text(
        text="このトークとつながっているログインを、別のLINEにつなごうとした人がいます。\n"
        "つながりは変わっていません。\n"
        "ご本人なら、先にこのトークで連携を外してください。\n"
        "お心当たりがないときは、すぐに職員にご連絡ください。",
        choices=(_STAFF,),
    )


def other_person() -> Text:
    """Tell the talk that somebody else opened its link."""
    return Text(
        text="このトークからお送りしたリンクが、別の方のLINEで開かれました。\n"
        "何もつながっていません。\n"
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
    return Text(text="\n".join((first, "続けるときは、もう一度お試しください。")), choices=choices)
