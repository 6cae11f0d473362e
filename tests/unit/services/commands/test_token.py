"""`deskbell token`."""

import time
from pathlib import Path

import typer
from typer.testing import CliRunner

from services.commands.token import token
from services.gateway.domain.customer_token import Verifier, development_key
from shared.errors import ConfigError
from shared.shop.load import load_shop

SHOP = Path(__file__).parents[3] / "fixtures/shop_small"
app = typer.Typer()
app.command()(token)


def test_it_prints_a_token_that_the_shops_development_key_proves() -> None:
    done = CliRunner().invoke(app, ["C001", "--shop", str(SHOP)])
    assert done.exit_code == 0
    name = load_shop(SHOP).name
    key = development_key(name)
    assert Verifier({key.kid: key}, name).customer_of(done.stdout.strip(), time.time()) == "C001"


def test_without_a_shop_it_says_so(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["C001", "--shop", str(tmp_path)])
    assert isinstance(done.exception, ConfigError)
