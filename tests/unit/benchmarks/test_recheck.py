"""The second look at released replies finds wrong numbers, units and names, and lets true ones pass."""

import pytest

from benchmarks.generation.recheck import recheck

SOURCES = (
    "Standard delivery costs €6.90 and takes 7-10 working days. You have thirty days to return it.",
    "Parcels are handed to DHL. From 3,000 mm it keeps rain out.",
)


@pytest.mark.parametrize(
    "reply",
    [
        "It takes 7-10 working days and costs €6.90.",
        "You have 30 days to return it.",
        "Your parcel is handed to DHL.",
        "It keeps rain out from 3000 mm.",
    ],
)
def test_what_is_so_passes(reply: str) -> None:
    assert recheck(reply, SOURCES).passed


@pytest.mark.parametrize(
    ("reply", "numbers", "names"),
    [
        ("It takes 5 working days.", ("5 day",), ()),
        ("You have 30 weeks to return it.", ("30 week",), ()),
        ("It costs €7.90.", ("7.9 euro",), ()),
        ("It is brought by FedEx.", (), ("FedEx",)),
    ],
)
def test_what_is_not_so_is_told(reply: str, numbers: tuple[str, ...], names: tuple[str, ...]) -> None:
    found = recheck(reply, SOURCES)
    assert (found.numbers, found.names) == (numbers, names)
