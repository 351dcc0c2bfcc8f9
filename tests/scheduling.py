"""In which order tests run, and which share a worker: heavy groups first, by measured weight.

A group is a file, or all files that use the same costly thing. `pytest --keep-weights` writes
down what each file took, in `weights.json`; nobody types a weight.
"""

import json
from collections import defaultdict
from pathlib import Path

import pytest

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
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the tests, and say which belong on one worker (for `--dist loadgroup`)."""
    counts: dict[str, int] = defaultdict(int)
    fixtures: dict[str, set[str]] = defaultdict(set)
    for item in items:
        file = _file(item.nodeid)
        counts[file] += 1
        fixtures[file].update(getattr(item, "fixturenames", ()))
    groups = {file: group_of(file, used) for file, used in fixtures.items()}
    place = {file: n for n, file in enumerate(in_order(counts, groups, read_weights()))}
    items.sort(key=lambda item: place[_file(item.nodeid)])
    for item in items:
        item.add_marker(pytest.mark.xdist_group(groups[_file(item.nodeid)]))


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
