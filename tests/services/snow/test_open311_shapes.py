"""Every answer of Open311 against the shapes of the specification, in XML and in JSON."""

import json
from typing import Any
from xml.etree import ElementTree as ET

import httpx2
import pytest

from tests.services.snow.open311_shapes import (
    DEFINITION,
    DISCOVERY,
    ERROR,
    EXAMPLE,
    FILED,
    REQUEST,
    SERVICE,
    faults_of_json,
    faults_of_xml,
)
from tests.services.snow.test_outside import FORM, parsed, web
from tests.services.snow.world import HANAKO, World

__all__ = ["web"]

KINDS = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
ASKED: dict[str, Any] = {
    "discovery": DISCOVERY,
    "services": {"service": SERVICE},
    "services/ice": DEFINITION,
    "requests": {"request": REQUEST},
    "requests/S-1": {"request": REQUEST},
    "requests/S-999": {"error": ERROR},
    "services/volcano": {"error": ERROR},
}


@pytest.fixture
async def told(web: httpx2.AsyncClient, world: World) -> httpx2.AsyncClient:
    """Three reports: with an address, filed by a client, and one that is done."""
    await world.file(words="つるつる <b>&amp;")
    assert (await web.post("/open311/v2/requests.json", data=FORM)).status_code == 201
    gone = await world.file(key="line-2", category="berm")
    await world.client.is_gone(gone.number, HANAKO)
    return web


@pytest.mark.parametrize("path", ASKED)
async def test_an_answer_has_the_shape_of_the_specification_in_both_formats(
    told: httpx2.AsyncClient, path: str
) -> None:
    answers = {ending: await told.get(f"/open311/v2/{path}.{ending}") for ending in KINDS}
    for ending, kind in KINDS.items():
        assert answers[ending].headers["content-type"] == kind
    xml = answers["xml"]
    assert xml.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    assert faults_of_xml(parsed(xml.content)) == []
    body = answers["json"].json()
    assert faults_of_json(body, ASKED[path]) == []
    assert body, path


async def test_what_was_filed_is_answered_in_the_shape_of_the_specification(
    web: httpx2.AsyncClient,
) -> None:
    shape = {"request": FILED}
    filed = await web.post("/open311/v2/requests.xml", data=FORM)
    assert faults_of_xml(parsed(filed.content), shape) == []
    assert (
        faults_of_json((await web.post("/open311/v2/requests.json", data=FORM)).json(), shape) == []
    )


def test_the_example_of_the_specification_itself_has_that_shape() -> None:
    assert faults_of_xml(ET.fromstring(EXAMPLE)) == []  # noqa: S314


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("<status>open", "<status>pending"),
        ("2010-04-19T06:37:38-08:00</requested", "2010-04-19 06:37:38</requested"),
        ("<lat>37.762221815", "<lat>north"),
        ("<service_code>006</service_code>", ""),
        ("<request>", '<request xmlns="http://x.example/">'),
        ("</request>", "<severity>high</severity></request>"),
        ("http://city.gov", "javascript:"),
    ],
)
def test_the_shapes_find_what_is_wrong(right: str, wrong: str) -> None:
    assert right in EXAMPLE
    assert faults_of_xml(ET.fromstring(EXAMPLE.replace(right, wrong)))  # noqa: S314


def test_the_shapes_find_what_is_wrong_in_json() -> None:
    good = {"service_code": "1", "service_name": "x", "metadata": True, "type": "batch"}
    shape = {"service": SERVICE}
    assert faults_of_json([good], shape) == []
    for name, value in (("metadata", "true"), ("type", "slow"), ("service_name", None), ("x", 1)):
        assert faults_of_json([{**good, name: value}], shape), json.dumps(name)
