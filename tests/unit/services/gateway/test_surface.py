"""What the public application offers, and to whom."""

from fastapi.routing import APIRoute

from services.gateway.adapters.rest import entered, router
from services.gateway.domain.refusals import PROBLEMS

OPEN_TO_ALL = {("/v1/conversations", "POST")}
OFFERED = {
    ("/v1/conversations", "POST"),
    ("/v1/conversations/{conversation_id}/messages", "POST"),
    ("/v1/conversations/{conversation_id}/identity", "POST"),
    ("/v1/conversations/{conversation_id}/events", "GET"),
    ("/v1/conversations/{conversation_id}/feedback", "POST"),
    ("/v1/conversations/{conversation_id}/handoff", "POST"),
    ("/v1/conversations/{conversation_id}/me", "GET"),
    ("/v1/conversations/{conversation_id}/me", "DELETE"),
}


def routes() -> dict[tuple[str, str], APIRoute]:
    return {
        (route.path, method): route
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods
    }


def test_the_offer_is_the_designs() -> None:
    assert routes().keys() == OFFERED


def test_every_route_asks_for_the_token_unless_it_is_named_here() -> None:
    for place, route in routes().items():
        asks = any(dependency.call is entered for dependency in route.dependant.dependencies)
        assert asks is (place not in OPEN_TO_ALL), place


def test_problem_codes_are_fit_for_a_urn() -> None:
    assert all(code.isidentifier() and code.islower() for code in PROBLEMS)
