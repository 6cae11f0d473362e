"""What the architecture tests read of the project."""

import ast
import importlib
import shutil
import subprocess
from functools import cache
from pathlib import Path

from shared.config import ROOT, DeskbellSettings

SERVICES = ("nlu", "dialogue", "generator", "gateway", "proactive")


@cache
def tracked(pattern: str) -> tuple[Path, ...]:
    """The project's files that match, relative to its root; without git, those on disk."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        found = (path.relative_to(ROOT) for path in ROOT.glob(f"**/{pattern}"))
        return tuple(path for path in found if not path.parts[0].startswith("."))
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", pattern]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=True)
    return tuple(path for path in map(Path, listed.stdout.splitlines()) if (ROOT / path).is_file())


@cache
def settings_classes() -> tuple[type[DeskbellSettings], ...]:
    """Every settings class of the project."""
    return tuple(
        getattr(importlib.import_module(".".join(path.with_suffix("").parts)), node.name)
        for path in tracked("*.py")
        if path.parts[0] in ("services", "shared")
        for node in ast.parse((ROOT / path).read_text()).body
        if isinstance(node, ast.ClassDef) and any("DeskbellSettings" in ast.unparse(base) for base in node.bases)
    )


def environment_names(settings: type[DeskbellSettings]) -> list[str]:
    """The variables that a settings class reads."""
    return [f"DESKBELL_{name}".upper() for name in settings.model_fields]
