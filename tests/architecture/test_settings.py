"""Every setting can be found by whoever runs Deskbell."""

import re

import pytest
import yaml

from shared.config import ROOT
from tests.architecture.project import environment_names, settings_classes, tracked

NAMES = sorted({name for settings in settings_classes() for name in environment_names(settings)})
READMES = "\n".join((ROOT / path).read_text() for path in tracked("*README.md"))
EXAMPLE = (ROOT / ".env.example").read_text()


def mentions(text: str, name: str) -> bool:
    return re.search(rf"\b{name}\b", text) is not None


@pytest.mark.parametrize("name", NAMES)
def test_a_setting_stands_in_the_example_and_in_a_readme(name: str) -> None:
    assert mentions(EXAMPLE, name)
    assert mentions(READMES, name)


def test_the_example_names_nothing_else() -> None:
    known = {*NAMES, *re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text())}
    assert set(re.findall(r"^#? ?([A-Z][A-Z_]+)=", EXAMPLE, re.MULTILINE)) - known == set()


@pytest.mark.parametrize("settings", settings_classes(), ids=lambda settings: settings.__qualname__)
def test_compose_hands_a_setting_to_the_services_that_read_it(settings: type) -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    package = settings.__module__.split(".")[1]
    readers = [package] if package in services else [name for name in services if "build" in services[name]]
    for reader in readers:
        wanted = {name for name in environment_names(settings) if name != "DESKBELL_DATABASE_URL"}
        assert wanted - set(services[reader]["environment"]) == set()
