# SPDX-License-Identifier: Apache-2.0
"""A Prometheus stand-in that knows what it answered, and when.

`value` is what a good answer holds. `fault` is None, or a function (peer, value) that answers the
connected socket `peer` in its own way; whatever it does is not a fresh reading. A function may
say that its answers are good all the same by an attribute `fresh = True`.
"""
import dataclasses
import socket
import threading
import time

from fixtures.prometheus_answers import vector
from http_wire import read_body, read_message, response_bytes


@dataclasses.dataclass(frozen=True)
class Answer:
    at: float          # when it was sent; a bad one: when it was over
    value: float
    fresh: bool


class Prometheus:
    def __init__(self):
        self.value, self.fault, self.closing = 50.0, None, False
        self.answers, self.queries, self.lock = [], [], threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.closing = True
        self.listener.close()

    def answered(self):
        with self.lock:
            return list(self.answers)

    def wait_for_answers(self, count, seconds, stop=lambda: False):
        """Until `count` more queries were answered, at most `seconds`."""
        end, wanted = time.monotonic() + seconds, len(self.answered()) + count
        while time.monotonic() < end and len(self.answered()) < wanted and not stop():
            time.sleep(0.05)

    def _accept(self):
        while not self.closing:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer):
        try:
            with peer, peer.makefile("rb") as stream:
                while not self.closing:
                    request = read_message(stream)
                    read_body(request, stream)
                    if not self._answer(peer, request):
                        return
        except (OSError, ValueError):
            pass

    def _answer(self, peer, request):
        """Whether the connection lives on."""
        fault, value = self.fault, self.value
        with self.lock:
            self.queries.append((time.monotonic(), request.line, request.body.decode()))
        if fault is None:
            # Noted before it is sent: what follows from it may be quicker than a thread here.
            self._note(value, fresh=True)
            peer.sendall(response_bytes(200, [("Content-Type", "application/json")],
                                        vector(value).encode()))
            return True
        try:
            fault(peer, value)
        finally:
            self._note(value, getattr(fault, "fresh", False))
        return False

    def _note(self, value, fresh):
        with self.lock:
            self.answers.append(Answer(time.monotonic(), value, fresh))
