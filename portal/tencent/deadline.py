"""The time-out for reading holds for the whole answer: by itself it would begin anew with every byte that drips in."""

import io
import math
import time
from http.client import HTTPResponse
from socket import socket
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool


class Adapter(HTTPAdapter):
    """Carries requests over connections whose answers must be there in time, through a proxy or not."""

    def get_connection_with_tls_context(self, *where: Any, **how: Any) -> HTTPConnectionPool:
        pool = super().get_connection_with_tls_context(*where, **how)
        pool.ConnectionCls = _CONNECTIONS[pool.scheme]
        return pool


class _Answer(HTTPResponse):
    """An answer that is read, headers and body, before the time-out its socket has at the beginning."""

    def __init__(self, sock: socket, *arguments: Any, **options: Any) -> None:
        super().__init__(sock, *arguments, **options)
        self.fp = io.BufferedReader(_Reader(sock, self.fp.detach()))


class _Reader(io.RawIOBase):
    """Reads a socket until a moment."""

    def __init__(self, sock: socket, raw: io.RawIOBase) -> None:
        self._sock, self._raw = sock, raw
        self._end = time.monotonic() + (sock.gettimeout() or math.inf)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer took too long")
        self._sock.settimeout(None if left == math.inf else left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Plain(HTTPConnection):
    response_class = _Answer


class _Secure(HTTPSConnection):
    response_class = _Answer


_CONNECTIONS = {"http": _Plain, "https": _Secure}
