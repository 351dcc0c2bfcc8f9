"""Audiences: uploaded ones, and ones of people who saw or tapped a message."""

import re
from collections.abc import AsyncGenerator

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.routing import Route

from emulators.line.api.call import Answer, Call, line_route
from emulators.line.audiences import Audience, refusal
from emulators.line.errors import Json, LineError, invalid_parameter
from emulators.line.people import USER_ID
from emulators.line.validation.requests import check_body

_BASE = "/v2/bot/audienceGroup"
_ONE = f"{_BASE}/{{audienceGroupId}}"
_NUMBER = re.compile(r"[0-9]{1,15}")
_MOST_IN_A_FILE = 1_500_000


def routes() -> list[Route]:
    """Return the endpoints; fixed words stand before ids."""
    return [
        line_route("POST", f"{_BASE}/upload", upload),
        line_route("PUT", f"{_BASE}/upload", add),
        line_route("POST", f"{_BASE}/upload/byFile", upload_file),
        line_route("PUT", f"{_BASE}/upload/byFile", add_file),
        line_route("POST", f"{_BASE}/click", of_clicks),
        line_route("POST", f"{_BASE}/imp", of_views),
        line_route("GET", f"{_BASE}/list", list_all),
        line_route("PUT", f"{_ONE}/updateDescription", describe),
        line_route("GET", _ONE, one),
        line_route("DELETE", _ONE, delete),
    ]


async def upload(call: Call) -> Answer:
    """Create an audience of user ids."""
    body = call.json()
    check_body("audience", body, call.platform.options.strict)
    return _created(call, "UPLOAD", body, _ids(body), {})


async def add(call: Call) -> Answer:
    """Add user ids to an audience."""
    body = call.json()
    check_body("audience_addition", body, call.platform.options.strict)
    audience = call.platform.audiences.get(body["audienceGroupId"])
    _fill(call, audience, _ids(body), body.get("uploadDescription") or "")
    return Answer(b"", 202)


async def upload_file(call: Call) -> Answer:
    """Create an audience of a text file with one user id a line."""
    body = await _multipart(call)
    wanted = {"description": body.get("description", "")}
    check_body("audience", wanted, call.platform.options.strict)
    return _created(call, "UPLOAD", body, _lines(body), {})


async def add_file(call: Call) -> Answer:
    """Add the user ids of a text file."""
    body = await _multipart(call)
    number = body.get("audienceGroupId", "")
    if not _NUMBER.fullmatch(number):
        raise invalid_parameter("audienceGroupId")
    audience = call.platform.audiences.get(int(number))
    _fill(call, audience, _lines(body), body.get("uploadDescription") or "")
    return Answer(b"", 202)


async def of_clicks(call: Call) -> Answer:
    """Create an audience of people who tapped a link. Nobody's taps are counted here: 0 people."""
    body = call.json()
    check_body("audience_of_clicks", body, call.platform.options.strict)
    _people_of(call, body["requestId"])
    about: Json = {name: body[name] for name in ("requestId", "clickUrl") if name in body}
    return _created(call, "CLICK", body, set(), about)


async def of_views(call: Call) -> Answer:
    """Create an audience of people who saw a message: here everybody who got it."""
    body = call.json()
    check_body("audience_of_views", body, call.platform.options.strict)
    people = _people_of(call, body["requestId"])
    return _created(call, "IMP", body, people, {"requestId": body["requestId"]})


async def list_all(call: Call) -> Answer:
    """Return audiences in pages of at most 40, filtered by a part of the name and the state."""
    query = call.request.query_params
    size, page = query.get("size", "20"), query.get("page", "")
    if not _NUMBER.fullmatch(page) or int(page) < 1:
        raise invalid_parameter("page")
    if not _NUMBER.fullmatch(size) or not 1 <= int(size) <= 40:
        raise invalid_parameter("size")
    listed = [a.as_listed(call.platform.now()) for a in call.platform.audiences.all()]
    wanted = [
        a
        for a in listed
        if query.get("description", "") in a["description"]
        and query.get("status", a["status"]) == a["status"]
    ]
    end = int(page) * int(size)
    return Answer(
        {
            "audienceGroups": wanted[end - int(size) : end],
            "hasNextPage": end < len(wanted),
            "totalCount": len(wanted),
            "readWriteAudienceGroupTotalCount": len(wanted),
            "page": int(page),
            "size": int(size),
        }
    )


async def describe(call: Call) -> Answer:
    """Rename an audience."""
    body = call.json()
    check_body("audience_description", body, call.platform.options.strict)
    _audience(call).description = body["description"]
    return Answer(b"")


async def one(call: Call) -> Answer:
    """Return one audience and its jobs."""
    audience = _audience(call)
    shown = audience.as_listed(call.platform.now())
    return Answer({"audienceGroup": shown, "jobs": audience.jobs_as_list()})


async def delete(call: Call) -> Answer:
    """Remove an audience."""
    call.platform.audiences.delete(_audience(call).group_id)
    return Answer(b"", 202)


def _created(call: Call, kind: str, body: Json, people: set[str], about: Json) -> Answer:
    platform = call.platform
    audience = platform.audiences.create(kind, body["description"], platform.now(), about)
    _fill(call, audience, people, body.get("uploadDescription") or "")
    return Answer(audience.as_made(), 202)


def _fill(call: Call, audience: Audience, people: set[str], note: str) -> None:
    platform = call.platform
    seconds = platform.options.job_seconds
    platform.audiences.fill(audience, people, note, platform.now(), seconds)


def _ids(body: Json) -> set[str]:
    return _checked([found["id"] for found in body.get("audiences") or []])


def _lines(body: dict[str, str]) -> set[str]:
    return _checked(body.get("file", "").split())


def _checked(user_ids: list[str]) -> set[str]:
    code = "UPLOAD_AUDIENCE_GROUP_"
    if len(user_ids) > _MOST_IN_A_FILE:
        raise refusal("too many audience ids", f"{code}TOO_MANY_AUDIENCE_IDS")
    wrong = next((user_id for user_id in user_ids if not USER_ID.fullmatch(user_id)), None)
    if wrong is not None:
        raise refusal("invalid audience id format", f"{code}INVALID_AUDIENCE_ID_FORMAT")
    return set(user_ids)


def _people_of(call: Call, request_id: str) -> set[str]:
    sending = call.platform.figures.sending(request_id)
    if sending is None:
        raise refusal("request not found", "REQUEST_NOT_FOUND")
    return set(sending.people)


def _audience(call: Call) -> Audience:
    number = call.param("audienceGroupId")
    if not _NUMBER.fullmatch(number):
        raise invalid_parameter("audienceGroupId")
    return call.platform.audiences.get(int(number))


async def _multipart(call: Call) -> dict[str, str]:
    """Return the fields of a form with a file, each as text."""

    async def stream() -> AsyncGenerator[bytes, None]:
        yield call.raw

    found: dict[str, str] = {}
    try:
        fields = await MultiPartParser(call.request.headers, stream()).parse()
        for name, value in fields.items():
            raw = await value.read() if isinstance(value, UploadFile) else value.encode()
            found[name] = raw.decode()
    except (MultiPartException, KeyError, UnicodeDecodeError) as error:
        raise LineError(400, "The request body could not be parsed", reason=str(error)) from error
    return found
