"""The end of a run before there is a report."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What the process says to its caller."""

    OK = 0
    FINDINGS = 1
    ERROR = 2
    NOTHING = 3
    INCOMPLETE = 4
    INTERRUPTED = 130


class Stop(Exception):
    """Nothing more can be done; the message is one line that says why and what to do."""

    def __init__(self, message: str, code: Exit = Exit.ERROR) -> None:
        super().__init__(message)
        self.code = code
