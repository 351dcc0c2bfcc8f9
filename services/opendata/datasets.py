"""What a city publishes and on which terms: `city/<city>/opendata/datasets.toml`, typed."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from kit.errors import NotFoundError

FILE = "opendata/datasets.toml"
Words = Annotated[str, Field(min_length=1, max_length=300)]


class NotPublishedError(NotFoundError):
    """This city does not publish that data. `/catalog.jsonld` lists what there is."""

    code = "not_published"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Terms(_Part):
    """One data set: what it is, and what has to be observed by whoever uses it."""

    title: Words
    description: Words
    keywords: tuple[Words, ...] = ()
    licence: Annotated[str, Field(pattern=r"^https://")]
    """The address of the licence's text."""
    credit: Words
    """What a user has to write beside the data."""


class Published(_Part):
    """All that a city publishes."""

    title: Words
    description: Words
    publisher: Words
    waste: Terms | None = None
    sorting: Terms | None = None
    facilities: Terms | None = None
    shelters: Terms | None = None
    faq: Terms | None = None
    reports: Terms | None = None
    alerts: Terms | None = None
    open_shelters: Terms | None = None
    vacancies: Terms | None = None
    rivers: Terms | None = None

    def all(self) -> Mapping[str, Terms]:
        """Return the data sets by name."""
        named = {name: getattr(self, name) for name in NAMES}
        return {name: terms for name, terms in named.items() if terms is not None}

    def terms(self, name: str) -> Terms:
        """Return a data set's terms. Raises NotPublishedError."""
        found = self.all().get(name)
        if found is None:
            raise NotPublishedError
        return found


NAMES = (
    *("waste", "sorting", "facilities", "shelters", "faq"),
    *("reports", "alerts", "open_shelters", "vacancies", "rivers"),
)


@lru_cache
def read_datasets(folder: Path) -> Published:
    """Read a city's file. A city without one publishes nothing; pydantic tells what is wrong."""
    try:
        content = tomllib.loads((folder / FILE).read_text("utf-8"))
    except FileNotFoundError:
        content = {"title": "-", "description": "-", "publisher": "-"}
    return Published.model_validate(content)
