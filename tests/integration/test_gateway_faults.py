"""Redis away, ports taken, keys wrong."""

import socket
from pathlib import Path

import pytest
from pydantic import SecretStr

from services.gateway.adapters.redis_limits import MAX_SUBJECTS, LocalLimiter, RedisLimiter
from services.gateway.config import GatewaySettings, customer_keys
from services.gateway.domain.gcra import Limit
from services.gateway.service import build
from shared.bus.memory import MemoryBus
from shared.config import Settings
from shared.errors import ConfigError
from shared.service import World
from shared.store.client import open_redis
from tests.harness.program import free_port
from tests.harness.valkey import Valkey
from tests.integration.gateway_stack import running_gateway


async def test_without_redis_messages_are_refused_sockets_stay_and_all_goes_on_afterwards(
    state_server: Valkey, state_url: str
) -> None:
    async with running_gateway(state_url) as gateway:
        talk = await gateway.begin()
        async with talk.socket() as wire:
            state_server.kill()
            try:
                response = await talk.post("messages", {"client_message_id": "m1", "text": "x"})
                assert (response.status_code, response.json()["code"]) == (503, "unavailable")
                assert "Retry-After" in response.headers
                assert (await gateway.http.get("/readyz")).status_code == 503
                assert (await gateway.http.get("/healthz")).status_code == 200
                await wire.send(type="message", client_message_id="m1", text="x")
                assert (await wire.next())["code"] == "unavailable"
            finally:
                state_server.start()
            await wire.send(type="message", client_message_id="m1", text="x")
            assert (await wire.next("accepted"))["seq"] == 1
            assert (await wire.next("reply", within_s=10))["reply"]["turn"] == 1


async def test_limits_hold_stricter_while_redis_is_away() -> None:
    async with open_redis(f"redis://127.0.0.1:{free_port()}") as nowhere:
        limiter = RedisLimiter(nowhere)
        limit = Limit("test", 4, 0.01)
        waits = [await limiter.wait_s(limit, "one") for _ in range(3)]
        assert waits[:2] == [0, 0]
        assert waits[2] > 0
        assert await limiter.wait_s(limit, "two") == 0


async def test_limits_in_redis_are_shared_and_lapse(state_url: str) -> None:
    async with open_redis(state_url) as redis:
        one, two = RedisLimiter(redis), RedisLimiter(redis)
        limit = Limit("test", 2, 1)
        assert [await one.wait_s(limit, "x"), await two.wait_s(limit, "x")] == [0, 0]
        assert 0.9 < await one.wait_s(limit, "x") <= 1
        [key] = await redis.keys("deskbell:limit:*")
        assert 1000 < await redis.pttl(key) <= 2002


def test_the_local_limiter_forgets_the_oldest() -> None:
    limiter = LocalLimiter()
    for number in range(MAX_SUBJECTS + 5):
        limiter.take(Limit("test", 1, 1), str(number))
    assert len(limiter._moments) == MAX_SUBJECTS
    assert limiter.take(Limit("test", 1, 1), "0") == 0


@pytest.mark.parametrize("taken", ["PORT", "INTERNAL_PORT"])
async def test_a_port_that_is_taken_is_one_clear_sentence(
    state_url: str, monkeypatch: pytest.MonkeyPatch, taken: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        monkeypatch.setenv("DESKBELL_PORT", str(free_port()))
        monkeypatch.setenv(f"DESKBELL_{taken}", str(other.getsockname()[1]))
        async with open_redis(state_url) as redis:
            world = World(Settings(), MemoryBus(), redis, redis, "")
            with pytest.raises(ConfigError, match=f"port .* is taken; .*DESKBELL_{taken}"):
                async with build(world):
                    pass


async def test_a_port_is_free_again_after_the_stop(state_url: str) -> None:
    port = free_port()
    for _ in range(2):
        async with running_gateway(state_url, PORT=str(port)) as gateway:
            assert (await gateway.http.get("/healthz")).status_code == 200


def settings_of(env: str, bus: str) -> Settings:
    return Settings(env=env, bus_url=SecretStr(bus), shop_dir=Path("shops/demo"))  # type: ignore[arg-type]


def test_the_development_key_counts_only_where_it_may() -> None:
    long = SecretStr(f"live:{'s' * 32}")
    for env, bus, kids in (
        ("production", "memory://", {"live", "development"}),
        ("dev", "amqp://broker", {"live", "development"}),
        ("production", "amqp://broker", {"live"}),
    ):
        assert customer_keys(settings_of(env, bus), GatewaySettings(customer_keys=long), "shop").keys() == kids


def test_a_weak_secret_is_refused_in_production() -> None:
    weak = GatewaySettings(customer_keys=SecretStr("live:short"))
    assert "live" in customer_keys(settings_of("dev", "amqp://broker"), weak, "shop")
    with pytest.raises(ConfigError, match="32 bytes"):
        customer_keys(settings_of("production", "amqp://broker"), weak, "shop")


async def test_the_demo_is_not_offered_in_production(state_url: str) -> None:
    async with running_gateway(state_url, BUS_URL="amqp://broker") as gateway:
        for path in ("/demo/products", "/demo/customers", "/demo/outbox.json", "/demo/outbox"):
            assert (await gateway.http.get(path)).status_code == 404
        assert (await gateway.http.post("/demo/token", json={"customer": "C001"})).status_code == 404
    async with running_gateway(state_url) as gateway:
        await gateway.world.cache.lpush("deskbell:demo:outbox", '{"to":"a@example.com","code":"1","at":"2026-01-01"}')
        await gateway.world.cache.lpush("deskbell:demo:outbox", '{"to":"a@example.com","code":"2","at":"2026-01-02"}')
        for path in ("/demo/outbox.json", "/demo/outbox"):
            assert [letter["code"] for letter in (await gateway.http.get(path)).json()] == ["2", "1"]
        page = await gateway.http.get("/demo/outbox", headers={"Accept": "text/html"})
        assert page.headers["content-type"].startswith("text/html")
        assert {"id", "name"} <= (await gateway.http.get("/demo/customers")).json()[0].keys()
        product = (await gateway.http.get("/demo/products")).json()[0]
        assert set(product["price"]) == {"CNY", "EUR"}
        unknown = await gateway.http.post("/demo/token", json={"customer": "nobody"})
        assert unknown.status_code == 404


async def test_pages_carry_a_policy_and_the_widget_is_served(state_url: str) -> None:
    async with running_gateway(state_url) as gateway:
        page = await gateway.http.get("/")
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "'unsafe-" not in policy
        for path in ("/chat-widget.js", "/static/chat-widget.js", "/widget/connection.js", "/static/shop/shop.css"):
            served = await gateway.http.get(path)
            assert served.status_code == 200, path
            assert served.headers["X-Content-Type-Options"] == "nosniff"
        assert "server" not in page.headers
        ranges = ",".join(f"{number}-{number + 1}" for number in range(0, 20_000, 2))
        many = await gateway.http.get("/chat-widget.js", headers={"Range": f"bytes={ranges}"})
        assert many.status_code in (200, 206, 400, 416)
