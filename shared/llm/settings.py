"""Which server speaks for the shop."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr

from shared.errors import ConfigError

ENDPOINT = "/chat/completions"


@dataclass(frozen=True)
class LlmServer:
    """An OpenAI-compatible server and the model that is asked of it. Its URL and key are never printed."""

    url: SecretStr
    model: str
    api_key: SecretStr | None = None


class LlmFields(BaseModel):
    """Mixed into the settings of a service that may ask the model: the others are not handed the key."""

    llm_url: SecretStr | None = Field(default=None, description="base URL of an OpenAI-compatible server; unset: none")
    llm_model: str | None = Field(default=None, description="the model's name as that server knows it")
    llm_api_key: SecretStr | None = Field(default=None, description="sent as a bearer token; unset: none")

    @property
    def llm_server(self) -> LlmServer | None:
        """None where no server is set. Raises ConfigError for half a setting."""
        if self.llm_url is None:
            return None
        if self.llm_model is None:
            raise ConfigError("DESKBELL_LLM_URL is set and DESKBELL_LLM_MODEL is not; name the model that it serves")
        if self.llm_api_key and not _header_value(self.llm_api_key.get_secret_value()):
            raise ConfigError("DESKBELL_LLM_API_KEY holds blanks or other than ASCII characters; copy the key again")
        return LlmServer(SecretStr(_endpoint(self.llm_url.get_secret_value())), self.llm_model, self.llm_api_key)


def _endpoint(base: str) -> str:
    """Where chats are asked; a base without a path means `/v1`, where such servers answer."""
    url = base.strip().rstrip("/").removesuffix(ENDPOINT)
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or parts.fragment)
        _ = parts.port
    except ValueError:
        usable = False
    if not usable:
        # What is wrong is not repeated: the URL may hold a password.
        raise ConfigError("DESKBELL_LLM_URL is no address of a server; write http://HOST:PORT/v1")
    return url + ("" if parts.path else "/v1") + ENDPOINT


def _header_value(key: str) -> bool:
    return key.isascii() and key.isprintable() and " " not in key
