"""`deskbell doctor` before real servers."""

from pydantic import SecretStr

from services.commands import doctor
from services.commands.doctor import Finding
from shared.config import Settings
from tests.harness.rabbitmq import RabbitMQ


async def findings(**urls: str) -> dict[str, Finding]:
    settings = Settings(**{name: SecretStr(url) for name, url in urls.items()})  # type: ignore[arg-type]
    return {finding.subject: finding async for finding in doctor.servers(settings)}


async def test_a_broker_that_answers(rabbitmq_url: str) -> None:
    assert (await findings(bus_url=rabbitmq_url, state_url="redis://x"))["bus"].state == "ok"


async def test_a_broker_that_refuses_the_password(broker: RabbitMQ) -> None:
    bus = (await findings(bus_url=f"amqp://guest:guess@127.0.0.1:{broker.port}/"))["bus"]
    assert bus.state == "wrong" and bus.remedy == "mend DESKBELL_BUS_URL"
    assert "guess" not in str(bus)


async def test_a_database_that_answers(postgres_url: str) -> None:
    assert (await findings(database_url=postgres_url))["database"].state == "ok"
