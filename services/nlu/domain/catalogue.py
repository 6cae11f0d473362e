"""What understanding knows of the goods."""

from dataclasses import dataclass

from services.nlu.domain.options import OptionNames
from services.nlu.domain.products import Gazetteer


@dataclass(frozen=True)
class Catalogue:
    """The names of products, and those of their options."""

    products: Gazetteer
    options: OptionNames
