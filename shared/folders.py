"""Folders that are there as a whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path


def put_folder(folder: Path, fill: Callable[[Path], None], is_whole: Callable[[Path], bool]) -> None:
    """Fills a draft and puts it in place at once; a whole one that another process has put there meanwhile stays."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        fill(draft)
        if not is_whole(folder):
            shutil.rmtree(folder, ignore_errors=True)
            _rename(draft, folder, is_whole)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _rename(draft: Path, folder: Path, is_whole: Callable[[Path], bool]) -> None:
    try:
        os.rename(draft, folder)
    except OSError:
        if not is_whole(folder):
            raise
