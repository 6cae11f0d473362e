"""Tests are handed to workers by name."""

from collections import Counter

import pytest


def test_no_two_tests_of_a_worker_share_a_name(request: pytest.FixtureRequest) -> None:
    """Of several with one name a worker runs one; so they have to be marked `alone`, and run without workers."""
    names = Counter(item.nodeid for item in request.session.items if not item.get_closest_marker("alone"))
    assert [name for name, tests in names.items() if tests > 1] == []
