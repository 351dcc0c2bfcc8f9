"""Who is at a page of `/my/nursery/`, with the draft and the children of the register."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from auth.citizens import CitizenVisit, require_citizen
from auth.gate import Gate
from auth.levels import Level
from kit.container import part
from kit.errors import GoneError
from services.nursery import repository
from services.nursery.applications import Applications, Files
from services.nursery.columns import Paper
from services.nursery.contract import (
    AUDIENCE,
    Application,
    Draft,
    DraftPart,
    RoundInfo,
)
from services.nursery.public import render
from services.nursery.rules import class_age
from services.nursery.scopes import SCOPES
from services.residents.contract import AUDIENCE as REGISTER
from services.residents.contract import ActsFor, Relation, ResidentsClient

PATH = "/my/nursery"
READ, WRITE, SUBMIT, WITHDRAW = (
    f"nursery:application:{what}" for what in ("read", "write", "submit", "withdraw")
)
STEPS = {
    "children": "お子さん",
    "parents": "保育が必要な理由",
    "household": "世帯のこと",
    "wishes": "希望する園",
    "siblings": "きょうだいの希望",
    "papers": "必要な書類",
    "confirm": "内容の確認",
}
"""Page of the form → what it is called, in order."""
_SAVE_NOTHING = ("/confirm", "/withdraw")
_PEOPLE = "residents:people:read"
_HAS_CARE = frozenset({Relation.parent, Relation.guardian})

Visits = Annotated[CitizenVisit, Depends(require_citizen(Level(SCOPES[READ].level)))]


@dataclass(frozen=True)
class Applicant:
    """One visit. `round` is the one that takes applications now, or else the newest."""

    request: Request
    visit: CitizenVisit
    files: Files
    grant: str
    """For reading the applications; where a form was sent, for saving the draft too."""
    round: RoundInfo | None
    applications: tuple[Application, ...]

    @property
    def application(self) -> Application | None:
        """The application in the round."""
        mine = (a for a in self.applications if self.round and a.round.id == self.round.id)
        return next(mine, None)

    @property
    def draft(self) -> Draft:
        """What has been filled in so far."""
        return Draft() if self.application is None else self.application.draft

    @property
    def papers(self) -> tuple[Paper, ...]:
        """The papers that the city asks for."""
        return self.files.papers

    def open_round(self) -> RoundInfo:
        """Return the round that takes applications. Raises GoneError."""
        if self.round is None or not self.round.is_open:
            raise GoneError
        return self.round

    async def children(self) -> list[tuple[ActsFor, int]]:
        """Return the children in the citizen's care with the class of each."""
        starts_on = self.open_round().starts_on
        grant = await self.visit.grant(REGISTER, _PEOPLE)
        people = (await part(self.request, ResidentsClient).people(grant)).people
        ages = [(p, class_age(p.birthdate, starts_on)) for p in people if p.relation in _HAS_CARE]
        return [(person, age) for person, age in ages if age is not None]

    async def names(self, age: int | None = None) -> dict[str, str]:
        """Return the nurseries that have a class of the age, in the order of the city's list."""
        async with self.files.database.transaction() as session:
            places = await self.files.places(session)
        return {
            id_: name
            for id_, name in places.names.items()
            if age is None or age in places.ages.get(id_, frozenset())
        }

    async def save(self, **parts: Any) -> None:
        """Save parts of the draft."""
        new = DraftPart(round_id=self.open_round().id, **parts)
        await part(self.request, Applications).save(await self.saver(), new)

    async def saver(self) -> str:
        """Return the citizen whose grant for saving the gate has opened."""
        return await _let_in(self.request, self.grant, WRITE)

    def next_step(self, step: str) -> str:
        """Return the page after a step; siblings are asked of those who have some."""
        names = list(STEPS)
        following = names[names.index(step) + 1]
        if following == "siblings" and len(self.draft.children) < 2:
            following = "papers"
        return following

    def page(self, name: str, status: int = 200, /, **shown: Any) -> Response:
        """Render a page with what all of them show."""
        return render(
            self.request,
            name,
            status,
            my=PATH,
            steps=STEPS,
            step=name,
            round=self.round,
            application=self.application,
            applications=self.applications,
            draft=self.draft,
            form_token=self.visit.form_token,
            **shown,
        )


async def _applicant(request: Request, visit: Visits) -> Applicant:
    files = part(request, Files)
    # One grant for both: on the evening of the deadline every call counts.
    saves = request.method == "POST" and not request.url.path.endswith(_SAVE_NOTHING)
    grant = await visit.grant(AUDIENCE, *((READ, WRITE) if saves else (READ,)))
    mine = await part(request, Applications).mine(await _let_in(request, grant, READ))
    async with files.database.transaction() as session:
        rounds = [files.round_info(row) for row in await repository.rounds(session)]
    current = next((one for one in rounds if one.is_open), rounds[0] if rounds else None)
    return Applicant(request, visit, files, grant, current, mine.applications)


async def _let_in(request: Request, grant: str, scope: str) -> str:
    """Return whose grant it is. The gate stands here as before the API; the way there is saved.

    On the evening of the deadline every form is saved through here.
    """
    return (await part(request, Gate).open(grant, SCOPES[scope])).citizen_id


TheApplicant = Annotated[Applicant, Depends(_applicant)]
