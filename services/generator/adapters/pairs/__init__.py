"""What a model of replies learns from: facts and a question, and what the shop would say."""

from services.generator.adapters.pairs.collecting import Pairs, collect
from services.generator.adapters.pairs.files import read_pairs
from services.generator.adapters.pairs.pair import Pair

__all__ = ["Pair", "Pairs", "collect", "read_pairs"]
