"""What is said to somebody in danger or in sorrow. Nothing of what they wrote is kept or logged."""

from collections.abc import Iterable, Mapping, Sequence

from actions.danger.help import DangerHelp, Help, HelpLine, Later, Matter, Way
from actions.danger.kinds import DESPAIR, HARMS, SORROWS, Kind
from kit.wording import translated
from messages.neutral import Choice, OpenLink, Payload, Text

_HUMAN = Payload(label="職員に相談", payload="/request_human")
# What may be looked up besides.
_SKILLS = {Kind.sick_child: Payload(label="休日や夜間の病院", payload="/ask_oncall_clinic")}
_MOST_TOLD = 2
_MOST_LINES = 4

_LATER: Mapping[Kind, Later] = {
    Kind.suicide: "despair",
    Kind.self_harm: "despair",
    Kind.overdose: "overdose",
    Kind.partner_violence: "violence",
    Kind.child_abuse: "harm",
    Kind.elder_abuse: "harm",
    Kind.crime: "harm",
    Kind.fraud: "fraud",
    Kind.grief: "papers",
    Kind.miscarriage: "sorrow",
    Kind.loss: "sorrow",
    Kind.distress: "sorrow",
}
_WAYS: Mapping[Kind, Way] = {
    **dict.fromkeys(SORROWS | DESPAIR - {Kind.overdose}, "despair"),
    Kind.partner_violence: "violence",
    Kind.child_abuse: "violence",
}


def help_message(kinds: Sequence[Kind], help: DangerHelp) -> Text:
    """Return the first words, and whom to call, of the most pressing kinds."""
    told = [help.help[kind] for kind in kinds[:_MOST_TOLD]]
    message = _message([part.words for part in told], told, help)
    skills = tuple(_SKILLS[kind] for kind in kinds[:_MOST_TOLD] if kind in _SKILLS)
    return message.model_copy(update={"choices": (*message.choices[:-1], *skills, _HUMAN)})


def later_message(kind: Kind, help: DangerHelp, replies: Sequence[str] = ()) -> Text:
    """Return what is said while the talk is still about it: never what `replies` say already.

    The numbers are written out once; after that they are buttons.
    """
    rungs = help.later[_LATER.get(kind, "emergency")]
    new = [words for words in rungs if not _is_in(words, replies)]
    # Of a crime only the police is named again, not the line for victims of sexual violence.
    if new and new[0] == rungs[0] and kind is not Kind.crime:
        return _message([rungs[0]], [help.help[kind]], help)
    return _short(new[0] if new else help.listening, kind, help)


def over_message(kind: Kind, help: DangerHelp) -> Text:
    """Return what is said when it is over."""
    if kind is Kind.fire:
        return _short(help.over["fire"], kind, help)
    over = help.over.get(_LATER.get(kind, "emergency")) or help.over["emergency"]
    return _short(over, kind, help)


def thanked_message(kind: Kind, help: DangerHelp) -> Text:
    """Return what is said to thanks: nothing cheerful."""
    return _short(help.thanked, kind, help)


def aside_message(help: DangerHelp) -> Text:
    """Return the line before the answer to a question beside the danger."""
    return Text(text=translated(help.aside))


def puzzled_message(help: DangerHelp) -> Text:
    """Return what is said to somebody whom our warning surprised."""
    return Text(text=translated(help.puzzled), choices=(_HUMAN,))


def hardship_message(help: DangerHelp) -> Text:
    """Return who helps with food, rent and debts."""
    return _message([help.hardship.words], [help.hardship], help)


def listeners_message(help: DangerHelp) -> Text:
    """Return who listens, by telephone and in writing."""
    return _message([help.listeners.words], [help.listeners], help)


def writing_message(kind: Kind, help: DangerHelp) -> Text:
    """Return whom somebody can reach in writing who cannot, or would rather not, call."""
    way = help.writing[_WAYS.get(kind, "emergency")]
    return _message([way.words], [way], help)


def in_writing_first(message: Text, help: DangerHelp) -> Text:
    """Return words of danger for somebody who cannot telephone: how to write comes first."""
    words = translated(help.writing["emergency"].words)
    if message.text.startswith(words):
        return message
    return message.model_copy(update={"text": f"{words}\n\n{message.text}"})


def is_harmed(kind: Kind) -> bool:
    """Tell whether somebody is being hurt by another."""
    return kind in HARMS | {Kind.crime}


def unwilling_message(kind: Kind, help: DangerHelp) -> Text:
    """Return who helps somebody who would not have the police or an ambulance come."""
    way = help.unwilling["violence" if is_harmed(kind) else "emergency"]
    return _message([way.words], [way], help)


def acute_message(help: DangerHelp) -> Text:
    """Return what to do while whoever harms is breaking in: the police, now."""
    return _message([help.acute.words], [help.acute], help)


def asked_message(said: str, matter: Matter, help: DangerHelp) -> Text | None:
    """Return what is known of what folded words ask about in a matter, None for anything else."""
    found = [one for one in help.asked.get(matter, ()) if one.is_asked(said)]
    return _message([one.words for one in found[:_MOST_TOLD]], found[:1], help) if found else None


def lines_message(lines: Sequence[HelpLine], help: DangerHelp) -> Text:
    """Return the numbers of lines that were asked about, and when they answer."""
    choices = tuple(OpenLink(label=line.label, url=line.link) for line in lines[:_MOST_LINES])
    told = "\n".join(map(_said, lines[:_MOST_LINES]))
    return Text(text=f"{translated(help.line_asked)}\n{told}", choices=choices)


def _is_in(words: str, replies: Sequence[str]) -> bool:
    return any(translated(words) in reply for reply in replies)


def _short(words: str, kind: Kind, help: DangerHelp) -> Text:
    """Return one sentence, and the first numbers as buttons."""
    lines = help.lines_of(help.help[kind])[:_MOST_TOLD]
    choices = tuple(OpenLink(label=line.label, url=line.link) for line in lines)
    return Text(text=translated(words), choices=(*choices, _HUMAN))


def _message(words: Iterable[str], told: Sequence[Help], help: DangerHelp) -> Text:
    lines = list(dict.fromkeys(line for part in told for line in help.lines_of(part)))
    papers = [part.faq for part in told if part.faq is not None]
    choices: list[Choice] = [OpenLink(label=line.label, url=line.link) for line in lines]
    choices += [
        Payload(label=paper.label, payload=f'/ask_faq{{"faq_id": "{paper.id}"}}')
        for paper in papers
    ]
    listed = "\n".join(map(_said, lines))
    text = "\n\n".join(filter(None, [*map(translated, words), listed]))
    return Text(text=text, choices=(*choices[:12], _HUMAN))


def _said(line: HelpLine) -> str:
    """Return a line as it is read: `・よりそいホットライン 0120-279-226（24時間・無料）`."""
    label = translated(line.label)
    number = line.url or line.phone or ""
    shown = label if number in label else f"{label} {number}"
    return f"・{shown}（{translated(line.hours)}）" if line.hours else f"・{shown}"
