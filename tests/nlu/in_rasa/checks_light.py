"""What Rasa need not import is not imported, and nothing of the model asks for it."""

import sys
from pathlib import Path
from typing import Any

import yaml
from sitecustomize import UNUSED

CONFIG = Path(__file__).parents[3] / "nlu" / "config.yml"


def check_the_model_runs_without_the_unused_packages(agent: Any) -> None:
    there = {name: module for name, module in sys.modules.items() if name in UNUSED}
    assert {"tensorflow", "keras", "aiogram", "boto3"} <= set(there)
    assert [name for name, module in there.items() if getattr(module, "__file__", None)] == []


def check_no_part_of_the_pipeline_needs_one() -> None:
    from rasa.engine.recipes.default_recipe import DefaultV1Recipe

    config = yaml.safe_load(CONFIG.read_text())
    for part in (*config["pipeline"], *config["policies"]):
        component = DefaultV1Recipe._from_registry(part["name"]).clazz
        assert UNUSED.isdisjoint(component.required_packages()), part["name"]
