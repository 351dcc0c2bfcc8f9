"""Who is at a page of the handbook, and for which children: what all its pages share."""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel

from auth.citizens import CitizenVisit, require_citizen
from auth.levels import Level
from kit.clock import Clock
from kit.container import part
from kit.errors import NotFoundError
from kit.settings import Settings
from kit.web import make_templates
from kit.wording import date_words
from services.health.contract import AUDIENCE, Entry, Handbook, HealthClient
from services.health.handbook import SOURCES, Person, age_on, entry_words
from services.health.scopes import CONSENT, SCOPES
from services.residents.contract import AUDIENCE as REGISTER
from services.residents.contract import ActsFor, Relation, ResidentsClient

PATH = "/my/health"
PARTS = {
    "vaccinations": "予防接種",
    "growth": "成長の記録",
    "checks": "健診の結果",
    "medication": "お薬とアレルギー",
    "images": "画像検査",
    "diary": "育児日記",
    "sharing": "記録を見せる",
    "export": "記録を持ち出す",
}
"""Page → what it is called."""
PEOPLE = "residents:people:read"
READ, WRITE, WITHDRAW = (f"health:record:{what}" for what in ("read", "write", "withdraw"))
REMIND = "health:reminder:write"
_ADULT_YEARS = 18

_templates = make_templates(Path(__file__).parent / "templates")

Visits = Annotated[CitizenVisit, Depends(require_citizen(Level(SCOPES[READ].level)))]


@dataclass(frozen=True)
class Desk:
    """One visit with what it needs. Without the consent that it needs there are no people."""

    request: Request
    visit: CitizenVisit
    agrees: bool
    people: list[Person]
    today: date
    own: Person | None = None
    """The visitor themself, where they are of age: their own record of childhood stays theirs."""

    def person(self, person_id: str) -> Person | None:
        """Return the child meant: the only one without an id, None where that is unclear.

        Raises NotFoundError for an id that is none of the citizen's children.
        """
        if not self.agrees:
            return None
        if not person_id:
            return self.people[0] if len(self.people) == 1 else None
        own = [] if self.own is None else [self.own]
        found = [person for person in (*self.people, *own) if person.id == person_id]
        if not found:
            raise NotFoundError
        return found[0]

    async def handbook(self, person: Person, *kinds: type[BaseModel]) -> Handbook:
        """Return a child's entries of these kinds; the look is in the access log."""
        grant = await self.visit.grant(AUDIENCE, READ)
        return await part(self.request, HealthClient).handbook(grant, person.id, *kinds)

    async def entries(self, person: Person, *kinds: type[BaseModel]) -> tuple[Entry, ...]:
        """Return the entries alone."""
        return (await self.handbook(person, *kinds)).entries

    @property
    def me(self) -> Person | None:
        """The visitor, of age or not, None where the register does not know them."""
        if self.own is not None or not self.agrees:
            return self.own
        return next((person for person in self.people if person.is_me), None)

    def which(self, page: str) -> Response:
        """Ask which child is meant, or first for the consent."""
        if not self.agrees:
            return self.page("consent")
        return self.page("which", page=page, title=PARTS[page], people=self._ages())

    def child_page(self, person: Person, name: str, status: int = 200, /, **shown: Any) -> Response:
        """Render a page of one child."""
        return self.page(
            name,
            status,
            person=person,
            age=age_on(person, self.today),
            title=PARTS.get(name.partition("_")[0], PARTS["sharing"]),
            here=name,
            form_token=self.visit.form_token,
            **shown,
        )

    def page(self, name: str, status: int = 200, /, **shown: Any) -> Response:
        """Render a page; none is kept by browsers or proxies."""
        return render(self.request, name, status, today=self.today, **shown)

    def _ages(self) -> list[tuple[Person, str]]:
        return [(person, age_on(person, self.today)) for person in self.people]


def render(request: Request, name: str, status: int = 200, /, **shown: Any) -> Response:
    """Render a page of the handbook; none is kept by browsers or proxies."""
    settings = part(request, Settings)
    values = {
        "city": city_name(settings),
        "path": PATH,
        "parts": PARTS,
        "sources": SOURCES,
        "day": date_words,
        "tells": entry_words,
        "demonstration": settings.is_demo,
        **shown,
    }
    html = _templates.get_template(f"health/{name}.html").render(values)
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})


async def desk_of(request: Request, visit: CitizenVisit) -> Desk:
    """Return whom the citizen may look at."""
    settings = part(request, Settings)
    today = part(request, Clock)().astimezone(settings.timezone).date()
    if not await visit.agrees(CONSENT):
        return Desk(request, visit, False, [], today)
    grant = await visit.grant(REGISTER, PEOPLE)
    found = (await part(request, ResidentsClient).people(grant)).people
    children = [_person(person) for person in found if _is_child(person, today)]
    grown = [_person(person) for person in found if person.relation is Relation.self]
    own = next((person for person in grown if person not in children), None)
    return Desk(request, visit, True, children, today, own)


async def _desk(request: Request, visit: Visits) -> Desk:
    return await desk_of(request, visit)


TheDesk = Annotated[Desk, Depends(_desk)]


def city_name(settings: Settings) -> str:
    """Return what the city is called."""
    told = tomllib.loads((settings.city_dir / "city.toml").read_text(encoding="utf-8"))
    return str(told["name"])


def _is_child(person: ActsFor, today: date) -> bool:
    """Whether a handbook of childhood is theirs: a child, or oneself before coming of age."""
    if person.relation in (Relation.parent, Relation.guardian):
        return True
    age = today.year - person.birthdate.year
    return person.relation is Relation.self and age <= _ADULT_YEARS


def _person(person: ActsFor) -> Person:
    sex = person.sex if person.sex in ("male", "female") else None
    is_me = person.relation is Relation.self
    return Person(person.resident_id, person.name, person.birthdate, sex, is_me)
