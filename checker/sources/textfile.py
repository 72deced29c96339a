"""Files to texts: UTF-8, or UTF-16 where a byte order mark says so."""

from __future__ import annotations

import codecs
import sys
from pathlib import Path

from checker.sources.port import SourceError
from checker.statement import Source


def read_source(path: Path | str) -> Source:
    """The text of a file; raises SourceError with the reason where there is none."""
    try:
        content = Path(path).read_bytes()
    except OSError as problem:
        raise SourceError(f"{path}: cannot be read: {problem.strerror or problem}") from None
    return Source(str(path), decode(content, str(path)))


def read_stdin() -> Source:
    """What stands on standard input."""
    return Source("<stdin>", decode(sys.stdin.buffer.read(), "<stdin>"))


def decode(content: bytes, name: str) -> str:
    """The text of these bytes; a byte order mark is left out, line ends stay as they are."""
    encoding = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise SourceError(
            f"{name}: not {'UTF-16' if encoding == 'utf-16' else 'UTF-8'}: the byte at offset {problem.start} on line"
            f" {line} is not text; save the file as UTF-8"
        ) from None
    if "\0" in text:
        raise SourceError(f"{name}: holds a NUL byte, so it is no SQL text")
    return text
