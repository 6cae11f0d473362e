"""The errors that cross a border, and what each asks of whoever catches it.

DeskbellError
├── Transient         try again later: the retry ladder does
├── Rejected          never try again: dead-letter, with the reason
├── ConfigError       a person must change a setting or a file: print and exit
└── Unavailable       a store or the bus cannot be reached now: refuse the request
    └── OutcomeUnknown    a publish that timed out may still arrive: resend under the same id
"""


class DeskbellError(Exception):
    """Base of all errors that Deskbell raises on purpose."""


class Transient(DeskbellError):
    """Work that may succeed later."""


class Rejected(DeskbellError):
    """Work that can never succeed; the text is the reason shown in the dead-letter list."""


class ConfigError(DeskbellError):
    """A setting or file that a person must mend; the text is one sentence that says how."""


class Unavailable(DeskbellError):
    """The bus or a store did not answer in time."""


class OutcomeUnknown(Unavailable):
    """A publish without a confirm: the message may or may not arrive."""
