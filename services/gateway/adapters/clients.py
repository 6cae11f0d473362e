"""Who is at the other end: addresses, and the connections that they hold."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from starlette.requests import HTTPConnection

from services.gateway.domain.refusals import Refusal

CONVERSATION_CONNECTIONS = 5
RETRY_AFTER_S = 5.0


@dataclass(frozen=True)
class Client:
    """An address as limits count it: an IPv6 customer owns a whole /64."""

    address: str
    loopback: bool

    @classmethod
    def of(cls, connection: HTTPConnection) -> "Client":
        """The peer; trusted proxies have been looked through before."""
        if connection.client is None:
            return cls("unknown", False)
        try:
            address = ip_address(connection.client.host)
        except ValueError:
            return cls("unknown", False)
        if isinstance(address, IPv6Address):
            if address.ipv4_mapped is None:
                return cls(str(ip_network(f"{address}/64", strict=False)), address.is_loopback)
            address = address.ipv4_mapped
        return cls(str(address), address.is_loopback)


class Connections:
    """The WebSockets of this process: how many from where, and which to close when."""

    def __init__(self, total: int, per_address: int, *, limit_loopback: bool) -> None:
        self._total, self._per_address, self._limit_loopback = total, per_address, limit_loopback
        self._addresses: Counter[str] = Counter()
        self._members: dict[str, list[Membership]] = {}
        self.draining = asyncio.Event()

    def limited(self, client: Client) -> str | None:
        """The address to count, or None where address limits do not apply."""
        return None if client.loopback and not self._limit_loopback else client.address

    @contextmanager
    def admitted(self, client: Client) -> Iterator[None]:
        """A place for a connection. Raises Refusal when there is none."""
        if self.draining.is_set():
            raise Refusal("draining", retry_after_s=RETRY_AFTER_S)
        if self._addresses.total() >= self._total:
            raise Refusal("unavailable", retry_after_s=RETRY_AFTER_S)
        address = self.limited(client)
        if address is not None and self._addresses[address] >= self._per_address:
            raise Refusal("too_many_connections", retry_after_s=RETRY_AFTER_S)
        self._addresses[client.address] += 1
        try:
            yield
        finally:
            self._addresses -= Counter([client.address])

    @contextmanager
    def joined(self, conversation_id: str) -> Iterator["Membership"]:
        """Membership in a conversation; the oldest has to leave when there are too many."""
        membership = Membership()
        members = self._members.setdefault(conversation_id, [])
        members.append(membership)
        if len(members) > CONVERSATION_CONNECTIONS:
            members[0].leave("replaced")
        if self.draining.is_set():
            membership.leave("draining")
        try:
            yield membership
        finally:
            members.remove(membership)
            if not members:
                self._members.pop(conversation_id, None)

    def end(self, conversation_id: str) -> None:
        """Closes the connections of an erased conversation."""
        for member in self._members.get(conversation_id, []):
            member.leave("gone")

    def drain(self) -> None:
        """Takes nobody in any more and asks all to leave."""
        self.draining.set()
        for members in self._members.values():
            for member in members:
                member.leave("draining")

    @property
    def open(self) -> int:
        return self._addresses.total()


class Membership:
    """A connection's place in its conversation; `asked` tells why it should leave."""

    def __init__(self) -> None:
        self._reason = ""
        self._asked = asyncio.Event()

    def leave(self, reason: str) -> None:
        self._reason = self._reason or reason
        self._asked.set()

    async def asked(self) -> str:
        await self._asked.wait()
        return self._reason
