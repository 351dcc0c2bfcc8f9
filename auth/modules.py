"""What the program has to know to take a package in: its `module.py` says it, once.

`concierge` lists the modules, one line each, and asks nothing else of them.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from fastapi import APIRouter
from starlette.routing import BaseRoute

from auth.levels import Level
from auth.manifests import BadManifestError, Manifest
from auth.permissions import Permission
from auth.staff import Navigation, OpenWork, StaffMember
from kit.container import Container
from kit.jobs import Job, Worked
from kit.personal_data import PersonalDataHolder
from kit.tables import ImportReport

Works = Mapping[Job, Worked]


def _nothing(_container: Container) -> None:
    return None


def _no_works(_container: Container) -> Works:
    return {}


@dataclass(frozen=True)
class Importer:
    """Loads one noun of a city's own data. A report with problems means that the old data stays."""

    noun: str
    load: Callable[[Container, Path], Awaitable[ImportReport]]
    """Given the city's folder."""
    is_demonstration: bool = False
    """Invented content, which production never loads by itself."""


@dataclass(frozen=True)
class ConsoleLink:
    """One line of the console's home, for those whom it concerns."""

    path: str
    title: str
    permission: Permission
    desk: str | None = None
    """Whose desk it is; None where the permission alone decides."""
    count: Callable[[Container, StaffMember], Awaitable[int]] | None = None
    """How much waits there for them."""
    waits: str = "待っている"
    """What the counted things do, in a word: 「見直し期限切れ」."""
    oldest: Callable[[Container, StaffMember], Awaitable[datetime | None]] | None = None
    """Since when the oldest of them waits."""

    def is_for(self, member: StaffMember) -> bool:
        """Whether somebody sees this line."""
        return member.may(self.permission) and (self.desk is None or member.sees(self.desk))


class ModulesNavigation(Navigation):
    """The lines of all modules for one member of staff, with what waits behind each."""

    def __init__(self, container: Container) -> None:
        """The container has the modules and whatever counts."""
        self._container = container

    async def of(self, member: StaffMember, path: str) -> tuple[OpenWork, ...]:
        """Return one line for each address that concerns somebody who is at `path`."""
        modules = self._container.get(Modules)
        links = {
            link.path: link
            for module in modules
            for link in module.console_links
            if link.is_for(member)
        }
        return tuple(
            [
                OpenWork(
                    path=link.path,
                    title=link.title,
                    count=await link.count(self._container, member) if link.count else None,
                    is_here=path.startswith(link.path),
                )
                for link in links.values()
            ]
        )


@dataclass(frozen=True)
class Waiting:
    """What waits behind one line, for the console's home."""

    path: str
    title: str
    waits: str
    count: int
    oldest: datetime | None


async def waiting_for(container: Container, member: StaffMember) -> list[Waiting]:
    """Return the lines behind which something waits for a member of staff."""
    links = {
        (link.path, link.title): link for m in container.get(Modules) for link in m.console_links
    }
    found = []
    for line in member.work:
        link = links[line.path, line.title]
        if line.count:
            oldest = await link.oldest(container, member) if link.oldest else None
            found.append(Waiting(line.path, line.title, link.waits, line.count, oldest))
    return found


@dataclass(frozen=True, kw_only=True)
class Module:
    """One package, as the program takes it in. What a package does not have is left out."""

    name: str
    """Its path among packages: `services/waste`."""
    manifest: Manifest | None = None
    provide: Callable[[Container], None] = _nothing
    """Says how its parts are made; parts of other modules are asked for by type, later."""
    at_start: tuple[type[Any], ...] = ()
    """Parts that are made when a process begins, because a request would hold the loop for them."""
    routers: tuple[APIRouter, ...] = ()
    first_routes: tuple[BaseRoute, ...] = ()
    """Routes that are tried before all others, because everything waits for them."""
    static: Mapping[str, Path] = field(default_factory=dict)
    """Path → folder of files that browsers may have."""
    models: tuple[ModuleType, ...] = ()
    """The modules that hold its tables."""
    works: Callable[[Container], Works] = _no_works
    """What a worker does for its jobs."""
    importer: Importer | None = None
    read_files: Callable[[Path, date], ImportReport | None] | None = None
    """Reads its files of a city as of a day and tells what is unusable; None without any."""
    personal_data: PersonalDataHolder | None = None
    console_links: tuple[ConsoleLink, ...] = ()
    pages: Mapping[str, str] = field(default_factory=dict)
    """Address → title of the pages to which the front page and `/my/` lead citizens."""
    dialogues: Mapping[str, str] = field(default_factory=dict)
    """Payload → title of what staff may let the bot begin with a citizen after a talk."""

    def level(self) -> Level:
        """Return the least that a citizen proves for pages of their own here: L1 without scopes."""
        scopes = () if self.manifest is None else self.manifest.scopes.values()
        levels = [Level(scope.level) for scope in scopes if scope.level is not None]
        return min(levels, key=list(Level).index, default=Level.L1)

    def tables(self) -> frozenset[str]:
        """Return the names of its tables."""
        return frozenset(
            table.name
            for module in self.models
            for kind in vars(module).values()
            if isinstance(kind, type) and kind.__module__ == module.__name__
            if (table := getattr(kind, "__table__", None)) is not None
        )

    def check(self) -> None:
        """Raise BadManifestError unless the manifest speaks of exactly the tables there are."""
        if self.manifest is None:
            return
        said, there = set(self.manifest.retention), self.tables()
        if said != there:
            raise BadManifestError(
                f"{self.name}: `retention` has to name each table once and no other;"
                f" missing: {sorted(there - said)}, unknown: {sorted(said - there)}"
            )


def check_intents(modules: Iterable[Module]) -> None:
    """Raise BadManifestError where two modules say that they serve the same intent."""
    served: dict[str, str] = {}
    for module in modules:
        for intent in () if module.manifest is None else module.manifest.intents:
            if served.setdefault(intent, module.name) != module.name:
                raise BadManifestError(f"{intent} is served by {served[intent]} and {module.name}")


class Modules(tuple[Module, ...]):
    """All modules of a process: a part of it, for pages that show what every module has."""

    __slots__ = ()

    def __hash__(self) -> int:
        """Allow what is made of all modules to be made once."""
        return hash(tuple(module.name for module in self))
