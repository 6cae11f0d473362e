"""Rules of proactive.yaml: what it says exists, and no coupon exceeds what policies.yaml allows."""

from collections.abc import Iterator

from shared.shop.load import ShopFiles
from shared.shop.proactive import CONDITION_NAMES, ProactiveFile, ProactiveRule
from shared.shop.problems import ShopProblem
from shared.shop.rules.names import Names, unknown
from shared.shop.rules.templates import Template, expression_problems
from shared.shop.source import Place, Source

LIMITS = ("max_percent", "every_days")


def proactive_problems(files: ShopFiles, names: Names) -> Iterator[ShopProblem]:
    """Unknown responses, conditions that look at what is not there, timezones and coupons that do not fit the shop."""
    file, source = files.proactive.value, files.proactive.source
    if file is None:
        return
    yield from unknown("response", file.opt_out, names.responses, source, ("opt_out",))
    yield from _zone_problems(files, file, source)
    for name, rule in file.rules.items():
        place = ("rules", name)
        yield from unknown("response", rule.response, names.responses, source, (*place, "response"))
        if rule.when is not None:
            template = Template(rule.when, source, (*place, "when"))
            yield from expression_problems(template, names.trees, CONDITION_NAMES)
        yield from _coupon_problems(rule, names, source, (*place, "coupon"))


def _zone_problems(files: ShopFiles, file: ProactiveFile, source: Source) -> Iterator[ShopProblem]:
    profile = files.profile.value
    for currency in file.timezones if profile else ():
        yield from unknown("currency", currency, profile.currencies if profile else (), source, ("timezones", currency))


def _coupon_problems(rule: ProactiveRule, names: Names, source: Source, place: Place) -> Iterator[ShopProblem]:
    if rule.coupon is None:
        return
    limits = names.trees["policies"].get("discounts")
    if not isinstance(limits, dict) or not all(isinstance(limits.get(name), int) for name in LIMITS):
        message = "a coupon needs limits, and policies.yaml has none"
        yield source.problem(place, message, "write `discounts: {max_percent: 10, every_days: 30}` there")
    elif rule.coupon.percent > limits["max_percent"]:
        message = (
            f"{rule.coupon.percent} % is more than discounts.max_percent of policies.yaml, {limits['max_percent']}"
        )
        yield source.problem((*place, "percent"), message, "lower it")
