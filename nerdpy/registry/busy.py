"""How long a registry that answered 429 wants to be left alone (RFC 9110, `Retry-After`)."""

import http.client
from contextlib import closing
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

PATIENCE = 5


def retry_after(url: str) -> float:
    """Seconds; 0 when the registry does not say. No credentials are sent, and no redirect is followed."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return 0.0
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    try:
        with closing(kind(parts.hostname, parts.port, timeout=PATIENCE)) as connection:
            connection.request("HEAD", parts.path or "/")
            return parse_retry_after(connection.getresponse().headers.get("Retry-After", ""))
    except (OSError, ValueError, http.client.HTTPException):
        return 0.0


def parse_retry_after(text: str, now: datetime | None = None) -> float:
    """Seconds, or a date."""
    text = text.strip()
    if text.isascii() and text.isdecimal():
        return float(text)
    try:
        then = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return 0.0
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return max((then - (now or datetime.now(UTC))).total_seconds(), 0.0)
