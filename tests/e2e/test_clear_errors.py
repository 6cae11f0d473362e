"""What an operator reads when something is wrong: one sentence on standard error, an exit code, and no traceback."""

import ctypes
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.harness.program import free_port
from tests.harness.rabbitmq import RabbitMQ
from tests.harness.stack import ROOT, embedded

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
SMALL = ROOT / "tests" / "fixtures" / "shop_small"
ENDS_WITHIN_S = 200
PR_CAPBSET_DROP, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 24, 1, 2
NOWHERE = "127.0.0.1:1"


def start(arguments: list[str], var: Path, env: Mapping[str, str]) -> "subprocess.Popen[str]":
    """`deskbell ARGUMENTS` on the small shop, with ports of its own, bound by file permissions even as root."""
    settings = {
        "DESKBELL_ENV_FILE": "", "DESKBELL_VAR": str(var), "DESKBELL_SHOP_DIR": str(SMALL),
        "DESKBELL_PORT": str(free_port()), "DESKBELL_INTERNAL_PORT": str(free_port()), "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    return subprocess.Popen(
        [sys.executable, "-m", "services.cli", *arguments], env={**os.environ, **settings, **env}, cwd=var.parent,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=_bound,
    )  # fmt: skip


def _bound() -> None:
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability)


def sentence(process: "subprocess.Popen[str]") -> str:
    """The one sentence that it ended with. What it logged before may stand above."""
    try:
        _, told = process.communicate(timeout=ENDS_WITHIN_S)
    finally:
        process.kill()
    lines = told.splitlines()
    assert process.returncode not in (0, None), told
    assert "Traceback" not in told, told
    assert [line for line in lines if line.startswith("deskbell: ")] == lines[-1:], told
    return lines[-1]


WRONG_SETTINGS: dict[str, tuple[list[str], dict[str, str], str]] = {
    "unknown service": (["run", "gatway"], {}, "there is no service 'gatway'; there are nlu, dialogue,"),
    "named services without a bus": (["run", "gateway"], {}, "named services need a network bus; set DESKBELL_BUS_URL"),
    "no shop": (["run", "--shop", "/nowhere"], {}, "there is no shop folder /nowhere; name one with --shop"),
    "port that is no number": (["run"], {"DESKBELL_PORT": "eighty"}, "DESKBELL_PORT: Input should be a valid integer"),
    "port out of range": (["run", "--port", "99999"], {}, "DESKBELL_PORT: Input should be less than or equal to 65535"),
    "unknown environment": (["run"], {"DESKBELL_ENV": "test"}, "DESKBELL_ENV: Input should be 'dev' or 'production'"),
    "unknown bus": (["run"], {"DESKBELL_BUS_URL": "http://x"}, "DESKBELL_BUS_URL begins with 'http'; use memory://"),
    "no URL of Redis": (["run"], {"DESKBELL_STATE_URL": "localhost"}, "the URL of Redis is none; write redis://"),
    "no URL of a database": (["run"], {"DESKBELL_DATABASE_URL": "localhost"}, "DESKBELL_DATABASE_URL cannot be used"),
    "nobody to chat with": (["chat", "--url", f"http://{NOWHERE}"], {}, f"nothing answers at http://{NOWHERE}: start"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_SETTINGS)
def test_a_wrong_setting(var: Path, name: str) -> None:
    arguments, env, told = WRONG_SETTINGS[name]
    assert sentence(start(arguments, var, env)).startswith(f"deskbell: {told}")


@pytest.mark.parametrize("setting", ["DESKBELL_PORT", "DESKBELL_INTERNAL_PORT"])
def test_a_port_that_is_taken(var: Path, setting: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = sentence(start(["run"], var, {setting: str(port)}))
    assert told == (f"deskbell: port {port} on 127.0.0.1 is taken; stop what uses it, or set {setting} to another port")


def test_an_unreachable_rabbitmq(var: Path, state_url: str) -> None:
    env = {"DESKBELL_BUS_URL": f"amqp://guest:secret@{NOWHERE}/", "DESKBELL_STATE_URL": state_url}
    told = sentence(start(["run", "gateway"], var, env))
    assert told.startswith(f"deskbell: RabbitMQ at {NOWHERE}/ cannot be reached")
    assert "DESKBELL_BUS_URL" in told and "secret" not in told


def test_a_url_of_rabbitmq_that_is_none(var: Path, state_url: str) -> None:
    env = {"DESKBELL_BUS_URL": "amqp://guest:secret@127.0.0.1:port/", "DESKBELL_STATE_URL": state_url}
    told = sentence(start(["run", "gateway"], var, env))
    assert "DESKBELL_BUS_URL" in told and "secret" not in told


def test_a_rabbitmq_that_refuses_the_password(var: Path, state_url: str, broker: RabbitMQ) -> None:
    env = {"DESKBELL_BUS_URL": f"amqp://guest:guess@127.0.0.1:{broker.port}/", "DESKBELL_STATE_URL": state_url}
    told = sentence(start(["run", "gateway"], var, env))
    assert "DESKBELL_BUS_URL" in told and "guess" not in told


@pytest.mark.parametrize("place", ["var", "var/inner", "state", "models"])
def test_a_folder_that_may_not_be_written(tmp_path: Path, place: str) -> None:
    var = tmp_path / "var"
    var.mkdir()
    closed = tmp_path / place
    if place == "state":
        closed = var / _state_name()
    elif place == "models":
        closed = var / "models"
    (closed.parent if place == "var/inner" else closed).mkdir(exist_ok=True)
    (closed.parent if place == "var/inner" else closed).chmod(0o555)
    told = sentence(start(["run"], closed if place == "var/inner" else var, {}))
    assert told.startswith("deskbell: cannot write to ") and str(closed) in told and "DESKBELL_VAR" in told


def _state_name() -> str:
    from services.runner import state_dir
    from shared.config import Settings

    return state_dir(Settings(shop_dir=SMALL)).name


def test_a_second_stack_on_the_same_folder(tmp_path: Path, var: Path) -> None:
    with embedded(tmp_path, var, SMALL):
        told = sentence(start(["run"], var, {}))
    assert told.startswith("deskbell: Deskbell runs already on ") and "set DESKBELL_VAR to another folder" in told


def test_a_shop_that_is_no_yaml(tmp_path: Path, var: Path) -> None:
    shop = Path(shutil.copytree(SMALL, tmp_path / "shop"))
    (shop / "policies.yaml").write_text("cancel: [\n", encoding="utf-8")
    told = sentence(start(["run", "--shop", str(shop)], var, {}))
    assert told.startswith(f"deskbell: {shop}/policies.yaml:2: not YAML")


def test_check_tells_five_mistakes_with_file_line_and_remedy(tmp_path: Path, var: Path) -> None:
    shop = Path(shutil.copytree(SMALL, tmp_path / "shop"))
    for file, old, new in (
        ("shop.yaml", "[cancel_order]", "[cancel_ordr]"),
        ("policies.yaml", "{days: 30}", "{days: [30]}"),
        ("flows/human.yaml", "starts_on: human", "starts_on: humann"),
        ("responses/en.yaml", "policies.returns.days", "policies.returns.dayz"),
        ("catalogue/orders.yaml", "customer: C001", "customer: C01"),
    ):
        path = shop / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    process = start(["check", str(shop)], var, {})
    told, counted = process.communicate(timeout=ENDS_WITHIN_S)
    lines = told.replace(f"{shop}/", "").splitlines()
    assert process.returncode == 1 and "Traceback" not in counted
    for place, remedy in (
        ("shop.yaml:17: there is no action `cancel_ordr`", "did you mean `cancel_order`?"),
        ("policies.yaml:", "; "),
        ("flows/human.yaml:2: there is no intent `humann`", "did you mean `human`?"),
        ("responses/en.yaml:11: there is no policy `policies.returns.dayz`", "did you mean `days`?"),
        ("catalogue/orders.yaml:2: there is no customer `C01`", "did you mean `C001`?"),
    ):
        (line,) = [line for line in lines if line.startswith(place)]
        assert remedy in line


def test_an_unreachable_redis(var: Path) -> None:
    env = {"DESKBELL_BUS_URL": f"amqp://guest:secret@{NOWHERE}/", "DESKBELL_STATE_URL": f"redis://:secret@{NOWHERE}/0"}
    told = sentence(start(["run", "gateway"], var, {**env, "DESKBELL_START_WAIT_S": "2"}))
    assert "Redis does not answer" in told and "DESKBELL_STATE_URL" in told and "secret" not in told


def test_an_unreachable_postgres(var: Path) -> None:
    url = f"postgresql+asyncpg://deskbell:secret@{NOWHERE}/deskbell"
    told = sentence(start(["run"], var, {"DESKBELL_DATABASE_URL": url, "DESKBELL_START_WAIT_S": "2"}))
    assert NOWHERE in told and "DESKBELL_DATABASE_URL" in told and "secret" not in told
