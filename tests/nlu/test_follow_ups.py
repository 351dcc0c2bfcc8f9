"""How messages go on with what was said before, on talks by other hands: a floor against decay."""

import json
import subprocess
from pathlib import Path

from concierge.plan import RASA_ENV, RASA_PYTHON
from kit.settings import ROOT

# A little under what was measured (2026-11-30): shares of the talks.
FLOORS = {"follows/all": 0.84, "follows/continues": 0.86, "task/all": 0.81, "follows/leaves": 0.70}


def test_talks_by_other_hands_are_followed_as_well_as_they_were(
    model: Path, tmp_path: Path
) -> None:
    out = tmp_path / "figures.json"
    command = [str(RASA_PYTHON), str(ROOT / "nlu" / "follow_ups.py"), "--model", str(model)]
    result = subprocess.run(
        [*command, "--json", str(out)], env=RASA_ENV, cwd=ROOT, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr[-2000:]
    figures = json.loads(out.read_text("utf-8"))
    assert figures["talks/all"] > 150
    assert {name for name, floor in FLOORS.items() if figures[name] < floor} == set()
