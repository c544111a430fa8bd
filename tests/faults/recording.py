# SPDX-License-Identifier: Apache-2.0
"""What went through the proxies and what happened at the API server. Times are monotonic."""
import dataclasses
import json
import threading
import time

SECRET = {"authorization", "proxy-authorization", "cookie"}


@dataclasses.dataclass
class Exchange:
    """One request and its response, as either side saw them."""
    who: int
    method: str
    path: str
    query: str
    headers: list
    body: str
    at: float = dataclasses.field(default_factory=time.monotonic)
    answered: float | None = None       # when the server's answer began
    ended: float | None = None
    status: int | None = None           # what the operator was told
    server_status: int | None = None    # what the server answered
    reply: str = ""                     # the server's body; of a watch nothing
    reply_headers: list = dataclasses.field(default_factory=list)  # as told to the operator
    sent: int = 0                       # bytes of body towards the operator
    events: int = 0
    faults: list = dataclasses.field(default_factory=list)
    to_server: str = "not sent"         # not sent | sent | answered | failed
    to_operator: str = "nothing"        # nothing | replied | cut | gone

    @property
    def is_write(self):
        return self.method != "GET"

    @property
    def is_watch(self):
        return self.method == "GET" and "watch=" in self.query

    @property
    def is_list(self):
        """A read of a whole collection, paged or streamed."""
        whole = self.path.rstrip("/").split("/")[-1] in ("deployments", "evaluationservices")
        return self.method == "GET" and whole and (
            not self.is_watch or "sendInitialEvents=true" in self.query)

    @property
    def effective(self):
        return self.is_write and self.server_status is not None and self.server_status < 300

    def kind(self):
        """scale | status | event | lease | other, of a write."""
        parts = self.path.split("/")
        if parts[-1] in ("scale", "status"):
            return parts[-1]
        for name, kind in (("events", "event"), ("leases", "lease")):
            if name in parts:
                return kind
        return "other"

    def reply_object(self):
        try:
            return json.loads(self.reply)
        except ValueError:
            return {}

    def brief(self, origin):
        return (f"{self.at - origin:7.3f} op{self.who} {self.method} {self.path}"
                f"{'?' + self.query[:60] if self.query else ''} -> "
                f"server {self.server_status or self.to_server}, operator "
                f"{self.status or ''} {self.to_operator} {' '.join(self.faults)}")


class Recording:
    def __init__(self):
        self.lock, self.exchanges, self.origin = threading.Lock(), [], time.monotonic()

    def begin(self, who, request, method, path, query):
        headers = [(key, value) for key, value in request.headers if key.lower() not in SECRET]
        exchange = Exchange(who, method, path, query, headers,
                            (request.body or b"").decode("utf-8", "replace"))
        with self.lock:
            self.exchanges.append(exchange)
        return exchange

    def all(self):
        with self.lock:
            return list(self.exchanges)

    def writes(self, kind=None):
        return [each for each in self.all()
                if each.is_write and (kind is None or each.kind() == kind)]

    def text(self):
        return "\n".join(each.brief(self.origin) for each in self.all())
