"""What is said to somebody in danger or in sorrow. Nothing of what they wrote is kept or logged."""

from collections.abc import Iterable, Mapping, Sequence

from actions.danger.help import DangerHelp, Help, HelpLine, Later
from actions.danger.kinds import DESPAIR, Kind
from kit.wording import translated
from messages.neutral import Choice, OpenLink, Payload, Text

_HUMAN = Payload(label="職員に相談", payload="/request_human")
_MOST_TOLD = 2

_LATER: Mapping[Kind, Later] = {
    **dict.fromkeys(DESPAIR, "despair"),
    Kind.partner_violence: "violence",
    Kind.child_abuse: "violence",
    Kind.elder_abuse: "violence",
    Kind.crime: "violence",
    Kind.fraud: "fraud",
    Kind.grief: "papers",
    Kind.miscarriage: "sorrow",
    Kind.loss: "sorrow",
    Kind.distress: "sorrow",
}


def help_message(kinds: Sequence[Kind], help: DangerHelp) -> Text:
    """Return the first words, and whom to call, of the most pressing kinds."""
    told = [help.help[kind] for kind in kinds[:_MOST_TOLD]]
    return _message([part.words for part in told], told, help)


def later_message(kind: Kind, help: DangerHelp) -> Text:
    """Return what is said while the talk is still about it."""
    return _message([help.later[_LATER.get(kind, "emergency")]], [help.help[kind]], help)


def writing_message(help: DangerHelp) -> Text:
    """Return where somebody can write who would rather not call."""
    return _message([help.writing.words], [help.writing], help)


def _message(words: Iterable[str], told: Sequence[Help], help: DangerHelp) -> Text:
    lines = list(dict.fromkeys(line for part in told for line in help.lines_of(part)))
    papers = [part.faq for part in told if part.faq is not None]
    choices: list[Choice] = [OpenLink(label=line.label, url=line.link) for line in lines]
    choices += [
        Payload(label=paper.label, payload=f'/ask_faq{{"faq_id": "{paper.id}"}}')
        for paper in papers
    ]
    text = "\n\n".join([*map(translated, words), "\n".join(map(_said, lines))])
    return Text(text=text, choices=(*choices[:12], _HUMAN))


def _said(line: HelpLine) -> str:
    """Return a line as it is read: `・よりそいホットライン 0120-279-226（24時間・無料）`."""
    label = translated(line.label)
    number = line.url or line.phone or ""
    shown = label if number in label else f"{label} {number}"
    return f"・{shown}（{translated(line.hours)}）" if line.hours else f"・{shown}"
