"""Manifests are read strictly, and every service has one."""

from pathlib import Path

import pytest

from auth.levels import Level
from auth.manifests import BadManifestError, read_manifest, read_scopes
from kit.settings import ROOT

SERVICES = sorted(file.parent for file in (ROOT / "services").glob("*/__init__.py"))
GOOD = """
title = "健診"
desk = "健康増進課"
intents = ["ask_checkup"]

[scopes]
"health:read" = { level = "L3", staff = true }
"health:write" = { level = "L3-fresh", once = true }
"health:case" = { staff = true }

[retention]
health_record = "5年"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "health"
    folder.mkdir()
    return folder


def write(folder: Path, text: str) -> Path:
    (folder / "manifest.toml").write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("folder", SERVICES, ids=lambda folder: folder.name)
def test_every_service_has_a_manifest_whose_levels_exist(folder: Path) -> None:
    manifest = read_manifest(folder)
    levels = {scope.level for scope in read_scopes(folder).values()} - {None}
    assert levels <= set(Level)
    assert manifest.retention, "what a service keeps, it keeps for some time"


def test_a_scope_says_its_service_level_and_desk(folder: Path) -> None:
    scopes = read_scopes(write(folder, GOOD))
    reading, writing, case = (scopes[f"health:{name}"] for name in ("read", "write", "case"))
    assert (reading.audience, reading.level, reading.once) == ("services/health", "L3", False)
    assert (reading.desk, writing.desk) == ("健康増進課", None)
    assert (writing.once, case.level) == (True, None)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('title = "健診"', "", "title: Field required"),
        ('title = "健診"', "title = 5", "title: "),
        ('desk = "健康増進課"', 'desk = ""', "desk: "),
        ("intents", "intent", "intent: "),
        ('"L3"', '"L4"', "scopes.health:read.level: "),
        ('"L3"', '"l3"', "scopes.health:read.level: "),
        ("once = true", "once = 1", "scopes.health:write.once: "),
        ("once = true", "onec = true", "scopes.health:write.onec: "),
        ('"health:case" = { staff = true }', '"health:case" = {}', "a scope needs a level"),
        ('"health:case"', '"nursery:case"', "scopes begin with “health:”"),
        ('"health:case"', '"health"', "scopes.health"),
        ('health_record = "5年"', "health_record = 5", "retention.health_record: "),
        ("[retention]", "[retention", "not TOML"),
    ],
)
def test_a_fault_is_named_with_its_place(folder: Path, before: str, after: str, told: str) -> None:
    assert before in GOOD
    with pytest.raises(BadManifestError) as error:
        read_scopes(write(folder, GOOD.replace(before, after)))
    assert error.value.message.startswith("health/manifest.toml: ")
    assert told in error.value.message


def test_a_missing_manifest_is_named(folder: Path) -> None:
    with pytest.raises(BadManifestError, match=r"health/manifest\.toml: there is no such file"):
        read_manifest(folder)
