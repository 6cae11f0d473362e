"""Servers and folders that tests share. A test says what it needs by the fixture it names."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
import structlog

from tests.harness.postgres import Postgres, running_postgres
from tests.harness.program import free_port as find_free_port
from tests.harness.program import missing
from tests.harness.proxy import FaultProxy, fault_proxy
from tests.harness.rabbitmq import RabbitMQ, running_rabbitmq
from tests.harness.valkey import Valkey, running_valkey
from tests.harness.var import link_kept

# Before anything of ours is imported: a developer's .env is no business of the tests.
os.environ["DESKBELL_ENV_FILE"] = ""
KEPT = ("DESKBELL_TEST_ALL", "DESKBELL_ENV_FILE")
MARKS = {"broker": "rabbitmq", "database_server": "postgres", "chromium": "browser"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks every test by the servers that it needs, so that no mark can be forgotten."""
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in MARKS:
                item.add_marker(MARKS[fixture])


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """A command that a test runs in this process sets logging up on a stream that is closed after it."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def make_var(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """Makes a DESKBELL_VAR in a folder, with the models that earlier tests of this run, in any worker, have fitted."""
    base = tmp_path_factory.getbasetemp()
    # The base folder of a worker lies inside that of the whole run.
    shared = (base.parent if hasattr(request.config, "workerinput") else base) / "shared"
    return lambda directory: link_kept(directory / "var", shared)


@pytest.fixture(scope="session")
def common_var(tmp_path_factory: pytest.TempPathFactory, make_var: Callable[[Path], Path]) -> Path:
    """The DESKBELL_VAR of all tests that run in this process and make none of their own."""
    return make_var(tmp_path_factory.getbasetemp())


@pytest.fixture
def var(tmp_path: Path, make_var: Callable[[Path], Path]) -> Path:
    """A DESKBELL_VAR of this test."""
    return make_var(tmp_path)


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch, common_var: Path) -> None:
    """No test reads the developer's settings or writes into their data."""
    for name in os.environ:
        if name.startswith("DESKBELL_") and name not in KEPT:
            monkeypatch.delenv(name)
    monkeypatch.setenv("DESKBELL_VAR", str(common_var))


@pytest.fixture(scope="session")
def state_server() -> Iterator[Valkey]:
    """The private Valkey of this run. A test that kills it starts it again."""
    with running_valkey() as server:
        yield server


@pytest.fixture
def state_url(state_server: Valkey) -> str:
    """The URL of an empty Valkey."""
    state_server.empty()
    return state_server.url


@pytest.fixture(scope="session")
def broker() -> Iterator[RabbitMQ]:
    """The private RabbitMQ of this run. A test that kills it starts it again."""
    with running_rabbitmq() as node:
        yield node


@pytest.fixture
def vhost(broker: RabbitMQ) -> Iterator[str]:
    """A virtual host of this test alone."""
    name = broker.fresh_vhost()
    yield name
    broker.drop_vhost(name)


@pytest.fixture
def rabbitmq_url(broker: RabbitMQ, vhost: str) -> str:
    """The URL of a virtual host without queues."""
    return broker.url(vhost)


@pytest.fixture(scope="session")
def database_server() -> Iterator[Postgres]:
    """The private PostgreSQL of this run."""
    with running_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(database_server: Postgres) -> str:
    """The SQLAlchemy URL of an empty database."""
    return database_server.url(database_server.fresh_database())


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium's program."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return path or missing("Chromium (Debian package chromium)")


@pytest.fixture
def free_port() -> Callable[[], int]:
    """Finds free ports of the loopback."""
    return find_free_port


@pytest.fixture
def proxy_to() -> Callable[[int], AbstractAsyncContextManager[FaultProxy]]:
    """Opens a fault proxy before a port: `async with proxy_to(port) as proxy`."""
    return fault_proxy
