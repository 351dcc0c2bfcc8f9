"""How a journey ended, on its last page."""

from dataclasses import dataclass


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
    "other_card": Ending(
        "前のカードと違います",
        "このLINEには、最近まで別のマイナンバーカードがつながっていました。"
        "お預かりの情報の取り出しや消去は、窓口でお申し出ください。",
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
