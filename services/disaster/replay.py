"""Telegrams from files, applied in the order given: what would have been told, with nothing sent.

Each telegram counts as received at its own ReportDateTime. Before the first is applied, all are
read: a legacy telegram does not count where the replay holds a new one of its hazard and office.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from services.disaster.areas import Areas, city_of
from services.disaster.entries import Change, Entry
from services.disaster.facts import Status, Telegram
from services.disaster.state import Board
from services.disaster.telegrams.reading import read_telegram
from services.disaster.xml import MAX_BYTES, UnreadableError

Line = dict[str, object]


@dataclass(slots=True)
class Replay:
    """What came of a replay: changes in order, the state at its end, by lane, and the refused."""

    changes: list[tuple[Change, bool]] = field(default_factory=list)
    entries: list[tuple[Entry, bool]] = field(default_factory=list)

    def lines(self, area: str | None = None) -> Iterator[Line]:
        """JSON lines: the changes, then the state. `area` keeps a city and its parts."""
        for change, drill in self.changes:
            if area is None or city_of(change.area) == area:
                yield change_line(change, drill)
        for entry, drill in self.entries:
            if area is None or city_of(entry.area) == area:
                yield state_line(entry, drill)


def read_files(paths: Iterable[Path], areas: Areas) -> Iterator[tuple[Path, Telegram | str]]:
    """Each file's telegram, or in one line why it is refused."""
    for path in paths:
        try:
            name = path.name.encode("utf-8", "replace").decode()
            yield path, read_telegram(_bytes(path), name, areas)
        except UnreadableError as error:
            yield path, " ".join(str(error).split())
        except OSError as error:
            yield path, error.strerror or "it cannot be opened"


def _bytes(path: Path) -> bytes:
    # One byte more than is accepted tells a file that is too large without reading all of it.
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def replay(telegrams: Iterable[Telegram], areas: Areas, as_of: datetime | None = None) -> Replay:
    """Apply telegrams to empty boards, one for each status, and age the state to `as_of` (without
    it to the newest ReportDateTime); telegrams reported after `as_of` are left out."""
    told = [t for t in telegrams if as_of is None or t.reported_at <= as_of]
    boards = {status: Board(areas, _covered(told, status)) for status in Status}
    clocks: dict[Status, datetime] = {}
    result = Replay()
    for telegram in told:
        board, drill = boards[telegram.status], telegram.status is not Status.ACTUAL
        now = max(clocks.get(telegram.status, telegram.reported_at), telegram.reported_at)
        clocks[telegram.status] = now
        made = [*board.advance(telegram.reported_at), *board.apply(telegram)]
        result.changes += ((change, drill) for change in made)
    end = as_of or max((telegram.reported_at for telegram in told), default=None)
    for status, board in boards.items():
        drill = status is not Status.ACTUAL
        if end is not None:
            result.changes += ((change, drill) for change in board.advance(end))
        result.entries += ((entry, drill) for entry in board.entries())
    return result


def _covered(telegrams: Iterable[Telegram], status: Status) -> frozenset[tuple[str, str]]:
    return frozenset(pair for t in telegrams if t.status is status for pair in t.covers)


def state_line(entry: Entry, drill: bool) -> Line:
    line: Line = {
        "type": "state",
        "area": entry.area,
        "hazard": entry.hazard,
        "level": entry.level,
        "kind_code": entry.kind_code,
        "active": entry.active,
        "source": entry.source,
        "reported_at": entry.reported_at.isoformat(),
    }
    return line | ({"drill": True} if drill else {})


def change_line(change: Change, drill: bool) -> Line:
    return {
        "type": "change",
        "area": change.area,
        "hazard": change.hazard,
        "from": change.before,
        "to": change.after,
        "kind": change.kind,
        "level": change.level,
        "sources": list(change.sources),
        "drill": drill,
    }


def write_line(line: Line) -> str:
    return json.dumps(line, ensure_ascii=False)
