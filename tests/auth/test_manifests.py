"""Manifests are read strictly, and every service has one."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from auth.levels import Level
from auth.manifests import BadManifestError, read_manifest, read_scopes
from auth.modules import check_intents
from concierge.modules import load_modules
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
    levels = {scope.level for scope in read_scopes(folder).values()} - {None}
    assert levels <= set(Level)


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
        ('health_record = "5年"', "health_record = 5", "retention.health_record"),
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


def test_an_age_in_days_is_what_the_erasing_job_counts_with(folder: Path) -> None:
    manifest = read_manifest(write(folder, GOOD.replace('"5年"', "{ days = 1825 }")))
    assert manifest.kept_for("health_record") == timedelta(days=1825)
    with pytest.raises(LookupError):
        read_manifest(write(folder, GOOD)).kept_for("health_record")


def test_a_module_names_in_its_retention_each_of_its_tables_and_no_other() -> None:
    module = next(m for m in load_modules() if m.name == "services/waste")
    assert module.manifest is not None
    retention = {**module.manifest.retention}
    del retention["waste_subscription"]
    fewer = module.manifest.model_copy(update={"retention": retention})
    more = module.manifest.model_copy(update={"retention": {**retention, "waste_x": "-"}})
    for manifest in (fewer, more):
        with pytest.raises(BadManifestError, match="waste_subscription"):
            replace(module, manifest=manifest).check()


def test_no_intent_is_served_twice_and_each_is_one_of_the_language_model() -> None:
    modules = load_modules()
    domain = {
        next(iter(intent)) if isinstance(intent, dict) else intent
        for file in (ROOT / "nlu" / "domain").glob("*.yml")
        for intent in yaml.safe_load(file.read_text("utf-8")).get("intents", [])
    }
    served = {intent for m in modules if m.manifest is not None for intent in m.manifest.intents}
    assert served <= domain
    with pytest.raises(BadManifestError, match="ask_waste_day"):
        check_intents([*modules, replace(modules[0], manifest=modules[4].manifest)])
