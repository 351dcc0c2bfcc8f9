"""In which order tests run, and which share a worker: heavy groups first, by measured weight.

A group is a file, or all files that use the same costly thing. `pytest --keep-weights` writes
down what each file took, in `weights.json`; nobody types a weight.
"""

import json
import tempfile
from collections import defaultdict
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

WEIGHTS = Path(__file__).with_name("weights.json")
ROOT = WEIGHTS.parent.parent

# Session fixtures that take many seconds to make: whoever uses one runs where it is.
SHARED_FIXTURES = ("stack", "running_rasa")
# What a test is taken to weigh in a file that was never measured.
UNKNOWN_SECONDS = 0.5


def group_of(file: str, fixtures: set[str]) -> str:
    """Return the group of a file whose tests use these fixtures."""
    return next((name for name in SHARED_FIXTURES if name in fixtures), file)


def in_order(
    counts: dict[str, int], groups: dict[str, str], weights: dict[str, float]
) -> list[str]:
    """Return files group by group, the heaviest group first; within a group the heaviest file.

    `counts` are the tests of each file, `groups` the group of each, `weights` seconds by file.
    """
    weight = {file: weights.get(file, n * UNKNOWN_SECONDS) for file, n in counts.items()}
    total: dict[str, float] = defaultdict(float)
    for file, group in groups.items():
        total[group] += weight[file]
    return sorted(counts, key=lambda f: (-total[groups[f]], groups[f], -weight[f], f))


def read_weights() -> dict[str, float]:
    """Return the seconds that each file took when it was last measured."""
    return json.loads(WEIGHTS.read_text()) if WEIGHTS.exists() else {}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer to keep what is measured, and to do the long runs whole."""
    parser.addoption("--keep-weights", action="store_true", help="write what each file took")
    parser.addoption("--whole", action="store_true", help="the long runs at full length")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Order the tests; a worker tells the others' scheduler which belong together."""
    counts: dict[str, int] = defaultdict(int)
    fixtures: dict[str, set[str]] = defaultdict(set)
    for item in items:
        file = _file(item.nodeid)
        counts[file] += 1
        fixtures[file].update(getattr(item, "fixturenames", ()))
    groups = {file: group_of(file, used) for file, used in fixtures.items()}
    place = {file: n for n, file in enumerate(in_order(counts, groups, read_weights()))}
    items.sort(key=lambda item: place[_file(item.nodeid)])
    worker = getattr(config, "workerinput", None)
    if worker is not None and worker["workerid"] == "gw0":
        _groups_file(worker["testrunuid"]).write_text(json.dumps(groups))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Hand out whole groups. (`--dist loadgroup` of xdist 3.8 finds none under pytest 9.2.)"""
    config.option.loadscopereorder = False
    return _ByGroup(config, log)


class _ByGroup(LoadScopeScheduling):  # type: ignore[misc]
    """Sends tests of one group to one worker, in the order of the collection."""

    @cached_property
    def _groups(self) -> dict[str, str]:
        uid = self.config.pluginmanager.get_plugin("dsession").nodemanager.testrunuid
        file = _groups_file(uid)
        groups: dict[str, str] = json.loads(file.read_text())
        file.unlink()
        return groups

    def _split_scope(self, nodeid: str) -> str:
        return self._groups[_file(nodeid)]


def _groups_file(run: str) -> Path:
    return Path(tempfile.gettempdir()) / f"test-groups-{run}.json"


class _Scale:
    """Adds up what each file takes, and keeps it at the end."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Weigh one phase of one test."""
        self.seconds[_file(report.nodeid)] += report.duration

    def pytest_sessionfinish(self) -> None:
        """Write what was measured; files that did not run keep what they had."""
        there = {file: s for file, s in read_weights().items() if (ROOT / file).exists()}
        known = there | {file: round(seconds, 1) for file, seconds in self.seconds.items()}
        WEIGHTS.write_text(json.dumps(dict(sorted(known.items())), indent=1) + "\n")


def pytest_configure(config: pytest.Config) -> None:
    """Weigh on request, in the process that hears of every test."""
    if config.getoption("--keep-weights") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Scale())


def _file(nodeid: str) -> str:
    return nodeid.partition("::")[0]
