"""Photos that a citizen sent in a turn of the talk: handed over to the package that needs them."""

import base64

import httpx2
from pydantic import BaseModel, ConfigDict, Field

from kit.http import call


class PhotosAsked(BaseModel):
    """The photos of one turn of a citizen's; an album sent at once is one turn."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    citizen_id: str = Field(min_length=1, max_length=100)
    turn_id: str = Field(pattern=r"^line-[0-9]{1,18}$")
    most: int = Field(default=3, ge=1, le=10)
    most_bytes: int = Field(gt=0)
    """A larger file is not handed over."""


class SentPhotos(BaseModel):
    """The bytes as they came, in base64; nothing of ours has looked into them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    photos: tuple[str, ...] = Field(repr=False)

    def contents(self) -> list[bytes]:
        """Return the bytes of each photo."""
        return [base64.b64decode(photo) for photo in self.photos]


class MediaClient:
    """Client of `POST /line/media`."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def photos(self, asked: PhotosAsked) -> SentPhotos:
        """Return the photos of a turn.

        Raises UnavailableError while LINE has not given them all, GoneError where one was lost or
        taken back, PayloadTooLargeError, and NotFoundError where the turn brought none.
        """
        json = asked.model_dump(mode="json")
        return SentPhotos.model_validate(await call(self._http, "POST", "/line/media", json=json))
