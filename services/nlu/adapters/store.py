"""The models of a shop: `<var>/models/<shop>-<hash of its path>/`, a folder each, and `live.json` that names one.

Whoever serves looks at `live.json` and exchanges its model when that changes. Without it the service fits by itself.
"""

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from shared.errors import ConfigError
from shared.folders import put_folder

KEPT = 5
"""So many earlier models stay on disk to go back to."""


@dataclass(frozen=True)
class Live:
    """The version in use, None for the service's own, and the ones before it, the latest last."""

    version: str | None = None
    before: tuple[str | None, ...] = ()


@dataclass(frozen=True)
class ModelStore:
    """The models that have been promoted for one shop."""

    folder: Path

    @classmethod
    def of(cls, var: Path, shop_dir: Path) -> "ModelStore":
        shop = shop_dir.resolve()
        return cls(var.resolve() / "models" / f"{shop.name}-{sha256(str(shop).encode()).hexdigest()[:8]}")

    @property
    def pointer(self) -> Path:
        return self.folder / "live.json"

    def live(self) -> Live:
        """What `live.json` says. Raises ConfigError when it cannot be read."""
        try:
            said = json.loads(self.pointer.read_text("utf-8"))
            return Live(said["version"], tuple(said["before"]))
        except FileNotFoundError:
            return Live()
        except (OSError, ValueError, KeyError, TypeError) as exc:
            raise ConfigError(f"{self.pointer} cannot be read; remove it, and promote a model again") from exc

    def live_folder(self) -> Path | None:
        """Where the promoted model lies, or None if the service is to fit its own."""
        version = self.live().version
        return None if version is None else self.folder / version

    def stamp(self) -> tuple[int, int, int] | None:
        """Changes whenever another model is put live."""
        try:
            found = self.pointer.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def promote(self, model: Path) -> str:
        """Copies the model into the store and puts it live; returns its version. Raises ConfigError."""
        with self._alone():
            live = self.live()
            version = f"{self._next():04d}-{_digest(model)}"
            put_folder(self.folder / version, lambda draft: _copy(model, draft), lambda _: False)
            self._put(Live(version, (*live.before, live.version)[-KEPT:]))
            self._forget_old()
        return version

    def rollback(self) -> str | None:
        """Puts the previous model live; returns its version, None for the service's own. Raises ConfigError."""
        with self._alone():
            live = self.live()
            if not live.before:
                raise ConfigError("there is no earlier model to go back to")
            *before, version = live.before
            if version is not None and not (self.folder / version).is_dir():
                raise ConfigError(f"the previous model {version} is no longer in {self.folder}; promote another one")
            self._put(Live(version, tuple(before)))
        return version

    def _next(self) -> int:
        numbers = [int(path.name[:4]) for path in self.folder.glob("[0-9][0-9][0-9][0-9]-*")]
        return max(numbers, default=0) + 1

    def _put(self, live: Live) -> None:
        with tempfile.NamedTemporaryFile("w", dir=self.folder, suffix=".json", delete=False, encoding="utf-8") as draft:
            json.dump({"version": live.version, "before": live.before}, draft)
            draft.write("\n")
            draft.flush()
            os.fsync(draft.fileno())
        os.chmod(draft.name, 0o644)
        os.replace(draft.name, self.pointer)

    def _forget_old(self) -> None:
        live = self.live()
        needed = {live.version, *live.before}
        for path in self.folder.glob("[0-9][0-9][0-9][0-9]-*"):
            if path.name not in needed:
                shutil.rmtree(path, ignore_errors=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One who promotes at a time."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with (self.folder / ".lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except PermissionError as exc:
            raise ConfigError(
                f"cannot write to {self.folder}; give this user the right to, or set DESKBELL_VAR"
            ) from exc


def _digest(model: Path) -> str:
    return sha256((model / "card.json").read_bytes()).hexdigest()[:8]


def _copy(model: Path, draft: Path) -> None:
    shutil.copytree(model, draft, dirs_exist_ok=True)
    for path in (draft, *draft.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
