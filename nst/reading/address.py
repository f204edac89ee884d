"""Fetch a picture from an http or https address, within limits."""

import io
import time
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

MOST = 200_000_000  # bytes of an answer
SILENCE, SECONDS = 20.0, 120.0  # the longest without a byte, and in all
SAFE = "/%:=&?~#+!$,;'@()*[]"  # what stays as it is; the rest of an address is quoted


def fetch(address: str) -> io.BytesIO:
    """Return what an address answers; raise `OSError` with the reason if it cannot.

    urllib's ``read1`` returns what has arrived, so that the limits hold for an answer
    without end and for one that trickles.
    """
    request = Request(_ascii(address), headers={"User-Agent": "nst"})
    data, end = bytearray(), time.monotonic() + SECONDS
    try:
        with urlopen(request, timeout=SILENCE) as answer:
            kind = answer.headers.get_content_type()
            while part := answer.read1(2**20):
                data += part
                if len(data) > MOST:
                    raise OSError(f"it is larger than {MOST // 10**6} MB")
                if time.monotonic() > end:
                    raise OSError(f"it takes longer than {SECONDS:.0f} seconds")
    except HTTPError as error:
        raise OSError(f"{error.code} {error.reason}") from error
    except TimeoutError as error:
        raise OSError(f"no answer in {SILENCE:.0f} seconds") from error
    except URLError as error:
        reason: Any = error.reason
        late = isinstance(reason, TimeoutError)
        why = f"no answer in {SILENCE:.0f} seconds" if late else reason
        raise OSError(getattr(why, "strerror", None) or str(why)) from error
    if "html" in kind or b"<html" in data[:1000].lower():
        raise OSError("this is the address of a web page, not of its picture")
    return io.BytesIO(data)


def _ascii(address: str) -> str:
    """Return an address as servers want it, with other letters encoded."""
    parts = urlsplit(address)
    host = parts.netloc.encode("idna").decode()
    path, query = (quote(part, SAFE) for part in (parts.path, parts.query))
    return parts._replace(netloc=host, path=path, query=query, fragment="").geturl()
