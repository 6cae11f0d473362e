"""What a shop's files must keep among each other; each room holds the rules of one kind of file."""

from collections.abc import Mapping
from pathlib import Path

from shared.shop.load import ShopFiles
from shared.shop.problems import ShopProblem
from shared.shop.rules.catalogue import catalogue_problems
from shared.shop.rules.conversations import conversation_problems
from shared.shop.rules.flows import flow_problems
from shared.shop.rules.folder import folder_problems
from shared.shop.rules.names import ActionNeeds, Names
from shared.shop.rules.paths import path_problems
from shared.shop.rules.policies import policy_problems
from shared.shop.rules.profile import profile_problems
from shared.shop.rules.required import required_problems
from shared.shop.rules.texts import (
    nlu_problems,
    page_answer_problems,
    page_problems,
    page_question_problems,
    response_problems,
)

RULES = (
    profile_problems,
    catalogue_problems,
    nlu_problems,
    response_problems,
    page_problems,
    page_answer_problems,
    page_question_problems,
    flow_problems,
    path_problems,
    policy_problems,
    required_problems,
    conversation_problems,
)


def find_problems(root: Path, actions: Mapping[str, ActionNeeds]) -> list[ShopProblem]:
    """Everything that is wrong with the shop in `root`, by file and line. `actions` are those that Deskbell has."""
    found = set(folder_problems(root))
    if not (root / "shop.yaml").is_file():
        return sorted(found)
    files = ShopFiles(root)
    names = Names.of(files, actions)
    found.update(problem for file in files.all() for problem in file.source.problems)
    found.update(problem for rule in RULES for problem in rule(files, names))
    return sorted(found)


__all__ = ["ActionNeeds", "find_problems"]
