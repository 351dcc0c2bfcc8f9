"""What is said before any action acts: help in danger, and a careful tone until it is over."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from actions.danger.help import DangerHelp
from actions.danger.judge import Judge
from actions.danger.kinds import DESPAIR, EMERGENCIES, HARMS, SORROWS, Kind
from actions.danger.messages import (
    acute_message,
    aside_message,
    asked_message,
    hardship_message,
    help_message,
    in_writing_first,
    is_harmed,
    later_message,
    lines_message,
    listeners_message,
    over_message,
    puzzled_message,
    thanked_message,
    unwilling_message,
    writing_message,
)
from actions.danger.told_before import in_context
from actions.danger.turns_abroad import is_abroad, offers, pauses
from actions.danger.turns_parsing import (
    asks,
    asks_a_matter,
    asks_a_thing,
    asks_for_place,
    asks_for_staff,
    asks_of_a_line,
    calls_for_help,
    cannot_phone,
    folded,
    is_about_the_call,
    is_acute,
    is_confused,
    is_gone,
    is_in_need,
    is_puzzled,
    is_thanks,
    is_told,
    is_turn,
    is_unwilling,
    keeps_address_secret,
    names_a_thing,
    names_an_estate,
    plans_for_illness,
    sets_aside,
    wants_an_act,
    wants_an_ear,
    wants_writing,
    wishes_no_death,
    without_all_clear,
)
from actions.matters.nouns_parsing import names_its_matter
from actions.talking.privacy_parsing import asks_who_reads
from actions.talking.who_parsing import asks_who_answers
from messages.neutral import Text

# These name no matter of their own.
_NO_MATTER = frozenset(
    {
        *("greet", "thank", "goodbye", "affirm", "deny", "help", "chitchat", "complain"),
        *("nlu_fallback", "out_of_scope"),
    }
)
_PERSON_OR_LEAVE = frozenset({"request_human", "cancel", "start_over", "change_language"})
_PLACES = frozenset({"ask_shelter", "ask_facility", "share_location"})
_FAQ = frozenset(
    {"ask_faq", "ask_certificate", "ask_moving", "follow_up", "nlu_fallback", "out_of_scope"}
)
_OUT_THERE = frozenset({Kind.wild_animal, Kind.missing})
_REMEMBERED = 10
"""Messages of the citizen that are looked back at."""
_IDLE = 3
"""So many messages that are nowhere near a danger end it."""
_NOWHERE_NEAR = 0.15
_BESIDE = 0.3
"""So far from everyday life a question beside a danger may sound."""
_SURE = 0.7
_SURELY = 0.9
_STRONG = 0.6
_TELLS, _BARE = 8, 8
"""Characters of a statement of its own, and of a bare name."""


@dataclass(frozen=True)
class FirstAid:
    """What is said first, and whether it is the whole answer."""

    message: Text
    is_all: bool
    is_danger: bool = False
    """Whether the latest message itself tells of danger, not of sorrow alone."""
    entry: str = ""
    """The entry of the FAQ that what comes after may ask about."""
    is_over: bool = False
    """Whether the danger is over: what else is said is answered like anything."""


@dataclass(frozen=True)
class Said:
    """A message as it was understood, and what was written before it."""

    text: str
    intent: str
    confidence: float
    earlier: "Sequence[Said]" = ()
    """Newest first; taps are left out."""
    answers: bool = False
    """Whether a question of ours is open."""
    own: tuple[str, float] | None = None
    """The intent and confidence of the words alone, where they were read with the topic."""
    reply: str | None = None
    """What was answered to an earlier message; None where nobody knows."""

    @property
    def words(self) -> str:
        """The text as patterns read it."""
        return folded(self.text)

    @property
    def settled(self) -> bool:
        """Whether the message answers our question, or a skill surely takes it."""
        intent, confidence = self.own or (self.intent, self.confidence)
        is_skill = intent not in _NO_MATTER | _PERSON_OR_LEAVE
        return self.answers or (is_skill and confidence >= _SURELY)


@dataclass(frozen=True)
class Room:
    """A danger that is still in the room, and what was answered since it was told."""

    kind: Kind
    replies: tuple[str, ...] = ()
    idle: int = 0


def first_aid(said: Said, judge: Judge, help: DangerHelp) -> FirstAid | None:
    """Return what has to be said before anything else, None in everyday talk.

    Whoever cannot telephone hears first how to call for help in writing.
    """
    aid = _first_aid(said, judge, help)
    if aid is not None and not aid.entry and (room := _in_the_room(said.earlier, judge, help)):
        aid = replace(aid, entry=help.help[room.kind].entry)
    silent = aid is not None and aid.is_danger and _cannot_call(said)
    return replace(aid, message=in_writing_first(aid.message, help)) if aid and silent else aid


def _cannot_call(said: Said) -> bool:
    return any(cannot_phone(one.words) for one in (said, *said.earlier))


def _first_aid(said: Said, judge: Judge, help: DangerHelp) -> FirstAid | None:
    if said.intent == "share_location" or not said.text.strip():
        return None
    room = _in_the_room(said.earlier, judge, help)
    kinds = _kinds(said, room, judge)
    calm = not set(kinds) - SORROWS and (room is None or room.kind in SORROWS)
    if calm and is_in_need(said.words) and (need := _need(said, help)) is not None:
        return FirstAid(need, is_all=not asks(said.words))
    if not set(kinds) - SORROWS and wants_an_ear(said.words) and not asks_for_staff(said.words):
        return FirstAid(listeners_message(help), is_all=True)
    beside = _beside(said, room, judge, help) or _in_writing(said, room, kinds, help, judge)
    if beside is not None:
        return beside
    if room is not None and not kinds and (over := _over(room, said, help, judge)):
        return over
    if kinds and not _told(first := _first_words(kinds, said, help), room):
        is_danger = bool(set(kinds) - SORROWS)
        entry = help.help[kinds[0]].entry
        return FirstAid(first, _is_all(kinds, said), is_danger, entry)
    return None if room is None else _later(room, kinds, said, help, judge)


def _first_words(kinds: Sequence[Kind], said: Said, help: DangerHelp) -> Text:
    """Return the first words: of gas not of fire, and the police only as far as they are wanted."""
    if kinds[0] in HARMS and is_unwilling(said.words):
        return unwilling_message(kinds[0], help)
    gas = asked_message(said.words, "gas", help) if kinds[0] is Kind.fire else None
    return gas or help_message(kinds, help)


def _need(said: Said, help: DangerHelp) -> Text | None:
    """Return who helps in need, and the second time with what of it is named; once each."""
    told = [one.reply or "" for one in said.earlier[:_REMEMBERED]]
    for message in (hardship_message(help), asked_message(said.words, "hardship", help)):
        if message and not any(message.text.split("\n", 1)[0] in reply for reply in told):
            return message
    return None


def _beside(said: Said, room: Room | None, judge: Judge, help: DangerHelp) -> FirstAid | None:
    """Answer what is asked about a line, and whoever would not have the police come."""
    if (lines := help.lines_named(said.words)) and asks_of_a_line(said.words):
        return FirstAid(lines_message(lines, help), is_all=True)
    if room is not None and is_harmed(room.kind) and is_acute(said.words):
        return FirstAid(acute_message(help), is_all=True, is_danger=True)
    if judge.by_words(said.text) or (room is not None and room.kind in SORROWS | DESPAIR):
        return None
    if room is None and (keeps_address_secret(said.words) or _was_harmed(said, judge)):
        hidden = None if said.answers else asked_message(said.words, "violence", help)
        return None if hidden is None else FirstAid(hidden, is_all=True)
    if room is None:
        return None
    asked = asked_message(said.words, "violence", help) if is_harmed(room.kind) else None
    if asked is not None and not _told(asked, room):
        return FirstAid(asked, is_all=True)
    message = unwilling_message(room.kind, help)
    if not is_unwilling(said.words) or _told(message, room):
        return None
    return FirstAid(message, is_all=True)


def _was_harmed(said: Said, judge: Judge) -> bool:
    """Tell whether violence at home was told of before, in another language, and is over."""
    earlier = said.earlier[:_REMEMBERED] if is_abroad(said.words) else ()
    return any(HARMS & judge.by_words(one.text) for one in earlier)


def _in_writing(
    said: Said, room: Room | None, kinds: Sequence[Kind], help: DangerHelp, judge: Judge
) -> FirstAid | None:
    """Return the ways without a telephone, where they are asked for."""
    if room is None and not kinds and cannot_phone(said.words) and calls_for_help(said.words):
        return FirstAid(writing_message(Kind.voiceless, help), is_all=True)
    # A danger that words tell of comes first, and the ways to call with it.
    if not wants_writing(said.words) or (room is None and judge.by_words(said.text)):
        return None
    if room is None and not kinds:
        return None
    kind = room.kind if room else kinds[0]
    return FirstAid(writing_message(kind, help), is_all=True, is_danger=bool(kinds))


def _later(
    room: Room, kinds: Sequence[Kind], said: Said, help: DangerHelp, judge: Judge
) -> FirstAid | None:
    """Return what is said while a danger is in the room; None where another matter has come."""
    if not kinds and _leaves(said, room.kind, judge):
        return None
    if _is_given(said) or (not kinds and _asks_on(room.kind, said)):
        return None
    if not kinds and asks_a_matter(said.words):
        # No skill is sure of it, but it is asked about, whatever it sounds like.
        return None if room.kind in SORROWS else FirstAid(aside_message(help), is_all=False)
    if not kinds and is_puzzled(said.words):
        return FirstAid(puzzled_message(help), is_all=True)
    # 「写真送ろうか」 offers something to whoever listens, and asks for no entry.
    goes_on = said.intent in _FAQ and asks(said.words) and not offers(said.words)
    if goes_on and room.kind not in SORROWS and not judge.is_near(said.text, _BESIDE):
        urgent = room.kind in EMERGENCIES | _OUT_THERE and room.kind not in DESPAIR
        return FirstAid(_until_told(room, help) if urgent else aside_message(help), is_all=False)
    message = later_message(kinds[0] if kinds else room.kind, help, room.replies)
    return FirstAid(message, is_all=not (goes_on and room.kind in SORROWS))


def _until_told(room: Room, help: DangerHelp) -> Text:
    """Return what is still to be said of a danger, before the answer to a question beside it."""
    message = later_message(room.kind, help, room.replies)
    return message if not _told(message, room) else aside_message(help)


def _over(room: Room, said: Said, help: DangerHelp, judge: Judge) -> FirstAid | None:
    """Return what is said when it is over, or to thanks; a question beside it is answered too."""
    more = asks(said.words) or is_turn(said.words)
    if _is_over(said, room.kind, judge):
        return FirstAid(over_message(room.kind, help), is_all=not more, is_over=True)
    if room.kind in SORROWS or not is_thanks(said.words, said.intent):
        return None
    return FirstAid(thanked_message(room.kind, help), is_all=not more, is_over=True)


def _in_the_room(earlier: Sequence[Said], judge: Judge, help: DangerHelp) -> Room | None:
    """Return the danger that was told of and is neither over nor left since."""
    room: Room | None = None
    for said in reversed(earlier[:_REMEMBERED]):
        kinds = _kinds(said, room, judge)
        if room is None and not kinds and _was_told_to_hide(said, help):
            room = Room(Kind.partner_violence, (said.reply or "",))
            continue
        if room is None and not _was_warned(said, kinds, help):
            continue
        if kinds:
            kind = room.kind if room and room.kind in kinds else kinds[0]
            room = Room(kind, (*(room.replies if room else ()), said.reply or ""))
        elif room is not None and is_harmed(room.kind) and _names_harm(said, help):
            room = replace(room, replies=(*room.replies, said.reply or ""))
        elif room is not None:
            room = _after(room, said, judge)
    return room


def _was_told_to_hide(said: Said, help: DangerHelp) -> bool:
    """Tell whether somebody asked how to stay hidden, and was answered as one who is harmed."""
    told = asked_message(said.words, "violence", help) if keeps_address_secret(said.words) else None
    return told is not None and told.text.split("\n", 1)[0] in (said.reply or "")


def _names_harm(said: Said, help: DangerHelp) -> bool:
    return asked_message(said.words, "violence", help) is not None


def _was_warned(said: Said, kinds: Sequence[Kind], help: DangerHelp) -> bool:
    """Tell whether numbers were written out then; what answered a question of ours was no danger.

    In whatever language: the numbers are the same. Where no answer is known, they were.
    """
    if not kinds or said.reply is None:
        return bool(kinds)
    rows = "\n".join(row for row in said.reply.split("\n") if row.startswith("・"))
    lines = help.lines_of(help.help[kinds[0]])
    return any(number in rows for line in lines if (number := line.phone or line.url or ""))


def _after(room: Room, said: Said, judge: Judge) -> Room | None:
    near = judge.is_near(said.text, _NOWHERE_NEAR)
    idle = 0 if near or asks(said.words) else room.idle + 1
    thanked = room.kind not in SORROWS and is_thanks(said.words, said.intent)
    ends = thanked or _is_over(said, room.kind, judge) or is_puzzled(said.words)
    if ends or idle >= _IDLE or _leaves(said, room.kind, judge):
        return None
    return Room(room.kind, (*room.replies, said.reply or ""), idle)


def _kinds(said: Said, room: Room | None, judge: Judge) -> tuple[Kind, ...]:
    """Return what the message tells of; in a room, what it may mean beside that needs more."""
    text = said.text
    if wishes_no_death(said.words):
        return (Kind.distress,)
    # 「燃えるほうだ、燃えないごみはいつ」: who names an everyday thing asks about that.
    kinds = judge.judge(text, settled=said.settled or names_a_thing(said.words))
    lately = _told_lately(said, judge) | ({room.kind} if room else set())
    kinds = in_context(said.words, kinds, lately)
    if said.answers and kinds == (Kind.distress,) and not judge.by_words(text):
        # 「母子だがら」 answers a question of ours.
        return ()
    if kinds and pauses(said.words) and not judge.by_words(text):
        # 「お客さんが来たのでまたあとで」: who called or cried is no danger without a word of it.
        return ()
    if kinds == (Kind.sick_child,) and plans_for_illness(said.words):
        return ()
    if (
        not kinds
        and is_gone(said.words)
        and any(is_confused(one.words) for one in said.earlier[:3])
    ):
        # 「認知症の父が夜中に出て行く」, and then 「今いないんです」.
        return (Kind.missing,)
    if room is None or not kinds:
        return kinds
    if room.kind is Kind.disaster_at_door and kinds == (Kind.missing,):
        # 「おばあちゃんが歩けない」 while the water comes: nobody is lost.
        return ()
    if _is_over(said, room.kind, judge):
        # 「救急車が来ました」 names an ambulance, and that it is there.
        return ()
    if room.kind in kinds:
        return kinds
    by_words = judge.by_words(text)
    strong = kinds[0] in EMERGENCIES and judge.is_near(text, _STRONG)
    return kinds if by_words or strong else ()


def _told_lately(said: Said, judge: Judge) -> frozenset[Kind]:
    told = (judge.by_words(one.text) for one in said.earlier[:_REMEMBERED])
    return frozenset().union(*told)


def _is_over(said: Said, kind: Kind, judge: Judge) -> bool:
    """Tell whether the message says that it is over, and of nothing else that is not."""
    if kind in SORROWS:
        return False
    rest = without_all_clear(said.words, kind)
    told = judge.by_words(rest)
    # 「窓を開けました。川はあふれますか」: what is asked about something else does not go on.
    about_another = kind not in told and asks(rest)
    return rest != said.words and (not told or about_another) and not judge.is_near(rest, _STRONG)


def _told(message: Text, room: Room | None) -> bool:
    """Tell whether the same first words were said since."""
    words = message.text.split("\n", 1)[0]
    return room is not None and any(words in reply for reply in room.replies)


def _is_all(kinds: Sequence[Kind], said: Said) -> bool:
    """Tell whether the help is the whole answer."""
    if said.intent == "request_human":
        # Nobody is put into a queue unasked.
        return not asks_for_staff(said.words)
    if said.intent in _PERSON_OR_LEAVE:
        return False
    if kinds[0] in SORROWS and sets_aside(said.words):
        return False
    if kinds[0] in SORROWS:
        names = said.intent not in _NO_MATTER or names_an_estate(said.words)
        return not (asks(said.words) and names)
    if DESPAIR.intersection(kinds):
        return True
    if kinds[0] is Kind.disaster_at_door and said.intent == "ask_shelter":
        return False
    # Whom to call comes first; then who is on duty, which is what they asked.
    if kinds[0] is Kind.sick_child and said.intent == "ask_oncall_clinic":
        return False
    return not _is_new_matter(said)


def _leaves(said: Said, kind: Kind, judge: Judge) -> bool:
    """Tell whether the message surely belongs to something else by now."""
    if said.intent in ("cancel", "start_over") and said.confidence >= _SURELY:
        return True
    if _is_new_matter(said):
        return True
    if judge.is_near(said.text, _NOWHERE_NEAR):
        return False
    # What only goes on with a topic is as sure as its own words are.
    follows = said.own is not None and said.intent == "follow_up"
    intent, confidence = said.own if said.own and follows else (said.intent, said.confidence)
    is_skill = intent not in _NO_MATTER | _PERSON_OR_LEAVE
    is_skill = is_skill and names_its_matter(intent, said.text)
    if asks(said.words):
        # While somebody may come to harm, a question like any other has to be a sure one.
        least = _SURELY if kind in EMERGENCIES | _OUT_THERE and intent in _FAQ else _SURE
        return (is_skill and confidence >= least) or is_turn(said.words)
    tells = len(said.words) >= _TELLS and kind not in HARMS | DESPAIR
    return tells and is_skill and said.own is None and said.confidence >= _SURELY


def _is_given(said: Said) -> bool:
    """Tell whether a person, another language, or the list begun before is surely asked for."""
    if said.intent == "ask_procedure" and said.confidence == 1:
        return True
    if said.intent == "request_human":
        return asks_for_staff(said.words)
    if asks_who_reads(said.text) or asks_who_answers(said.text):
        return True
    return said.intent == "change_language" and not is_about_the_call(said.words)


def _asks_on(before: Kind, said: Said) -> bool:
    """Tell whether somebody in sorrow goes on with a matter of the city's, or answers in one."""
    if before not in SORROWS:
        return False
    if said.answers or wants_an_act(said.words):
        return True
    names = asks(said.words) or len(said.words) <= _BARE
    return said.intent not in _NO_MATTER and names and not is_told(said.words)


def _is_new_matter(said: Said) -> bool:
    """Tell whether somebody surely asks about a thing or a place of the city's."""
    if said.intent in _NO_MATTER or said.confidence < _SURE:
        return False
    return asks_a_thing(said.words) or (said.intent in _PLACES and asks_for_place(said.words))
