"""What a citizen hears in the talk of a decision: never anything of a record."""

from messages.neutral import Payload, Text
from services.residents.scopes import DESK

_MENU = Payload(label="メニューを見る", payload="/help")
_STAFF = Payload(label="職員に相談", payload="/request_human")

MATCHED = Text(
    text="ご本人の確認ができました。\nご自身の記録をご覧いただけます。",
    choices=(_MENU,),
)
DECLINED = Text(
    text="\n".join(
        (
            "お住まいの記録と照合できませんでした。",
            "お手数ですが、マイナンバーカードをお持ちになり、市役所の窓口でお手続きください。",
            "担当の窓口：",
            DESK,
        )
    ),
    choices=(_STAFF, _MENU),
)
MOVED = Text(
    text="ご自身の記録は、別のLINEでご覧いただくことになりました。\n"
    "このトークでは、ご覧いただけなくなります。\n"
    "お心当たりがないときは、すぐに職員にご連絡ください。",
    choices=(_STAFF,),
)
