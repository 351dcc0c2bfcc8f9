"""What every list of the open data takes, and what it may answer beside its items."""

from typing import Annotated, Any

from fastapi import Depends, Query, Request

from kit.container import part
from services.opendata.service import OpenData
from services.opendata.wire import ErrorBody

PATH = "/open/v1"
MOST = 500

RESPONSES: dict[int | str, dict[str, Any]] = {
    304: {"description": "Nothing has changed since the ETag in If-None-Match."},
    400: {"model": ErrorBody, "description": "The question cannot be answered as it stands."},
    404: {"model": ErrorBody, "description": "There is no such thing, or it is not published."},
    422: {"model": ErrorBody, "description": "A parameter is missing or out of bounds."},
    429: {"model": ErrorBody, "description": "Too many requests of one address in a minute."},
    503: {"model": ErrorBody, "description": "The data is not there yet. Try again later."},
}


async def _data(request: Request) -> OpenData:
    data = part(request, OpenData)
    return data


Data = Annotated[OpenData, Depends(_data)]
Offset = Annotated[int, Query(ge=0, le=100_000, description="How many items to leave out.")]
Limit = Annotated[int, Query(ge=1, le=MOST, description="How many items at most.")]
Words = Annotated[str, Query(max_length=100)]
