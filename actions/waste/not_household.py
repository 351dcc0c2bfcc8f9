"""What is said about waste that no household puts out."""

from actions.waste.parsing import NotHousehold
from messages.neutral import Message, OpenLink, Payload, Text

# Entries of the city's FAQ.
BUSINESS_FAQ = "gomi-009"
ANIMAL_FAQ = "pet-006"
GIVING_FAQ = "gomi-018"
_HUMAN = Payload(label="職員に相談", payload="/request_human")


def _faq(label: str, faq_id: str) -> Payload:
    return Payload(label=label, payload=f'/ask_faq{{"faq_id": "{faq_id}"}}')


_OUTSIDE = {
    NotHousehold.business: Text(
        text="店や会社など、仕事で出たごみは、家庭ごみの分け方や収集日が当てはまりません。"
        "ごみの集積所にも出せません。\n出し方は、下のボタンからご覧ください。",
        choices=(
            _faq("仕事のごみの出し方", BUSINESS_FAQ),
            Payload(label="家庭のごみを調べる", payload="/ask_waste_sorting"),
            _HUMAN,
        ),
    ),
    NotHousehold.animal: Text(
        text="動物やその亡きがらは、ごみの集積所には出せません。\n"
        "亡くなったときの連絡先は、下のボタンからご覧ください。"
        "飼えなくなったときは、職員にご相談ください。",
        choices=(_faq("動物が亡くなったとき", ANIMAL_FAQ), _HUMAN),
    ),
    NotHousehold.person: Text(
        text="人のことは、ごみとしてはご案内できません。\n"
        "人が亡くなっているときや、命の危険があるときは、すぐに110か119へ電話してください。"
        "お困りのことがあれば、職員にご相談ください。",
        choices=(
            OpenLink(label="110 警察", url="tel:110"),
            OpenLink(label="119 火事・救急", url="tel:119"),
            _HUMAN,
        ),
    ),
}


def outside_message(reason: NotHousehold) -> Message:
    """Say that the household rules do not answer, and who does."""
    return _OUTSIDE[reason]
