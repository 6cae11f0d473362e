"""The gateway's figures for Prometheus. No label ever holds what a client sent."""

from prometheus_client import Counter, Gauge, Histogram

BUCKETS_S = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 45, 60)
ACCEPTED = Counter("deskbell_accepted_total", "Customer messages accepted and confirmed by the bus")
ENDED = Counter("deskbell_turns_ended_total", "Turns that this gateway ended", ["status"])
REFUSED = Counter("deskbell_refusals_total", "Requests and frames turned down", ["code"])
SWEPT = Counter("deskbell_swept_total", "Overdue turns found by the sweeper", ["kind"])
CLOSED = Counter("deskbell_websocket_closed_total", "WebSockets closed by the gateway", ["code"])
OPEN_SOCKETS = Gauge("deskbell_open_sockets", "WebSocket connections open now")
ACCEPT_S = Histogram("deskbell_accept_seconds", "Time from a message's arrival to its confirm")
TURN_S = Histogram("deskbell_turn_seconds", "Time from the start of a turn to its end", buckets=BUCKETS_S)
WAIT_S = Histogram(
    "deskbell_wait_seconds",
    "Time that REST callers waited for the end of a turn",
    buckets=BUCKETS_S,
)
