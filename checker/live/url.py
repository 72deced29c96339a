"""Database URLs: their scheme, and how they look without what is secret in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus, unquote, unquote_plus

_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9]*)(?:\+[a-zA-Z0-9_]+)?:")
_AUTHORITY = re.compile(r"(?P<head>[^:/?#]*:/{0,3}[^:@/?#]*)(?::.*)?@", re.DOTALL)
_PARAMETER = re.compile(r"(?i)\b(\w*(?:password|passwd|pwd|secret|token)\s*=\s*)('(?:[^'\\]|\\.)*'|[^&\s]*)")
HIDDEN = "***"


def scheme(url: str) -> str:
    """The scheme in lower case, without the driver that some tools put behind a plus sign.

    >>> scheme("postgresql+psycopg://localhost/app"), scheme("app.db")
    ('postgresql', '')
    """
    found = _SCHEME.match(url)
    return found[1].lower() if found else ""


def without_driver(url: str) -> str:
    """The URL with its plain scheme, as the server's own library reads it."""
    found = _SCHEME.match(url)
    return f"{found[1].lower()}:{url[found.end() :]}" if found else url


def redact(url: str) -> str:
    """The URL with its passwords hidden, also where it is malformed: rather too much than too little.

    >>> redact("postgresql://ann:s%40fe@db/app?sslmode=require")
    'postgresql://ann:***@db/app?sslmode=require'
    >>> redact("postgresql://ann:p/w@rd#?@db/app"), redact("postgresql://db/app?password=x&a=1")
    ('postgresql://ann:***@db/app', 'postgresql://db/app?password=***&a=1')
    >>> redact("sqlite:///app.db")
    'sqlite:///app.db'
    """
    found = _AUTHORITY.match(url) if scheme(url) != "sqlite" else None
    if found and len(found[0]) > len(found["head"]) + 1:
        url = f"{found['head']}:{HIDDEN}@{url[found.end() :]}"
    return _PARAMETER.sub(rf"\g<1>{HIDDEN}", url)


def secrets_in(url: str) -> frozenset[str]:
    """Every spelling of the passwords in the URL: as written, decoded, encoded."""
    found = [match[2].strip("'") for match in _PARAMETER.finditer(url)]
    if authority := _AUTHORITY.match(url):
        found.extend(_tails(authority[0][len(authority["head"]) + 1 : -1]))
    return spellings(found)


def _tails(secret: str) -> Iterator[str]:
    """A password with an `@` that nobody encoded: the driver takes what follows the sign for a host, and names it."""
    yield secret
    while "@" in secret:
        secret = secret.partition("@")[2]
        yield secret


def spellings(secrets: Iterable[str | None]) -> frozenset[str]:
    """These secrets as written, percent-decoded and percent-encoded; without the empty ones."""
    result: set[str] = set()
    for secret in filter(None, secrets):
        decoded = {secret, unquote(secret), unquote_plus(secret)}
        result |= (
            decoded | {quote(each, safe="") for each in decoded} | {quote_plus(each) for each in decoded}
        )
    return frozenset(result - {""})


def one_line(message: str, secrets: Iterable[str] = ()) -> str:
    """A message on one line with every secret hidden, at most 300 characters of it."""
    for secret in sorted(secrets, key=len, reverse=True):
        message = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", HIDDEN, message)
        if len(secret) > 3:
            message = message.replace(secret, HIDDEN)
    line = " ".join("".join(c if c.isprintable() else " " for c in message).split())
    return line if len(line) <= 300 else line[:299] + "…"
