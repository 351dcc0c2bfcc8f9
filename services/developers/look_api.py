"""`/developers/api/v1/citizen-data`: a skill looks at what a citizen lets it see."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import Field

from kit.clock import Clock
from kit.container import part
from services.developers import signing
from services.developers.look_tokens import PATH
from services.developers.looking import Look, LookRefusedError, Looks, Signed
from services.developers.portal_api import ErrorBody, Wire
from services.developers.sharing import Shared
from services.developers.skill_manifest import Slug

router = APIRouter(tags=["developers"])


class Asked(Wire):
    """Which scope of the call's grant, for the citizen as the call named them."""

    skill: Slug = Field(examples=["bicycle-stations"])
    citizen: str = Field(pattern=r"^sub_[a-z0-9]{1,64}$", examples=["sub_1f0c"])
    scope: Shared


class Told(Wire):
    """What the city keeps of it; null where that is nothing. `sandbox`: an invented example."""

    scope: Shared
    value: str | None
    sandbox: bool


_RESPONSES: dict[int | str, dict[str, object]] = {
    401: {"model": ErrorBody, "description": "Token, signature, skill and name do not fit."},
    403: {"model": ErrorBody, "description": "The citizen has not agreed to that, or no longer."},
    422: {"model": ErrorBody, "description": "The body is not what it has to be."},
    429: {"model": ErrorBody, "description": "Too many requests."},
    503: {"model": ErrorBody, "description": "A part does not answer right now."},
}


async def _token(authorization: Annotated[str, Header(max_length=200)] = "") -> str:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise LookRefusedError
    return token


@router.post(PATH, response_model=Told, responses=_RESPONSES)
async def look(
    asked: Asked,
    request: Request,
    token: Annotated[str, Depends(_token)],
    x_concierge_timestamp: Annotated[str, Header(max_length=20)] = "",
    x_concierge_nonce: Annotated[str, Header(max_length=100)] = "",
    x_concierge_signature: Annotated[str, Header(max_length=100)] = "",
) -> Response:
    """Look once at one scope, with the token of a call as bearer, signed as calls are.

    The answer is signed over the nonce of the request. Each look is in the citizen's access log.
    """
    signed = Signed(x_concierge_timestamp, x_concierge_nonce, x_concierge_signature)
    wanted = Look(asked.skill, asked.citizen, asked.scope, await request.body())
    seen = await part(request, Looks).look(token, signed, wanted)
    told = Told(scope=seen.scope, value=seen.value, sandbox=seen.sandbox)
    body, now = told.model_dump_json().encode(), part(request, Clock)()
    headers = signing.signed_headers(seen.secret, signed.nonce, body, now)
    return Response(body, media_type="application/json", headers=headers)
