"""What Rasa imports at every start and our pipeline never uses, stood in for by nothing.

Python runs this file as it starts, when its folder is on the path (`RASA_ENV` of
concierge/plan.py). Rasa then starts with half of the work and half of the memory. Whoever needs one
of these packages leaves the folder out, as `concierge nlu compare` does.
"""

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

UNUSED = frozenset(
    (
        # Neural networks: the classifier is linear, the policy is rules.
        *("keras", "tensorflow", "tensorflow_hub", "tensorflow_text"),
        # Other channels, other stores, and charts.
        *("aiogram", "boto3", "botocore", "fbmessenger", "gridfs", "matplotlib"),
        *("mattermostwrapper", "pymongo", "rocketchat_API", "slack_sdk", "twilio", "webexteamssdk"),
    )
)


class Absent(type):
    """A class that can be inherited from, called and asked for anything, and does nothing."""

    def __getattr__(cls, name: str) -> "Absent":
        """Return a class of its own for each name: two of them may be bases of one class."""
        if name.startswith("__"):
            raise AttributeError(name)
        made = Absent(name, (Nothing,), {})
        setattr(cls, name, made)
        return made


class Nothing(metaclass=Absent):
    """What a call of something absent gives, also as a decorator."""

    def __init__(self, *_: Any, **__: Any) -> None:
        """Take anything."""


class _Absentees(MetaPathFinder, Loader):
    """Finds the unused packages and all of their modules."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Claim what is unused, before anybody looks on the disk."""
        if name.partition(".")[0] not in UNUSED:
            return None
        return ModuleSpec(name, self, is_package=True)

    def exec_module(self, module: ModuleType) -> None:
        """Let the module have whatever is asked of it."""
        module.__getattr__ = Absent(module.__name__, (Nothing,), {}).__getattr__


sys.meta_path.insert(0, _Absentees())
