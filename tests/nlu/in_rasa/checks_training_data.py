"""Rasa's own validation of everything that the model is trained on (`rasa data validate`)."""

import re
import warnings
from pathlib import Path

from rasa.cli.utils import validate_files
from rasa.shared.importers.importer import TrainingDataImporter

NLU = Path(__file__).parents[3] / "nlu"


def check_rasa_finds_no_fault_in_the_training_data() -> None:
    config, domain, data = (str(NLU / name) for name in ("config.yml", "domain", "data"))
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always", UserWarning)
        importer = TrainingDataImporter.load_from_config(config, domain, [data])
        # Ends the process, that is this check, where there is a fault.
        validate_files(fail_on_warnings=False, max_history=None, importer=importer)
    told = [str(one.message) for one in found if issubclass(one.category, UserWarning)]
    # What comes from buttons only has no sentences, and Rasa itself says utter_default.
    known = "'(share_[a-z]+|undo_link|view_contact|my_timeline|set_field|follow_up|utter_default)'"
    assert [line for line in told if line.startswith("The") and not re.search(known, line)] == []
    assert told, "Rasa warned of nothing, not even of what is known"
