"""`/developers/skills/…`: registering a skill, its checks, trying it in a talk, its calls."""

import json
from typing import Any

from fastapi import APIRouter, Request, Response

from kit.console import redirect
from kit.container import part
from kit.errors import ConciergeError, InvalidInputError
from kit.forms import only
from kit.settings import Settings
from services.developers import rules
from services.developers.accounts import DeveloperSession
from services.developers.answers import slots_of
from services.developers.pages import (
    PATH,
    Form,
    Inside,
    account_page,
    holder_of,
    portal_page,
)
from services.developers.routing import PortalRoute
from services.developers.rules import SkillState
from services.developers.skills import Skills
from services.developers.talks import SandboxTalks

_LONGEST_MANIFEST = 20_000
_NO_JSON = "The manifest is no JSON."

router = APIRouter(prefix=f"{PATH}/skills", include_in_schema=False, route_class=PortalRoute)


@router.post("")
async def register(request: Request, session: Inside, fields: Form) -> Response:
    """Register a skill or its new manifest; a new one's signing secret is shown this once."""
    typed = only(fields, "manifest")[:_LONGEST_MANIFEST]
    try:
        skill, secret = await part(request, Skills).register(holder_of(session), _json(typed))
    except ConciergeError as error:
        if error.status not in (400, 409, 422):
            raise
        return await account_page(request, session, error.status, typed=typed, wrong=error.message)
    return await _skill(request, session, skill.id, 201, new_secret=secret or "")


def _json(typed: str) -> Any:
    try:
        return json.loads(typed)
    except (ValueError, RecursionError):
        raise InvalidInputError(_NO_JSON) from None


@router.get("/{skill_id}")
async def show(request: Request, session: Inside, skill_id: str) -> Response:
    """Show one skill: what was checked, the talk in the sandbox, its calls."""
    return await _skill(request, session, skill_id)


@router.post("/{skill_id}/check")
async def check(request: Request, session: Inside, skill_id: str) -> Response:
    """Check a draft and show what was found."""
    return await _done(
        request, session, skill_id, part(request, Skills).check(holder_of(session), skill_id)
    )


@router.post("/{skill_id}/secret")
async def renew(request: Request, session: Inside, skill_id: str) -> Response:
    """Make a new signing secret and show it this once."""
    secret = await part(request, Skills).renew_secret(holder_of(session), skill_id)
    return await _skill(request, session, skill_id, new_secret=secret)


@router.post("/{skill_id}/try")
async def attempt(request: Request, session: Inside, fields: Form, skill_id: str) -> Response:
    """Say something in the sandbox, or tap a button of its last answer; the talk goes on."""
    words, payload = only(fields, "words")[:300], only(fields, "payload")[:300]
    said = only(fields, "label")[:40] if payload else words
    slots = {**slots_of(payload), "words": "" if payload else words, "language": "ja"}
    skills, talks = part(request, Skills), part(request, SandboxTalks)
    try:
        called = await skills.attempt(holder_of(session), skill_id, slots)
    except ConciergeError as error:
        return await _refused(request, session, skill_id, error)
    await talks.add(session.developer.id, skill_id, said, called)
    return redirect(f"{PATH}/skills/{skill_id}#talk-end")


@router.post("/{skill_id}/forget")
async def forget(request: Request, session: Inside, skill_id: str) -> Response:
    """Begin the talk in the sandbox anew."""
    await part(request, SandboxTalks).forget(session.developer.id, skill_id)
    return redirect(f"{PATH}/skills/{skill_id}#talk")


@router.post("/{skill_id}/state")
async def step(request: Request, session: Inside, fields: Form, skill_id: str) -> Response:
    """Move it to the sandbox, or take it out of use."""
    wanted = only(fields, "state")
    to = SkillState(wanted) if wanted in ("sandbox", "disabled") else SkillState.disabled
    taken = part(request, Skills).take_step(holder_of(session), skill_id, to)
    return await _done(request, session, skill_id, taken)


async def _done(request: Request, session: DeveloperSession, skill_id: str, work: Any) -> Response:
    try:
        await work
    except ConciergeError as error:
        return await _refused(request, session, skill_id, error)
    return redirect(f"{PATH}/skills/{skill_id}")


async def _refused(
    request: Request, session: DeveloperSession, skill_id: str, error: ConciergeError
) -> Response:
    """Say on the skill's own page why not; what is nobody's business there goes further."""
    if error.status != 409:
        raise error
    return await _skill(request, session, skill_id, 409, problem=error.message)


async def _skill(
    request: Request, session: DeveloperSession, skill_id: str, status: int = 200, **shown: Any
) -> Response:
    skills, holder = part(request, Skills), holder_of(session)
    values = {"new_secret": "", **shown}
    return portal_page(
        "skill",
        session,
        status,
        skill=await skills.one(holder, skill_id),
        calls=await skills.calls(holder, skill_id, 20),
        talk=await part(request, SandboxTalks).of(session.developer.id, skill_id),
        zone=part(request, Settings).timezone,
        tried=rules.TRIED,
        **values,
    )
