"""REST: conversations, messages, identity, events, feedback, handoff, and what is stored about me."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import JSONResponse, Response

from services.gateway.adapters.clients import Client, Connections
from services.gateway.adapters.event_stream import EventStream
from services.gateway.domain import addresses
from services.gateway.domain.inbound import Feedback, Handoff, Identify, NewConversation, Sent
from services.gateway.domain.outbound import (
    ConversationOpened,
    EventPage,
    IdentityRaised,
    LoggedEvent,
    MessageAccepted,
    ProblemBody,
    StoredAboutMe,
    TurnEnded,
)
from services.gateway.domain.refusals import Refusal
from services.gateway.handlers.following import outcome_of
from services.gateway.handlers.reception import Reception, refusals
from shared.ports import Event
from shared.store.conversations import Meta

PAGE = 500
TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")

router = APIRouter(
    prefix="/v1/conversations",
    responses={"default": {"model": ProblemBody, "description": "A problem (application/problem+json)"}},
)


def _reception(request: Request) -> Reception:
    reception: Reception = request.app.state.reception
    return reception


def _connections(request: Request) -> Connections:
    connections: Connections = request.app.state.connections
    return connections


async def entered(request: Request, conversation_id: str) -> Meta:
    """The conversation of the path, if the bearer token opens it. Raises Refusal."""
    if not addresses.is_conversation_id(conversation_id):
        raise Refusal("unknown_conversation")
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise Refusal("unauthorized")
    return await _reception(request).enter(token.strip(), conversation_id)


Entered = Annotated[Meta, Depends(entered)]
AtDesk = Annotated[Reception, Depends(_reception)]
WaitS = Annotated[float | None, Query(ge=0, le=60, description="wait so many seconds for the end of the turn")]
ACCEPTED_OR_ENDED: dict[int | str, dict[str, Any]] = {
    200: {"model": TurnEnded, "description": "The turn has ended"},
    202: {"model": MessageAccepted, "description": "Accepted; the turn has not ended yet"},
}


@router.post("", status_code=201)
async def open_conversation(request: Request, desk: AtDesk, wish: NewConversation | None = None) -> ConversationOpened:
    """Begins a conversation; with a customer token it is a known customer's."""
    address = _connections(request).limited(Client.of(request))
    opened = await desk.open(wish or NewConversation(), address)
    return ConversationOpened(
        conversation_id=opened.conversation_id, token=opened.token, expires_at=_moment(opened.expires_at)
    )


@router.post("/{conversation_id}/messages", response_model=None, status_code=202, responses=ACCEPTED_OR_ENDED)
async def send_message(request: Request, desk: AtDesk, meta: Entered, sent: Sent, wait_s: WaitS = None) -> JSONResponse:
    """A message. The same id again is answered like the first time."""
    trace = request.headers.get("traceparent", "")
    seq = await desk.send(meta.conversation_id, sent, trace if TRACEPARENT.fullmatch(trace) else "")
    return await _accepted(request, meta, seq, wait_s)


@router.post("/{conversation_id}/handoff", response_model=None, status_code=202, responses=ACCEPTED_OR_ENDED)
async def ask_for_person(
    request: Request, desk: AtDesk, meta: Entered, wish: Handoff | None = None, wait_s: WaitS = None
) -> JSONResponse:
    """Asks for a person; it is a message like any other."""
    seq = await desk.hand_off(meta.conversation_id, wish or Handoff())
    return await _accepted(request, meta, seq, wait_s)


@router.post("/{conversation_id}/identity")
async def identify(desk: AtDesk, meta: Entered, shown: Identify) -> IdentityRaised:
    """Raises the level in the middle of a conversation."""
    level, seq = await desk.identify(meta.conversation_id, shown.customer_token)
    return IdentityRaised(level=level, seq=seq)


@router.post("/{conversation_id}/feedback", status_code=204)
async def give_feedback(desk: AtDesk, meta: Entered, feedback: Feedback) -> None:
    """What the customer thinks of a reply or of the conversation."""
    await desk.feedback(meta.conversation_id, feedback)


@router.get("/{conversation_id}/events", response_model=None, responses={200: {"model": EventPage}})
async def read_events(
    request: Request,
    desk: AtDesk,
    meta: Entered,
    after: Annotated[str | None, Query(max_length=256)] = None,
) -> Response:
    """The log after a cursor, from its start without one; or, when asked for, a stream of server-sent events."""
    if "text/event-stream" in request.headers.get("accept", ""):
        resumed = request.headers.get("last-event-id") or after
        return EventStream(desk.conversations, meta, resumed, _connections(request).draining)
    with refusals():
        events = await desk.conversations.events(meta.conversation_id, after, PAGE)
    if events is None:
        raise Refusal("unknown_cursor")
    listed = [_logged(event) for event in events]
    return JSONResponse({"events": listed, "next": events[-1].cursor if events else after})


@router.get("/{conversation_id}/me")
async def show_me(desk: AtDesk, meta: Entered) -> StoredAboutMe:
    """All that is stored under this conversation."""
    events: list[Event] = []
    page: list[Event] | None = None
    with refusals():
        while page is None or len(page) == PAGE:
            after = events[-1].cursor if events else None
            page = await desk.conversations.events(meta.conversation_id, after, PAGE) or []
            events += page
    return StoredAboutMe(
        conversation_id=meta.conversation_id,
        language=meta.language,
        level=meta.identity.level,
        customer_id=meta.identity.customer_id,
        expires_at=_moment(meta.expires_at),
        events=[LoggedEvent(**_logged(event)) for event in events],
    )


@router.delete("/{conversation_id}/me", status_code=204)
async def erase_me(request: Request, desk: AtDesk, meta: Entered) -> None:
    """Erases the conversation; its token opens nothing any more."""
    await desk.erase(meta.conversation_id)
    _connections(request).end(meta.conversation_id)


async def _accepted(request: Request, meta: Meta, seq: int, wait_s: float | None) -> JSONResponse:
    if not wait_s:
        return JSONResponse({"seq": seq}, 202)
    conversations, draining = _reception(request).conversations, _connections(request).draining
    outcome = await outcome_of(conversations, meta.conversation_id, seq, wait_s, draining)
    if outcome.status is None:
        return JSONResponse({"seq": seq, "status": "open"}, 202)
    return JSONResponse({"seq": seq, "replies": outcome.replies, "status": outcome.status})


def _logged(event: Event) -> dict[str, Any]:
    return {"cursor": event.cursor, "type": event.type, "at": event.at, "data": event.data}


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
