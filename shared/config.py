"""Settings that all services share, read once from the environment or `.env`."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class DeskbellSettings(BaseSettings):
    """Base of every settings class: names start with DESKBELL_, empty means unset."""

    model_config = SettingsConfigDict(
        env_prefix="DESKBELL_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )


class Settings(DeskbellSettings):
    """The settings of the whole stack; each service adds its own in its `config.py`."""

    env: Literal["dev", "production"] = "production"
    var: Path = Path("var")
    shop_dir: Path = Path("shops/demo")
    bus_url: SecretStr = SecretStr("memory://")
    state_url: SecretStr | None = Field(default=None, description="unset: a private Valkey under var/")
    cache_url: SecretStr | None = Field(default=None, description="unset: the state's server")
    database_url: SecretStr | None = Field(default=None, description="unset: SQLite under var/")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_json: bool = True

    @property
    def embedded(self) -> bool:
        """All services in this process, over the memory bus."""
        return self.bus_url.get_secret_value().startswith("memory:")
