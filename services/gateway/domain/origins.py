"""Which pages may use the gateway: origins compared as scheme, host and port."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from shared.errors import ConfigError

DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Origin:
    """Scheme, host and port of a page."""

    scheme: str
    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> "Origin | None":
        """The origin as a browser writes it; None for `null` and everything that is none."""
        try:
            parts = urlsplit(text)
            port = parts.port or DEFAULT_PORTS.get(parts.scheme, 0)
        except ValueError:
            return None
        bare = f"{parts.scheme}://{parts.netloc}"
        if text != bare or text != text.lower() or "@" in text or not (parts.hostname and port):
            return None
        return cls(parts.scheme, parts.hostname, port)


@dataclass(frozen=True)
class OriginRule:
    """`allowed` names the pages; when empty, only pages that this server itself serves are."""

    allowed: frozenset[Origin] = frozenset()
    own_host: str = ""

    @classmethod
    def of(cls, setting: str, own_host: str) -> "OriginRule":
        """Reads DESKBELL_ORIGINS. Raises ConfigError."""
        names = [name.strip() for name in setting.split(",") if name.strip()]
        origins = {name: Origin.parse(name) for name in names}
        for name, origin in origins.items():
            if origin is None or origin.scheme not in DEFAULT_PORTS:
                raise ConfigError(f"DESKBELL_ORIGINS: {name!r} is no origin such as https://shop.example.com")
        return cls(frozenset(origin for origin in origins.values() if origin), own_host.lower())

    def admits(self, origin: str | None, scheme: str, host_header: str) -> bool:
        """Whether a request with this Origin header may pass. Without one it is no browser's."""
        if origin is None:
            return True
        page = Origin.parse(origin)
        if page is None:
            return False
        if self.allowed:
            return page in self.allowed
        return page == Origin.parse(f"{scheme}://{host_header.lower()}") and self._is_ours(page.host)

    def _is_ours(self, host: str) -> bool:
        """A name of somebody else's could be pointed at this machine (DNS rebinding); these cannot."""
        return host in ("localhost", self.own_host) or _is_ip(host)


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
