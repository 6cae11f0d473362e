"""Rules of the catalogue: ids are unique, and orders name what exists."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shared.shop.catalogue import CatalogueOrder, CatalogueProduct
from shared.shop.load import ShopFiles
from shared.shop.problems import ShopProblem
from shared.shop.profile import ShopProfile
from shared.shop.rules.languages import missing_languages
from shared.shop.rules.names import Names, twice, unknown
from shared.shop.source import Place, Source


def catalogue_problems(files: ShopFiles, _: Names) -> Iterator[ShopProblem]:
    """What is wrong with products, customers and orders once each file can be read."""
    yield from _product_problems(files)
    yield from _customer_problems(files)
    yield from _order_problems(files)


def _product_problems(files: ShopFiles) -> Iterator[ShopProblem]:
    source, products = files.products.source, files.products.value or ()
    yield from twice("product", (((index, "id"), product.id) for index, product in enumerate(products)), source)
    yield from twice("SKU", _skus(products), source)
    if files.profile.value is not None:
        for index, product in enumerate(products):
            yield from _text_problems(product, index, files.profile.value, source)
            yield from _price_problems(product, index, files.profile.value, source)


def _skus(products: Iterable[CatalogueProduct]) -> Iterator[tuple[Place, str]]:
    for index, product in enumerate(products):
        for number, variant in enumerate(product.variants):
            yield (index, "variants", number, "sku"), variant.sku


def _text_problems(
    product: CatalogueProduct, index: int, profile: ShopProfile, source: Source
) -> Iterator[ShopProblem]:
    texts: dict[Place, Mapping[Any, str]] = {("name",): product.name, ("description",): product.description}
    texts |= {("attributes", name): text for name, text in product.attributes.items()}
    for number, variant in enumerate(product.variants):
        texts |= {("variants", number, "options", name): text for name, text in variant.options.items()}
    for place, text in texts.items():
        yield from missing_languages(text, profile.languages, source, (index, *place))


def _price_problems(
    product: CatalogueProduct, index: int, profile: ShopProfile, source: Source
) -> Iterator[ShopProblem]:
    for number, variant in enumerate(product.variants):
        place: Place = (index, "variants", number, "prices")
        for currency in variant.prices:
            yield from unknown("currency", currency, profile.currencies, source, (*place, currency))
        for currency in profile.currencies:
            if currency not in variant.prices:
                yield source.problem(place, f"`{variant.sku}` has no price in {currency}", "add it")


def _customer_problems(files: ShopFiles) -> Iterator[ShopProblem]:
    source, customers = files.customers.source, files.customers.value or ()
    yield from twice("customer", (((index, "id"), customer.id) for index, customer in enumerate(customers)), source)
    mails = (((index, "email"), customer.email.lower()) for index, customer in enumerate(customers) if customer.email)
    yield from twice("e-mail address", mails, source)
    if files.profile.value is not None:
        for index, customer in enumerate(customers):
            currencies = files.profile.value.currencies
            yield from unknown("currency", customer.currency, currencies, source, (index, "currency"))


def _order_problems(files: ShopFiles) -> Iterator[ShopProblem]:
    source, orders = files.orders.source, files.orders.value or ()
    yield from twice("order", (((index, "number"), order.number) for index, order in enumerate(orders)), source)
    skus = {sku for _, sku in _skus(files.products.value or ())}
    customers = {customer.id for customer in files.customers.value or ()}
    for index, order in enumerate(orders):
        yield from unknown("customer", order.customer, customers, source, (index, "customer"))
        for number, line in enumerate(order.lines):
            yield from unknown("SKU", line.sku, skus, source, (index, "lines", number, "sku"))
        if files.profile.value is not None:
            yield from _fit(order, index, files.profile.value, source)


def _fit(order: CatalogueOrder, index: int, profile: ShopProfile, source: Source) -> Iterator[ShopProblem]:
    yield from unknown("currency", order.currency, profile.currencies, source, (index, "currency"))
    if not profile.order_number.fits(order.number):
        message = f"`{order.number}` does not look like the shop's order numbers ({profile.order_number.pattern})"
        remedy = f"write it like {profile.order_number.example}, or mend order_number in shop.yaml"
        yield source.problem((index, "number"), message, remedy)
