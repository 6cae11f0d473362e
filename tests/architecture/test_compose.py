"""The compose file runs real services, shut in as far as they can be."""

from typing import Any

import pytest
import yaml

from shared.config import ROOT
from tests.architecture.project import SERVICES

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
OURS = {name: service for name, service in COMPOSE.items() if "build" in service}
TOOLS = COMPOSE["tools"]


def test_every_service_runs_as_itself() -> None:
    commands = {name: service["command"] for name, service in OURS.items() if service is not TOOLS}
    assert commands == {name: ["run", name] for name in SERVICES}


def test_the_tools_stand_beside_the_gateway_and_run_when_asked() -> None:
    assert TOOLS["profiles"] == ["tools"]
    assert TOOLS["network_mode"] == "service:gateway"
    profiles = {name: service["profiles"] for name, service in COMPOSE.items() if "profiles" in service}
    assert profiles == {name: [name] for name in ("tools", "llm-cpu", "llm-gpu")}


def test_a_mistyped_shop_folder_is_not_made() -> None:
    mounts = [mount for service in OURS.values() for mount in service["volumes"] if isinstance(mount, dict)]
    assert [mount["bind"]["create_host_path"] for mount in mounts] == [False] * len(OURS)


@pytest.mark.parametrize("service", OURS.values(), ids=OURS)
def test_a_service_is_shut_in(service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"user", "privileged", "cap_add"} & set(service) == set()
    assert service.get("network_mode", "service:gateway") == "service:gateway"


def test_nothing_but_the_gateway_is_published_and_that_on_the_loopback() -> None:
    assert {name: service["ports"] for name, service in COMPOSE.items() if "ports" in service} == {
        "gateway": ["127.0.0.1:${DESKBELL_PORT:-8000}:8000"]
    }


@pytest.mark.parametrize("name", COMPOSE)
def test_whoever_depends_on_another_waits_until_that_is_healthy(name: str) -> None:
    for needed, how in COMPOSE[name].get("depends_on", {}).items():
        assert how == {"condition": "service_healthy"}
        assert "healthcheck" in COMPOSE[needed] or needed in OURS


def test_the_image_is_healthy_when_the_service_is_ready() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert "HEALTHCHECK" in dockerfile and "/readyz" in dockerfile
    last_users = [
        stage.rpartition("\nUSER ")[2].split()[0] for stage in dockerfile.split("\nFROM ") if "\nUSER " in stage
    ]
    assert last_users == ["10001:10001"] * 2
    assert dockerfile.splitlines()[-1] == "FROM service"
