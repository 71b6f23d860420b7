"""SHA-256 of names and other short texts, without OpenSSL.

`hashlib` loads libcrypto, 3 ms of every command; the interpreter has the same function in a small module of
its own. For what is long (layers, archives) OpenSSL's is the faster one: use `hashlib` there.
"""

try:
    from _sha2 import sha256  # type: ignore[import-not-found]  # Python 3.12 and later
except ImportError:
    try:
        from _sha256 import sha256  # type: ignore[import-not-found]
    except ImportError:
        from hashlib import sha256


def hexdigest(text: str, errors: str = "strict") -> str:
    """The digest of the text in UTF-8, 64 hexadecimal digits; `errors` as in `str.encode`."""
    return str(sha256(text.encode(errors=errors)).hexdigest())
