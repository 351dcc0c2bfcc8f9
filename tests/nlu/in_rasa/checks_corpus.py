"""The training data as they are read once: nothing lost, nothing left unchecked."""

import copy
from pathlib import Path

import pytest
from components.corpus import Corpus, Sentence
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

NLU = Path(__file__).resolve().parents[3] / "nlu"
FOLDER = NLU / "data" / "clinic"
ALL = sorted(
    file for file in (NLU / "data").rglob("*.yml") if file.name not in ("rules.yml", "stories.yml")
)


def importer(kind: type[RasaFileImporter]) -> RasaFileImporter:
    return kind(str(NLU / "config.yml"), str(NLU / "domain"), [str(FOLDER)])


def check_the_same_is_read_as_by_rasa_itself() -> None:
    ours, theirs = importer(Corpus), importer(RasaFileImporter)
    assert ours.get_nlu_data().fingerprint() == theirs.get_nlu_data().fingerprint()
    assert ours.get_domain().fingerprint() == theirs.get_domain().fingerprint()
    assert ours.get_stories().fingerprint() == theirs.get_stories().fingerprint()


def check_nothing_is_read_twice() -> None:
    corpus = importer(Corpus)
    assert corpus.get_nlu_data("ja") is corpus.get_nlu_data()
    assert corpus.get_domain() is corpus.get_domain()
    assert corpus.get_stories() is corpus.get_stories()


def check_a_copied_sentence_does_not_change_with_its_original() -> None:
    sentence = Sentence({"text": "ごみの日", "intent": "ask_waste_day"})
    twin, before = copy.deepcopy(sentence), sentence.fingerprint()
    sentence.set("intent", "ask_waste_day")
    assert sentence.fingerprint() == before
    sentence.set("intent", "thank")
    assert sentence.fingerprint() != before
    assert (twin.get("intent"), twin.fingerprint()) == ("ask_waste_day", before)


@pytest.mark.parametrize("file", ALL, ids=lambda file: f"{file.parent.name}/{file.name}")
def check_every_file_obeys_the_schema_of_rasa(file: Path) -> None:
    RasaYAMLReader().validate(file.read_text(encoding="utf-8"))
