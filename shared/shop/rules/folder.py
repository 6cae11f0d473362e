"""Rules of the folder itself: a file that nobody reads is a mistake."""

from collections.abc import Iterator
from pathlib import Path

from shared.shop.problems import ShopProblem, did_you_mean

FILES = frozenset({"shop.yaml", "policies.yaml", "proactive.yaml"})
FOLDERS = frozenset(
    {"catalogue", "conversations", "flows", "knowledge", "model", "nlu", "origin", "responses", "vectors"}
)
CATALOGUE = frozenset({"products.yaml", "customers.yaml", "orders.yaml"})


def folder_problems(root: Path) -> Iterator[ShopProblem]:
    """No folder, no shop.yaml, and things in the folder that nothing reads."""
    if not root.is_dir():
        yield ShopProblem(str(root), 1, "there is no such folder", "give the folder that holds shop.yaml")
        return
    if not (root / "shop.yaml").is_file():
        yield ShopProblem(
            str(root / "shop.yaml"), 1, "the shop has no shop.yaml", "write one: it makes a folder a shop"
        )
    yield from _strangers(root, FILES | FOLDERS)
    yield from _strangers(root / "catalogue", CATALOGUE)
    for path in sorted(root.rglob("*.yml")):
        yield ShopProblem(str(path), 1, "files that end in .yml are not read", "rename it to .yaml")


def _strangers(folder: Path, known: frozenset[str]) -> Iterator[ShopProblem]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        looks_like_data = path.suffix == ".yaml" or path.is_dir()
        if looks_like_data and path.name not in known and not path.name.startswith((".", "_")):
            remedy = did_you_mean(path.name, known, f"here can be: {', '.join(sorted(known))}")
            yield ShopProblem(str(path), 1, f"nothing reads `{path.name}`", remedy)
