"""What can be tapped at any time."""

from messages.neutral import Payload

HUMAN = Payload(label="職員に相談", payload="/request_human")

LANGUAGE = Payload(label="ことば / Language", payload="/change_language")

MENU = (
    Payload(label="ごみの日", payload="/ask_waste_day"),
    Payload(label="ごみの分け方", payload="/ask_waste_sorting"),
    Payload(label="避難所をさがす", payload="/ask_shelter"),
    Payload(label="施設をさがす", payload="/ask_facility"),
    Payload(label="よくある質問", payload="/ask_faq"),
    HUMAN,
    LANGUAGE,
)
