import importlib.metadata
from pathlib import Path

import pytest
from pydantic import SecretStr

from services.commands import doctor
from services.commands.doctor import Finding
from shared.config import Settings

NOBODY = "127.0.0.1:1"


def test_a_finding_is_a_line_with_its_remedy() -> None:
    assert str(Finding("wrong", "bus", "no answer", "start it")) == "wrong  bus          no answer -> start it"


def test_a_set_that_is_not_installed_is_off_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", absent)
    states = {finding.subject: finding for finding in doctor.installed()}
    assert states["tests"].state == "off" and "./deskbell test" in states["tests"].remedy


def test_a_folder_that_is_no_shop_is_wrong(tmp_path: Path) -> None:
    finding = doctor.shop_folder(tmp_path)
    assert finding.state == "wrong" and finding.remedy == f"./deskbell check {tmp_path}"


def test_data_cannot_lie_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert doctor.data_folder(tmp_path / "new" / "var").state == "ok"
    assert doctor.data_folder(tmp_path / "file" / "var").state == "wrong"


async def findings(**urls: str) -> dict[str, Finding]:
    settings = Settings(**{name: SecretStr(url) for name, url in urls.items()})  # type: ignore[arg-type]
    return {finding.subject: finding async for finding in doctor.servers(settings)}


async def test_embedded_needs_no_server() -> None:
    assert {finding.state for finding in (await findings()).values()} == {"ok"}


async def test_servers_that_answer(state_url: str) -> None:
    state = (await findings(state_url=state_url))["state"]
    assert state.state == "ok" and "appendfsync always" in state.detail


async def test_servers_that_do_not_answer() -> None:
    found = await findings(
        bus_url=f"amqp://u:secret@{NOBODY}/",
        state_url=f"redis://:secret@{NOBODY}/0",
        cache_url=f"redis://:secret@{NOBODY}/0",
        database_url=f"postgresql+asyncpg://u:secret@{NOBODY}/d",
    )
    assert {finding.state for finding in found.values()} == {"wrong"}
    assert all("DESKBELL_" in finding.remedy and "secret" not in str(finding) for finding in found.values())


async def test_services_that_run_apart_need_a_state_server() -> None:
    assert (await findings(bus_url=f"amqp://{NOBODY}/"))["state"].remedy == "set DESKBELL_STATE_URL"


async def test_an_unknown_kind_of_database_is_told() -> None:
    assert (await findings(database_url="oracle://x/y"))["database"].state == "wrong"
