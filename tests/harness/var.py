"""Folders for DESKBELL_VAR that share what takes long to make: fitted models, vectors, the encoder's graph."""

from pathlib import Path

KEPT = ("models", "vectors", "cache", "encoder")


def link_kept(var: Path, shared: Path) -> Path:
    """Makes the folder `var`, in which models and the like lie in `shared`. Returns it."""
    var.mkdir(parents=True)
    for name in KEPT:
        (shared / name).mkdir(parents=True, exist_ok=True)
        (var / name).symlink_to(shared / name)
    return var
