"""The gateway's settings, all with the prefix DESKBELL_."""

from ipaddress import ip_address

import structlog
from pydantic import Field, SecretStr

from services.gateway.domain.customer_token import (
    SAFE_SECRET_BYTES,
    CustomerKey,
    development_key,
    parse_keys,
)
from services.gateway.domain.gcra import Limit
from shared.config import DeskbellSettings, Settings
from shared.errors import ConfigError

log = structlog.get_logger()


class GatewaySettings(DeskbellSettings):
    """Where the gateway listens, whom it lets in, and how often."""

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65_535)
    internal_host: str = "127.0.0.1"
    internal_port: int | None = Field(None, ge=0, le=65_535, description="unset: the port after DESKBELL_PORT")
    origins: str = Field("", description="pages that may use the gateway, comma-separated; unset: its own")
    trusted_proxies: str = Field("", description="addresses or networks whose X-Forwarded-For counts")
    customer_keys: SecretStr = SecretStr("")
    customer_issuer: str = Field("", description="the `iss` that customer tokens must carry; unset: any")
    conversation_days: float = Field(7, gt=0)
    limit_loopback: bool = Field(False, description="address limits hold for this machine itself, too")
    connections: int = Field(5000, ge=1, description="WebSockets of one gateway process")
    address_connections: int = Field(20, ge=1, description="WebSockets of one address")
    address_burst: int = Field(60, ge=1, description="conversations that an address may begin at once ...")
    address_per_s: float = Field(1, gt=0, description="... and then each second")
    message_burst: int = Field(40, ge=1, description="messages that a conversation may bring at once ...")
    message_per_s: float = Field(5, gt=0, description="... and then each second")

    @property
    def life_s(self) -> int:
        """How long a conversation lives, in seconds."""
        return round(self.conversation_days * 86_400)

    @property
    def actual_internal_port(self) -> int:
        """The internal port; a free one where the public port is any free one."""
        if self.internal_port is not None:
            return self.internal_port
        return self.port + 1 if self.port else 0

    @property
    def per_conversation(self) -> Limit:
        return Limit("messages", self.message_burst, self.message_per_s)

    @property
    def per_address(self) -> Limit:
        return Limit("conversations", self.address_burst, self.address_per_s)

    @property
    def proxies(self) -> list[str]:
        return [proxy.strip() for proxy in self.trusted_proxies.split(",") if proxy.strip()]


def is_demo(settings: Settings) -> bool:
    """Whether development keys and the pages under /demo are offered."""
    return settings.embedded or settings.env == "dev"


def customer_keys(settings: Settings, gateway: GatewaySettings, shop: str) -> dict[str, CustomerKey]:
    """The keys that customer tokens may be signed with. Raises ConfigError."""
    keys = parse_keys(gateway.customer_keys.get_secret_value())
    for kid in (kid for kid, key in keys.items() if key.weak):
        if not is_demo(settings):
            raise ConfigError(
                f"DESKBELL_CUSTOMER_KEYS: the secret of {kid} must have {SAFE_SECRET_BYTES} bytes or more"
            )
        log.warning("gateway.weak_customer_key", kid=kid)
    if is_demo(settings):
        key = development_key(shop)
        keys[key.kid] = key
        if not _is_local(gateway.host):
            log.warning("gateway.development_key_reachable", host=gateway.host)
    return keys


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
