"""Foreign shops imported, acted on and exported, for the tests of `deskbell shop`."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from services import runner
from services.commands.shop import shop_app
from services.dialogue.adapters.sql_shop import open_sql_shop
from services.dialogue.domain.shop import Preview, Receipt, Refusal
from shared.config import Settings
from shared.shop import load_shop
from tests.unit.shared.shop.formats import samples

Act = tuple[str, str, dict[str, str]]
WRITERS: dict[str, Callable[[Path], Path]] = {
    "tau2": samples.write_tau2,
    "ecom-bench": samples.write_ecom,
    "csv": samples.write_csv,
}


def call(*arguments: object) -> Result:
    return CliRunner().invoke(shop_app, [str(argument) for argument in arguments])


def import_sample(format_name: str, tmp_path: Path) -> tuple[Path, Path]:
    folder = tmp_path / "source"
    folder.mkdir()
    source = WRITERS[format_name](folder)
    result = call("import", "--format", format_name, source, "--out", tmp_path / "shop")
    assert result.exit_code == 0, result.exception
    return source, tmp_path / "shop"


async def act(shop_dir: Path, acts: Sequence[Act]) -> None:
    async with open_sql_shop(runner.database_url(Settings(shop_dir=shop_dir)), load_shop(shop_dir)) as shop:
        for index, (customer, action, arguments) in enumerate(acts):
            preview = await shop.preview(customer, action, arguments)
            assert isinstance(preview, Preview), preview
            assert isinstance(await shop.commit(customer, preview, f"key-{index}"), Receipt)


async def previewed(shop_dir: Path, one: Act) -> Preview:
    """What the shop would do."""
    async with open_sql_shop(runner.database_url(Settings(shop_dir=shop_dir)), load_shop(shop_dir)) as shop:
        preview = await shop.preview(*one)
        assert isinstance(preview, Preview), preview
        return preview


async def refused(shop_dir: Path, one: Act) -> str:
    """Why the shop will not do it."""
    async with open_sql_shop(runner.database_url(Settings(shop_dir=shop_dir)), load_shop(shop_dir)) as shop:
        refusal = await shop.preview(*one)
        assert isinstance(refusal, Refusal), refusal
        return refusal.reason


def exported(shop_dir: Path, out: Path) -> Any:
    result = call("export", "--shop", shop_dir, "--out", out)
    assert result.exit_code == 0, result.exception
    return json.loads(out.read_text(encoding="utf-8"))


def differences(old: Any, new: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Paths of what changed, with the new values."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in old | new:
            yield from differences(old.get(key), new.get(key), f"{path}/{key}")
    elif old != new:
        yield path, new
