"""Who is at a page of `/my/nursery/`, with the draft and the children of the register."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from auth.citizens import CitizenVisit, GrantWish, require_citizen
from auth.gate import Gate
from auth.levels import Level
from kit.container import part
from kit.errors import GoneError, NotFoundError
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


def _saves(request: Request) -> bool:
    return request.method == "POST" and not request.url.path.endswith(_SAVE_NOTHING)


def _wish(request: Request) -> GrantWish | None:
    """One grant for reading and saving, with the visit: at the deadline every call counts.

    A photo is not read before it is known who sends it.
    """
    if request.headers.get("content-type", "").startswith("multipart/"):
        return None
    return GrantWish(audience=AUDIENCE, scopes=(READ, WRITE) if _saves(request) else (READ,))


Visits = Annotated[CitizenVisit, Depends(require_citizen(Level(SCOPES[READ].level), _wish))]


@dataclass(frozen=True)
class Applicant:
    """One visit. `round` is the one that takes applications now, or else the newest."""

    request: Request
    visit: CitizenVisit
    files: Files
    may_save: bool
    """Whether the gate has opened a grant for saving the draft."""
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
        await part(self.request, Applications).save(self.saver(), new)

    def saver(self) -> str:
        """Return the citizen whose grant for saving the gate has opened. Raises NotFoundError."""
        if not self.may_save:
            raise NotFoundError
        return self.visit.citizen_id

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
    files, saves = part(request, Files), _saves(request)
    scopes = (READ, WRITE) if saves else (READ,)
    grant = visit.granted or await visit.grant(AUDIENCE, *scopes)
    # The gate stands here as before the API; the way there is saved.
    opened = await part(request, Gate).open(grant, SCOPES[WRITE if saves else READ])
    if READ not in opened.scopes:
        raise NotFoundError
    mine, rounds = await part(request, Applications).at_hand(opened.citizen_id)
    current = next((one for one in rounds if one.is_open), rounds[0] if rounds else None)
    return Applicant(request, visit, files, saves, current, mine)


TheApplicant = Annotated[Applicant, Depends(_applicant)]
