"""Files stay short enough to be read in one go."""

import pytest

from shared.config import ROOT
from tests.architecture.project import tracked

MOST_LINES = 400
CODE = [path for path in tracked("*.py") if path.parts[0] != "tests"]


@pytest.mark.parametrize("path", CODE, ids=str)
def test_a_file_is_at_most_400_lines_long(path: object) -> None:
    assert len((ROOT / str(path)).read_text().splitlines()) <= MOST_LINES
