"""Folders that are there as a whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from shared.errors import ConfigError


def put_folder(folder: Path, fill: Callable[[Path], None], is_whole: Callable[[Path], bool]) -> None:
    """Fills a draft and puts it in place at once; a whole one that another process has put there meanwhile stays.

    Raises ConfigError where this user may not write.
    """
    draft = _draft(folder)
    try:
        fill(draft)
        if not is_whole(folder):
            shutil.rmtree(folder, ignore_errors=True)
            _rename(draft, folder, is_whole)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _draft(folder: Path) -> Path:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as exc:
        told = f"cannot write to {folder.parent}; give this user the right to, or set DESKBELL_VAR"
        raise ConfigError(told) from exc


def _rename(draft: Path, folder: Path, is_whole: Callable[[Path], bool]) -> None:
    try:
        os.rename(draft, folder)
    except OSError:
        if not is_whole(folder):
            raise
