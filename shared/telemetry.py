"""Logs and figures. Neither ever holds what a customer wrote, nor a token."""

import logging
import sys

import structlog
from prometheus_client import Counter, Histogram

HANDLED = Counter("deskbell_deliveries_total", "Deliveries by service and outcome", ["service", "outcome"])
HANDLING_S = Histogram("deskbell_handling_seconds", "Time from delivery to its end", ["service"])


def configure_logging(level: str, *, json: bool) -> None:
    """Structured lines on standard error, one a line, stamped in UTC."""
    chain: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
    ]
    structlog.configure(
        processors=chain,
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
