"""docs/shop-api.yaml, the reference server and the client say the same."""

import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import negative_data_rejection

from services.dialogue.adapters.http_wire import FACTS
from services.dialogue.adapters.sql_shop import SqlShop, open_sql_shop
from services.dialogue.domain.actions import ACTIONS
from shared.shop import load_shop
from tests.harness.program import Program, free_port
from tests.harness.shop_server import ROUTES, TOKEN, serving
from tests.unit.services.dialogue.domain.test_acts import ALLOWED

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = yaml.safe_load((ROOT / "docs/shop-api.yaml").read_text())
DEMO = load_shop(ROOT / "shops/demo")
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
API = schemathesis.openapi.from_dict(CONTRACT)
LENIENT = [negative_data_rejection]
"""A shop may take more than the contract asks it to."""
ACTS = [row for row in ALLOWED if row[0] != "claim_price_protection"]


def test_the_reference_server_serves_the_contract_and_nothing_else() -> None:
    written = {
        (method.upper(), path)
        for path, calls in CONTRACT["paths"].items()
        for method in calls
        if method in ("get", "post", "put", "delete")
    }
    assert written == set(ROUTES)


def test_the_facts_that_previews_need_stand_in_the_contract() -> None:
    told = CONTRACT["components"]["schemas"]["Facts"]["x-facts"]
    assert {action: tuple(names) for action, names in told.items()} == dict(FACTS)
    assert set(FACTS) <= set(ACTIONS)


def valid(operation: str, status: str, body: Any) -> None:
    """Raises a validation error where the body is not what the contract says of this call."""
    path, method = operation.split(" ")
    reply = CONTRACT["paths"][path][method]["responses"][status]
    if "$ref" in reply:
        reply = CONTRACT["components"]["responses"][reply["$ref"].rpartition("/")[2]]
    (content,) = reply["content"].values()
    schema = {**content["schema"], "components": CONTRACT["components"]}
    jsonschema_rs.Draft202012Validator(schema, validate_formats=True).validate(body)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[SqlShop]:
    async with open_sql_shop(f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}", DEMO, 10, clock=lambda: NOW) as backend:
        yield backend


async def test_what_is_answered_about_real_records_fits_the_contract(shop: SqlShop) -> None:
    async with serving(shop, DEMO) as server, httpx.AsyncClient(base_url=server.url, headers=HEADERS) as client:
        for path, operation in {
            "/about": "/about get",
            "/customers/C002": "/customers/{customer_id} get",
            "/customers/C002/orders": "/customers/{customer_id}/orders get",
            "/customers/C002/requests": "/customers/{customer_id}/requests get",
            "/orders/MB10003": "/orders/{number} get",
            "/products": "/products get",
            "/products?id=P3001&id=P1004-PNK-39": "/products get",
        }.items():
            valid(operation, "200", (await client.get(path)).raise_for_status().json())
        for path, operation in {
            "/customers/C999": "/customers/{customer_id} get",
            "/orders/MB99999": "/orders/{number} get",
            "/receipts/none": "/receipts/{key} get",
        }.items():
            valid(operation, "404", (await client.get(path)).json())


@pytest.mark.parametrize(
    ("action", "customer", "asked"), [row for row in ALLOWED if row[0] != "claim_price_protection"]
)
async def test_every_act_fits_the_contract(shop: SqlShop, action: str, customer: str, asked: dict[str, str]) -> None:
    async with serving(shop, DEMO) as server, httpx.AsyncClient(base_url=server.url, headers=HEADERS) as client:
        path = f"/customers/{customer}/previews"
        previewed = (await client.post(path, json={"action": action, "arguments": asked})).json()
        valid("/customers/{customer_id}/previews post", "200", previewed)
        assert set(FACTS[action]) <= set(previewed["preview"]["facts"])
        body = {"preview": previewed["preview"], "not_after": (datetime.now(UTC) + timedelta(minutes=1)).isoformat()}
        path, key = f"/customers/{customer}/commits", {"Idempotency-Key": "k"}
        valid(
            "/customers/{customer_id}/commits post",
            "200",
            (await client.post(path, json=body, headers=key)).json(),
        )
        valid("/receipts/{key} get", "200", (await client.get("/receipts/k")).json())
        # The same state is gone: another key finds it changed, or does it once more under a receipt of its own.
        again = (await client.post(path, json=body, headers={"Idempotency-Key": "k2"})).json()
        valid("/customers/{customer_id}/commits post", "200", again)


# --- whatever is sent ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The reference server as a process of its own."""
    folder, port = tmp_path_factory.mktemp("reference"), free_port()
    command = [sys.executable, "-m", "tests.harness.shop_server", "--shop", str(ROOT / "tests/fixtures/shop_small")]
    command += ["--port", str(port), "--database", str(folder / "shop.db")]
    url = f"http://127.0.0.1:{port}"
    program = Program(command, folder / "server.log", {"PYTHONPATH": str(ROOT)})

    def answers() -> bool:
        try:
            return httpx.get(f"{url}/about", headers=HEADERS).status_code == 200
        except httpx.HTTPError:
            return False

    program.start(answers, 60)
    yield url
    program.stop()


@pytest.mark.slow
@pytest.mark.alone  # one name for the tests of all calls: of several with a name, a worker runs one
@API.parametrize()
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_is_sent_is_answered_by_the_contract(case: schemathesis.Case, reference: str) -> None:
    case.call_and_validate(base_url=reference, headers=HEADERS, excluded_checks=LENIENT)
