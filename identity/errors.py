"""What a journey may end with, besides the faults of a login."""

from kit.errors import ConciergeError


class OtherPersonError(ConciergeError):
    """このリンクは、トークで受け取ったご本人だけが使えます。"""

    status = 403
    code = "other_person"


class OtherLoginError(ConciergeError):
    """このLINEには、別のログインがつながっています。"""

    status = 409
    code = "other_login"


class OtherCitizenError(ConciergeError):
    """このログインは、別のLINEとつながっています。"""

    status = 409
    code = "other_citizen"


class OtherCardError(ConciergeError):
    """前につないでいたカードとは別のカードです。"""

    status = 403
    code = "other_card"
