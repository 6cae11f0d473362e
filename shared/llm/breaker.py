"""A server that keeps failing is left alone for a while."""


class Breaker:
    """After `failures` in a row nobody is let through for `rest_s` seconds, then one who tries.

    Times are seconds of any clock that only goes forward.
    """

    def __init__(self, failures: int = 3, rest_s: float = 30):
        self._most = failures
        self._rest_s = rest_s
        self._failures = 0
        self._closed_until = 0.0

    @property
    def open(self) -> bool:
        """Whether the server counts as down."""
        return self._failures >= self._most

    def lets(self, now: float) -> bool:
        """Whether to ask at all. Of those who ask while the server rests, one in `rest_s` seconds may."""
        if not self.open:
            return True
        if now < self._closed_until:
            return False
        self._closed_until = now + self._rest_s
        return True

    def succeeded(self) -> None:
        self._failures = 0

    def failed(self, now: float, rest_s: float | None = None) -> None:
        """`rest_s`: as long as the server itself asked to be left alone, at once."""
        self._failures = self._most if rest_s is not None else self._failures + 1
        if self.open:
            self._closed_until = max(self._closed_until, now + max(rest_s or 0, self._rest_s))
