"""Why a WebSocket is closed, and what the client should do then.

| then | codes |
|---|---|
| resume: connect again with the cursor | 1001, 1012, 1009, 4408, 4429 (after `retry_after_ms`), 4500, 4508 |
| renew: begin a new conversation, or show a valid token | 4401 |
| stop: the client itself must be mended, or another window took over | 4400, 4403, 4409, 4415 |

1002, 1007 and 1009 come from the protocol layer. A foreign Origin gets HTTP 403 before there is a WebSocket.
"""

from enum import IntEnum


class CloseCode(IntEnum):
    """The codes that the gateway itself uses."""

    RESTARTING = 1012
    BAD_REQUEST = 4400
    UNAUTHORIZED = 4401
    HELLO_TIMEOUT = 4408
    REPLACED = 4409
    NOT_TEXT = 4415
    SLOW_DOWN = 4429
    INTERNAL = 4500
    SLOW_READER = 4508
