"""Rules of shop.yaml and policies.yaml."""

from collections.abc import Iterator
from typing import Any, get_args

from shared.shop.catalogue import OrderStatus
from shared.shop.load import ShopFiles
from shared.shop.problems import ShopProblem, did_you_mean
from shared.shop.rules.languages import missing_languages
from shared.shop.rules.names import Names, unknown

STATUSES: tuple[str, ...] = get_args(OrderStatus)


def profile_problems(files: ShopFiles, names: Names) -> Iterator[ShopProblem]:
    """Actions that Deskbell lacks, policies that an action needs, languages without words."""
    source, profile = files.profile.source, files.profile.value
    if profile is None:
        return
    for index, action in enumerate(profile.actions):
        yield from unknown("action", action, names.actions, source, ("actions", index))
    yield from missing_languages(profile.title, profile.languages, source, ("title",))
    yield from _languages_without_words(files, profile.languages)
    yield from _policy_problems(files, names)


def _languages_without_words(files: ShopFiles, languages: tuple[str, ...]) -> Iterator[ShopProblem]:
    spoken = {file.source.stem for file in files.responses}
    heard = {file.source.stem if file.value is None else file.value.language for file in files.nlu}
    for index, language in enumerate(languages):
        for folder, covered in (("responses", spoken), ("nlu", heard)):
            if language not in covered:
                message = f"the shop speaks {language} but has no {folder}/{language}.yaml"
                yield files.profile.source.problem(("languages", index), message, "write it or drop the language")


def _policy_problems(files: ShopFiles, names: Names) -> Iterator[ShopProblem]:
    source = files.policies.source
    for action in sorted(names.allowed_actions & names.actions.keys()):
        for path in names.actions[action].policies:
            if _at(names.trees["policies"], path) is None:
                message = f"the action `{action}` needs the policy `{path}`"
                yield source.problem((), message, "add it, or take the action out of shop.yaml")
    for topic, policy in names.trees["policies"].items():
        status = policy.get("until_status") if isinstance(policy, dict) else None
        if status is not None and status not in STATUSES:
            message = f"`{status}` is no status of an order"
            remedy = did_you_mean(str(status), STATUSES, f"use one of: {', '.join(STATUSES)}")
            yield source.problem((topic, "until_status"), message, remedy)


def _at(tree: Any, path: str) -> Any:
    for key in path.split("."):
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree
