"""Every way in which the gateway says no: one table for REST, events and WebSocket."""

from dataclasses import dataclass

from shared.errors import DeskbellError


@dataclass(frozen=True)
class Problem:
    """How a refusal is told: the HTTP status and one sentence for whoever writes the client."""

    status: int
    title: str


PROBLEMS: dict[str, Problem] = {
    "bad_request": Problem(400, "The request cannot be read."),
    "blank_text": Problem(400, "The text is blank."),
    "unknown_cursor": Problem(410, "This cursor is not one of the conversation; read again without it."),
    "unauthorized": Problem(401, "A valid conversation token is needed."),
    "invalid_customer_token": Problem(401, "The customer token is not valid."),
    "forbidden": Problem(403, "This token belongs to another conversation."),
    "forbidden_origin": Problem(403, "Pages of this origin may not use this server."),
    "not_found": Problem(404, "There is nothing here."),
    "unknown_conversation": Problem(404, "No such conversation, or it has expired or been erased."),
    "method_not_allowed": Problem(405, "This method is not offered here."),
    "request_timeout": Problem(408, "The request did not arrive in time."),
    "id_reused": Problem(409, "This client_message_id was used with other content."),
    "other_customer": Problem(409, "The conversation belongs to another customer."),
    "too_large": Problem(413, "The request is too large."),
    "text_too_long": Problem(413, "The text is too long."),
    "unsupported_media_type": Problem(415, "The body must be application/json."),
    "invalid": Problem(422, "The request has missing or wrong fields."),
    "rate_limited": Problem(429, "Too many requests."),
    "too_many_waiting": Problem(429, "Too many messages wait for their answer already."),
    "too_many_connections": Problem(429, "Too many connections from this address."),
    "internal": Problem(500, "Something went wrong on our side."),
    "unavailable": Problem(503, "The service cannot answer now."),
    "outcome_unknown": Problem(503, "It is not known whether the message arrived; send it again under the same id."),
    "draining": Problem(503, "This server is about to stop; connect again."),
}


class Refusal(DeskbellError):
    """A request that is turned down. `code` is a key of PROBLEMS; `detail` never repeats what was sent."""

    def __init__(self, code: str, detail: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.problem = PROBLEMS[code]
        self.detail = detail or self.problem.title
        self.retry_after_s = retry_after_s
