"""Reads the rules that lie beside the code."""

from importlib.resources import files

import yaml

from services.nlu.domain.signals import SignalRules


def load_signals() -> SignalRules:
    """The rules of `services/nlu/domain/signals.yaml`."""
    return SignalRules.of(yaml.safe_load(files("services.nlu.domain").joinpath("signals.yaml").read_text("utf-8")))
