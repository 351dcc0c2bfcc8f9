"""What is in force where: telegrams go in, changes of state come out.

A board holds one lane (real, exercise or test) and knows no clock, no database and no network. What
stands about an area and a hazard is worked out from everything that subjects say of it:

* a telegram replaces what its subject held, if its revision is greater;
* legacy telegrams do not count for a hazard and an office of which a new one is known;
* a part's state shows in its city, a ward's in its designated city;
* of several statements in force the gravest is shown.
"""

import heapq
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.disaster.areas import Areas
from services.disaster.entries import (
    Change,
    Entry,
    Statement,
    combine,
    compare,
    contest,
    ended,
    left_out,
    narrowed,
)
from services.disaster.facts import InfoType, Telegram

Key = tuple[str, str]  # area, hazard
Revision = tuple[object, ...]


@dataclass(slots=True)
class _Subject:
    revision: Revision = ()
    statements: dict[Key, Statement] = field(default_factory=dict)
    event_ids: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Plan:
    """What a telegram would write: statements by subject, and the revisions they bring."""

    updates: list[tuple[str, Key, Statement]] = field(default_factory=list)
    revised: dict[str, Telegram] = field(default_factory=dict)


class Board:
    """One lane's state. `covered`: (hazard, office) whose legacy telegrams do not count, "*" for
    every office; telegrams of the new scheme add theirs."""

    def __init__(self, areas: Areas, covered: frozenset[tuple[str, str]] = frozenset()) -> None:
        self._areas = areas
        self._covered = set(covered)
        self._subjects: dict[str, _Subject] = defaultdict(_Subject)
        self._cancelled: dict[str, Revision] = {}
        self._index: dict[Key, set[tuple[str, str]]] = defaultdict(set)
        self._since: dict[Key, datetime] = {}
        self._same: dict[str, str] = {}
        self._due: list[tuple[datetime, str, Key]] = []

    @property
    def covered(self) -> frozenset[tuple[str, str]]:
        """(hazard, office) of which new telegrams are known: to be kept across a restart, so that
        a legacy telegram that comes first does not count for a moment."""
        return frozenset(self._covered)

    def knows(self, telegram: Telegram) -> bool:
        """Whether a telegram of the same subject was ever applied here."""
        return self._resolved(telegram).subject in self._subjects

    def apply(self, telegram: Telegram) -> list[Change]:
        """Take a telegram in; the changes it makes, by area. 遅延 is only recorded."""
        telegram = self._resolved(telegram)
        self._same |= dict.fromkeys(telegram.refers, telegram.subject)
        if telegram.info_type is InfoType.DELAYED:
            return []
        cancels = telegram.info_type is InfoType.CANCELLED
        plan = self._cancelling(telegram) if cancels else self._accepting(telegram)
        touched = {key for _, key, _ in plan.updates} | self._uncounted(telegram)
        return self._carry_out(plan, touched, telegram)

    def _resolved(self, telegram: Telegram) -> Telegram:
        """The telegram under the subject that what it refers to is known by."""
        known = next((self._same[name] for name in telegram.refers if name in self._same), None)
        return telegram if known is None else replace(telegram, subject=known)

    def advance(self, now: datetime) -> list[Change]:
        """Age the state to `now`. Only an end that its telegram announced makes a change: silence
        is not an all-clear."""
        changes: list[Change] = []
        while self._due and self._due[0][0] <= now:
            due_at, name, key = heapq.heappop(self._due)
            statement = self._subjects[name].statements[key]
            if not statement.fact.active or statement.telegram.expires_at != due_at:
                continue
            over = replace(statement, fact=ended(statement.fact))
            made = self._carry_out(_Plan([(name, key, over)]), {key}, statement.telegram)
            if statement.telegram.ends_on_time:
                changes += made
        return changes

    def entries(self) -> list[Entry]:
        """Everything known, ended or not, by area and hazard."""
        found = (self.entry(*key) for key in sorted(self._index))
        return [entry for entry in found if entry is not None]

    def entry(self, area: str, hazard: str) -> Entry | None:
        said = [
            self._subjects[name].statements[(origin, hazard)]
            for name, origin in self._index.get((area, hazard), ())
        ]
        found = combine(area, hazard, self._counting(said))
        return found and replace(found, since=self._since.get((area, hazard)))

    def _carry_out(self, plan: _Plan, touched: set[Key], telegram: Telegram) -> list[Change]:
        keys = sorted({shown for key in touched for shown in self._shown_in(key)})
        before = {key: self.entry(*key) for key in keys}
        for name, revised in plan.revised.items():
            subject = self._subjects[name]
            subject.revision, subject.event_ids = revised.revision, revised.event_ids
        for name, key, statement in plan.updates:
            self._put(name, key, statement)
        self._covered |= telegram.covers
        made = [compare(before[key], self.entry(*key), telegram) for key in keys]
        changes = [change for change in made if change is not None]
        self._since |= {(c.area, c.hazard): c.reported_at for c in changes}
        return changes

    def _put(self, name: str, key: Key, statement: Statement) -> None:
        self._subjects[name].statements[key] = statement
        for shown in self._shown_in(key):
            self._index[shown].add((name, key[0]))
        expires_at = statement.telegram.expires_at
        if statement.fact.active and expires_at is not None:
            heapq.heappush(self._due, (expires_at, name, key))

    def _shown_in(self, key: Key) -> list[Key]:
        """The key itself and that of the city which shows it too."""
        whole = self._areas.whole(key[0])
        return [key] if whole is None else [key, (whole, key[1])]

    def _counting(self, said: list[Statement]) -> list[Statement]:
        """Those that count: no superseded legacy, and of contests the highest standing."""
        placed = [(s, *contest(s)) for s in said if not self._superseded(s)]
        best: dict[str, Revision] = {}
        for _, name, standing in placed:
            best[name] = max(best.get(name, standing), standing)
        return [s for s, name, standing in placed if not name or best[name] == standing]

    def _superseded(self, statement: Statement) -> bool:
        hazard, office = statement.fact.hazard, statement.telegram.office
        known = (hazard, office) in self._covered or (hazard, "*") in self._covered
        return statement.telegram.legacy and known

    def _uncounted(self, telegram: Telegram) -> set[Key]:
        """Keys whose legacy statements stop counting with this telegram."""
        hazards = {hazard for hazard, _ in telegram.covers - self._covered}
        return {
            key
            for subject in (self._subjects.values() if hazards else ())
            for key, statement in subject.statements.items()
            if statement.telegram.legacy and key[1] in hazards
        }

    def _accepting(self, telegram: Telegram) -> _Plan:
        name = telegram.subject
        held = self._subjects[name]
        said = {
            (fact.area, fact.hazard): Statement(fact, telegram)
            for fact in narrowed(telegram.facts, held.statements)
            if not fact.silent or (fact.area, fact.hazard) in self._index
        }
        if telegram.revision == held.revision:
            return _Plan()
        if self._is_cancelled(telegram) or telegram.revision < held.revision:
            return self._late(telegram, held, said)
        gone = {} if telegram.adds_up else held.statements
        updates = {key: left_out(s, telegram) for key, s in gone.items() if key not in said}
        writes = [(name, key, statement) for key, statement in (updates | said).items()]
        return _Plan(writes, {name: telegram})

    def _late(self, telegram: Telegram, held: _Subject, said: dict[Key, Statement]) -> _Plan:
        """An older telegram that came late: what stands stays, and what it alone named is either
        still true (震度速報 add up) or has ended since."""
        new = {key: s for key, s in said.items() if key not in held.statements}
        if not telegram.adds_up or self._is_cancelled(telegram):
            new = {key: replace(s, fact=ended(s.fact)) for key, s in new.items()}
        return _Plan([(telegram.subject, key, statement) for key, statement in new.items()])

    def _is_cancelled(self, telegram: Telegram) -> bool:
        """Whether a cancellation, of all events it is about, was issued after it."""
        return all(
            self._cancelled.get(name, ()) > telegram.revision for name in _happenings(telegram)
        )

    def _cancelling(self, telegram: Telegram) -> _Plan:
        """Retract what the subject holds: the telegram itself names no areas."""
        for name in _happenings(telegram):
            self._cancelled[name] = max(self._cancelled.get(name, ()), telegram.revision)
        held = self._subjects[telegram.subject]
        about = not telegram.event_ids or bool(telegram.event_ids & held.event_ids)
        if not about or telegram.revision <= held.revision:
            return _Plan()
        updates = [
            (telegram.subject, key, Statement(ended(s.fact), _retraction(s, telegram)))
            for key, s in held.statements.items()
            if s.fact.active
        ]
        return _Plan(updates, {telegram.subject: replace(telegram, event_ids=held.event_ids)})


def _happenings(telegram: Telegram) -> list[str]:
    """What a cancellation is remembered by: the subject, or each event where it holds several."""
    return [f"{telegram.subject} {event}" for event in telegram.event_ids] or [telegram.subject]


def _retraction(statement: Statement, telegram: Telegram) -> Telegram:
    """The cancellation in the place of what it cancels: its time and name, the other's standing."""
    return replace(
        statement.telegram,
        source=telegram.source,
        reported_at=telegram.reported_at,
        revision=telegram.revision,
        info_type=telegram.info_type,
    )
