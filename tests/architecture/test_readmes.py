"""The README of a service tells what it consumes and publishes, and tells the truth."""

import re

import pytest

from shared.config import ROOT
from shared.contracts.topology import PUBLISHES, WORK_QUEUES
from tests.architecture.project import SERVICES

HEADINGS = ["Purpose", "Consumes", "Publishes", "Settings", "Try it", "Where to look"]
MOST_LINES = 80
TYPES = {queue.carries.type for queue in WORK_QUEUES}


def sections(service: str) -> dict[str, str]:
    text = (ROOT / "services" / service / "README.md").read_text()
    parts = re.split(r"^## +(.+)$", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


@pytest.mark.parametrize("service", SERVICES)
def test_it_fits_a_screen_and_has_the_same_headings_as_the_others(service: str) -> None:
    assert list(sections(service)) == HEADINGS
    assert len((ROOT / "services" / service / "README.md").read_text().splitlines()) <= MOST_LINES


@pytest.mark.parametrize("service", SERVICES)
def test_it_consumes_and_publishes_what_the_topology_says(service: str) -> None:
    told = {
        heading: set(re.findall(r"`([a-z]+\.[a-z]+)`", text)) & TYPES for heading, text in sections(service).items()
    }
    assert told["Consumes"] == {queue.carries.type for queue in WORK_QUEUES if queue.service == service}
    assert told["Publishes"] == {kind.type for kind in PUBLISHES.get(service, ())}
