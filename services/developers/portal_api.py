"""`/developers/api/v1/…`: skills registered, checked and tried by their developers' programs."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from kit.addresses import client_address
from kit.container import part
from kit.errors import UnauthorizedError
from messages.neutral import Message
from services.developers.accounts import Accounts, KeyHolder
from services.developers.models import DeveloperSkill
from services.developers.rules import Outcome, Scope, SkillState
from services.developers.skill_manifest import SkillManifest
from services.developers.skills import Skills

PATH = "/developers/api/v1"


class Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Error(Wire):
    """What went wrong and what to do; it never repeats what was sent."""

    code: str
    message: str
    details: list[dict[str, Any]] | None = None


class ErrorBody(Wire):
    """The one form of every error."""

    error: Error


class SignUp(Wire):
    """Who wants to offer skills, and what for."""

    name: str = Field(max_length=40, examples=["あいづ自転車の会"])
    mail: str = Field(max_length=250, examples=["dev@example.jp"])
    purpose: str = Field(max_length=500, examples=["シェアサイクルの空きを市民に知らせる"])


class SignedUp(Wire):
    """The new account. `secret` opens the portal and is shown this once."""

    id: str
    secret: str
    state: str


class NewKey(Wire):
    """What a key is called, and what it may be used for."""

    name: str = Field(min_length=1, max_length=40)
    scopes: tuple[Scope, ...] = Field(min_length=1, max_length=len(Scope))


class KeyTold(Wire):
    """A new API key, told this once."""

    key: str


class FindingTold(Wire):
    """One thing that the check looked at."""

    name: str
    passed: bool
    what: str


class SkillTold(Wire):
    """A skill. `secret` signs its calls and is told once, when the skill is new."""

    id: str
    state: SkillState
    manifest: SkillManifest
    report: tuple[FindingTold, ...]
    updated_at: datetime
    secret: str | None = None


class NewState(Wire):
    """A step of a developer's own."""

    state: Literal["sandbox", "disabled", "draft"]


class Attempt(Wire):
    """Slots to try a skill with."""

    slots: dict[str, str] = Field(default={}, max_length=12, examples=[{"words": "空きは？"}])


class Attempted(Wire):
    """How a try went: the messages as citizens would get them, or why there are none."""

    outcome: Outcome
    milliseconds: int
    why: str
    messages: tuple[Message, ...]


class CallTold(Wire):
    """One call in the log, without a word of what was said."""

    at: datetime
    kind: str
    outcome: str
    status: int | None
    milliseconds: int
    size: int


class Secret(Wire):
    """A new signing secret, told this once."""

    secret: str


_RESPONSES: dict[int | str, dict[str, Any]] = {
    401: {"model": ErrorBody, "description": "No key, or one that opens nothing."},
    403: {"model": ErrorBody, "description": "Not approved, or the key lacks the scope."},
    404: {"model": ErrorBody, "description": "No such skill of yours."},
    409: {"model": ErrorBody, "description": "Not in this state; too many; or taken."},
    422: {"model": ErrorBody, "description": "The body is not what it has to be."},
    429: {"model": ErrorBody, "description": "Too many requests."},
    503: {"model": ErrorBody, "description": "A part does not answer right now."},
}

router = APIRouter(prefix=PATH, tags=["developers"], responses=_RESPONSES)
SkillId = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{2,39}$")]


def _bearer(request: Request) -> str:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not 20 <= len(key) <= 100:
        raise UnauthorizedError
    return key


def key_with(scope: Scope) -> Callable[[Request], Awaitable[KeyHolder]]:
    """Return a dependency: whom the request's key stands for, if it has that scope."""

    async def holder(request: Request) -> KeyHolder:
        return await part(request, Accounts).holder(_bearer(request), scope)

    return holder


Reads = Annotated[KeyHolder, Depends(key_with(Scope.read))]
Writes = Annotated[KeyHolder, Depends(key_with(Scope.write))]
Tries = Annotated[KeyHolder, Depends(key_with(Scope.sandbox))]
ReadsCalls = Annotated[KeyHolder, Depends(key_with(Scope.calls))]


async def _skills(request: Request) -> Skills:
    skills = part(request, Skills)
    return skills


TheSkills = Annotated[Skills, Depends(_skills)]


@router.post("/sign-ups", status_code=201)
async def sign_up(new: SignUp, request: Request) -> SignedUp:
    """Ask for an account. Staff of the city approves it."""
    accounts = part(request, Accounts)
    address = client_address(request)
    account, secret = await accounts.sign_up(new.name, new.mail, new.purpose, address)
    return SignedUp(id=account, secret=secret, state="waiting")


@router.post("/keys", status_code=201)
async def make_key(new: NewKey, request: Request) -> KeyTold:
    """Make an API key; the account's own secret is the bearer. At most five at a time."""
    accounts = part(request, Accounts)
    owner = await accounts.owner(_bearer(request), client_address(request))
    return KeyTold(key=await accounts.make_key(owner, new.name, new.scopes))


@router.get("/skills")
async def own(who: Reads, skills: TheSkills) -> list[SkillTold]:
    """Your skills (scope `skills:read`)."""
    return [_told(skill) for skill in await skills.own(who)]


@router.post("/skills", status_code=201)
async def register(manifest: SkillManifest, who: Writes, skills: TheSkills) -> SkillTold:
    """Register a skill or its new manifest; it becomes a draft (scope `skills:write`)."""
    skill, secret = await skills.register(who, manifest.model_dump())
    return _told(skill, secret)


@router.get("/skills/{skill_id}")
async def one(skill_id: SkillId, who: Reads, skills: TheSkills) -> SkillTold:
    """One of your skills (scope `skills:read`)."""
    return _told(await skills.one(who, skill_id))


@router.post("/skills/{skill_id}/check")
async def check(skill_id: SkillId, who: Writes, skills: TheSkills) -> SkillTold:
    """Check a draft: its sentences, its answer, its signature, its speed (`skills:write`)."""
    return _told(await skills.check(who, skill_id))


@router.post("/skills/{skill_id}/state")
async def step(skill_id: SkillId, new: NewState, who: Writes, skills: TheSkills) -> SkillTold:
    """Move a checked skill to the sandbox, or take a skill out of use (`skills:write`)."""
    return _told(await skills.take_step(who, skill_id, SkillState(new.state)))


@router.post("/skills/{skill_id}/secret")
async def renew(skill_id: SkillId, who: Writes, skills: TheSkills) -> Secret:
    """Make a new signing secret; the old one ends at once (scope `skills:write`)."""
    return Secret(secret=await skills.renew_secret(who, skill_id))


@router.post("/skills/{skill_id}/tries")
async def attempt(skill_id: SkillId, said: Attempt, who: Tries, skills: TheSkills) -> Attempted:
    """Call the skill in the sandbox (scope `sandbox:try`)."""
    called = await skills.attempt(who, skill_id, said.slots)
    return Attempted(
        outcome=called.outcome,
        milliseconds=called.milliseconds,
        why=called.why,
        messages=called.messages,
    )


@router.get("/skills/{skill_id}/calls")
async def calls(
    skill_id: SkillId,
    who: ReadsCalls,
    skills: TheSkills,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> list[CallTold]:
    """The newest calls of the skill, without their words (scope `calls:read`)."""
    found = await skills.calls(who, skill_id, limit)
    names = CallTold.model_fields
    return [CallTold(**{name: getattr(call, name) for name in names}) for call in found]


def _told(skill: DeveloperSkill, secret: str | None = None) -> SkillTold:
    return SkillTold(
        id=skill.id,
        state=SkillState(skill.state),
        manifest=SkillManifest.model_validate(skill.manifest),
        report=tuple(FindingTold(**finding) for finding in skill.report),
        updated_at=skill.updated_at,
        secret=secret,
    )
