"""Registries and token servers that answer from a table, for tests without a network."""

import io
from collections.abc import Callable, Mapping
from typing import Any

import requests
import urllib3

from nerdpy.registry.transport import Answer, Request, Transport

Reply = tuple[int, Mapping[str, str], bytes]


class Recorded(Transport):
    """Answers by a function, and keeps what was asked."""

    def __init__(self, reply: Callable[[Request], Reply]) -> None:
        super().__init__()
        self._reply = reply
        self.requests: list[Request] = []

    def send(self, request: Request) -> Answer:
        self.requests.append(request)
        return answered(request.url, *self._reply(request))


def answered(url: str, status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    response = requests.Response()
    response.status_code = status
    response.headers.update(headers)
    raw: Any = urllib3.HTTPResponse(body=io.BytesIO(body), preload_content=False, status=status)
    response.raw = raw
    return Answer(response, url)
