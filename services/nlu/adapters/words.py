"""Reads the words that lie beside the code."""

from importlib.resources import files

import yaml

from services.nlu.domain.preparing.words import Words


def load_words() -> Words:
    """The stop words and synonyms of `services/nlu/domain/preparing/words.yaml`."""
    path = files("services.nlu.domain.preparing").joinpath("words.yaml")
    return Words.of(yaml.safe_load(path.read_text("utf-8")))
