# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 on plain streams: just what a proxy has to understand to pass messages on.

Streams are buffered binary files; a peer that ends early gives EndOfStream.
"""
import dataclasses
import json

HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive", "expect",
              "accept-encoding"}


class EndOfStream(OSError):
    """The peer closed in the middle of a message, or before one began."""


@dataclasses.dataclass
class Message:
    """A request or a response; `body` is None while it has not been read."""
    line: str
    headers: list
    body: bytes | None = None

    def header(self, name):
        for key, value in self.headers:
            if key.lower() == name:
                return value
        return None

    def kept_headers(self):
        return [(key, value) for key, value in self.headers if key.lower() not in HOP_BY_HOP]


def read_message(stream):
    line = stream.readline(65536)
    if not line.endswith(b"\n"):
        raise EndOfStream("no first line")
    headers = []
    while True:
        text = stream.readline(65536)
        if not text.endswith(b"\n"):
            raise EndOfStream("cut in the headers")
        text = text.decode("latin-1").rstrip("\r\n")
        if not text:
            return Message(line.decode("latin-1").rstrip("\r\n"), headers)
        key, _, value = text.partition(":")
        headers.append((key, value.strip()))


def pieces(message, stream):
    """The body as it arrives, piece by piece."""
    if (message.header("transfer-encoding") or "").lower() == "chunked":
        yield from chunks(stream)
        return
    length = message.header("content-length")
    left = int(length) if length else 0
    while left:
        piece = stream.read1(min(left, 65536))
        if not piece:
            raise EndOfStream("cut in the body")
        left -= len(piece)
        yield piece


def chunks(stream):
    while True:
        line = stream.readline(1024)
        if not line.endswith(b"\n"):
            raise EndOfStream("cut in a chunk's size")
        size = int(line.split(b";")[0], 16)
        left = size
        while left:
            piece = stream.read1(left)
            if not piece:
                raise EndOfStream("cut in a chunk")
            left -= len(piece)
            yield piece
        stream.readline(1024)
        if size == 0:
            return


def read_body(message, stream):
    message.body = b"".join(pieces(message, stream))
    return message.body


def status_of(response):
    return int(response.line.split(" ", 2)[1])


def request_bytes(method, target, headers, body):
    lines = [f"{method} {target} HTTP/1.1"]
    lines += [f"{key}: {value}" for key, value in headers]
    lines += [f"Content-Length: {len(body)}", "Connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def head_bytes(status, headers):
    lines = [f"HTTP/1.1 {status} {REASONS.get(status, 'Status')}"]
    lines += [f"{key}: {value}" for key, value in headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def response_bytes(status, headers, body):
    return head_bytes(status, [*headers, ("Content-Length", str(len(body)))]) + body


def chunk_bytes(piece):
    return b"%x\r\n" % len(piece) + piece + b"\r\n"


REASONS = {200: "OK", 201: "Created", 401: "Unauthorized", 403: "Forbidden", 404: "NotFound",
           409: "Conflict", 410: "Gone", 422: "Invalid", 429: "TooManyRequests",
           500: "InternalError", 502: "BadGateway", 503: "ServiceUnavailable", 504: "Timeout"}
STATUS_REASON = {409: "Conflict", 410: "Expired", 500: "InternalError"}


def status_object(code, message="injected"):
    """What the API server's own errors look like."""
    reason = STATUS_REASON.get(code, REASONS.get(code, ""))
    return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": message, "reason": reason, "code": code}


def status_body(code, message="injected"):
    return json.dumps(status_object(code, message)).encode()
