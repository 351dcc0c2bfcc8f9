"""What the desk says to one citizen who needs help, in the language that is spoken now."""

from kit.wording import translated
from messages.neutral import Message, OpenLink, Payload, Text


def call_us(phone: str) -> Message:
    """Ask for a call: nobody's number is known here."""
    return Text(
        text="\n".join(
            [
                translated("市の災害担当です。助けが必要というご連絡を見ています。"),
                translated("話せるときは、下の市の番号へ電話してください。"),
                translated("命の危険があるときは、先に119へ電話してください。"),
            ]
        ),
        choices=(
            OpenLink(label=translated("119 火事・救急"), url="tel:119"),
            OpenLink(label=translated("市に電話する"), url=f"tel:{phone.replace('-', '')}"),
            Payload(label=translated("無事です"), payload='/report_safety{"safety": "safe"}'),
            Payload(
                label=translated("助けが必要です"), payload='/report_safety{"safety": "needs_help"}'
            ),
        ),
    )
