"""Settings that all services share, read once from the environment or `.env`.

Defaults that are paths lie in the project's folder, wherever a command is started; a path that
somebody sets or passes is relative to the folder in which they do so.
"""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[1]


class DeskbellSettings(BaseSettings):
    """Base of every settings class: names start with DESKBELL_, empty means unset."""

    model_config = SettingsConfigDict(
        env_prefix="DESKBELL_",
        env_file=os.environ.get("DESKBELL_ENV_FILE", ROOT / ".env"),
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )


class Settings(DeskbellSettings):
    """The settings of the whole stack; each service adds its own in its `config.py`."""

    env: Literal["dev", "production"] = "production"
    var: Path = ROOT / "var"
    shop_dir: Path = ROOT / "shops" / "demo"
    bus_url: SecretStr = SecretStr("memory://")
    state_url: SecretStr | None = Field(default=None, description="unset: a private Valkey under var/")
    cache_url: SecretStr | None = Field(default=None, description="unset: the state's server")
    database_url: SecretStr | None = Field(default=None, description="unset: SQLite under var/")
    start_wait_s: float = Field(default=60.0, gt=0, description="how long Redis and the database may be away")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_json: bool = True

    @property
    def embedded(self) -> bool:
        """All services in this process, over the memory bus."""
        return self.bus_url.get_secret_value().startswith("memory:")
