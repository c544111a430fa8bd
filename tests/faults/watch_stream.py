# SPDX-License-Identifier: Apache-2.0
"""One watch passing through a proxy, event by event, with the faults that are due."""
import json
import select
import socket
import threading
import time

from frozen_view import bookmark
from http_wire import EndOfStream, chunk_bytes, head_bytes, pieces, status_object

SILENCE_CHECK = 0.1


class Cut(Exception):
    """The stream ends here, with a reset."""


class WatchStream:
    """Passes the lines of `response` on to `connection`, an operator's side of a proxy."""

    def __init__(self, proxy, connection, exchange):
        self.proxy, self.connection, self.exchange = proxy, connection, exchange
        self.live = "sendInitialEvents=true" not in exchange.query
        self.opened = time.monotonic()
        self.view = proxy.view

    def run(self, response, server):
        self._head(200)
        with Guard(self.connection, server.socket):
            rest = b""
            try:
                for piece in pieces(response, server.stream):
                    *lines, rest = (rest + piece).split(b"\n")
                    for line in lines:
                        self._line(line + b"\n")
                    if self._view_changed():
                        break
            except (EndOfStream, ValueError):
                pass  # the server or the operator went away
        self._end()

    def run_frozen(self, view):
        """A stream out of a frozen view: its list if one was asked for, then silence."""
        self._head(200)
        if not self.live:
            for line in view.initial_events(self.exchange.path):
                self._line(line.encode() + b"\n")
        while not view.lifted and not self.proxy.closing and not gone(self.connection):
            time.sleep(SILENCE_CHECK)
        self._end()

    def _view_changed(self):
        """A view that is lifted ends its streams, so that they come again on the true server."""
        return self.view is not None and self.view.lifted

    def _head(self, status):
        self.exchange.status, self.exchange.to_operator = status, "replied"
        self.connection.sendall(head_bytes(status, [("Content-Type", "application/json"),
                                                    ("Transfer-Encoding", "chunked")]))

    def _send(self, line):
        self.connection.sendall(chunk_bytes(line))
        self.exchange.sent += len(line)

    def _end(self):
        self.connection.sendall(b"0\r\n\r\n")

    def _line(self, line):
        self.view = self.proxy.view or self.view
        event = json.loads(line)
        if self.proxy.rewrite_event is not None:
            event = self.proxy.rewrite_event(event)
            if event is None:
                return
            line = json.dumps(event).encode() + b"\n"
        if self.view is not None and self.view.hides(event):
            return
        kind = event.get("type", "")
        notes = (event.get("object", {}).get("metadata", {}).get("annotations") or {})
        if not self.live:
            self._send(line)
            self.live = kind == "BOOKMARK" and "k8s.io/initial-events-end" in notes
            return
        self.exchange.events += 1
        due = self.proxy.plan.for_event(self.proxy.who, self.exchange.path, self.exchange.query,
                                        kind)
        passes = True
        for rule in due:
            self.exchange.faults.append(f"{rule.action}@{rule.when}")
            passes = self._fault(rule, event, line) and passes
        if passes:
            self._send(line)
        for rule in due:
            if rule.action == "bookmark":
                self._send(self._bookmark(rule, event))

    def _fault(self, rule, event, line):
        """Does it; whether the event still passes."""
        if rule.action == "delay":
            time.sleep(rule.seconds)
        elif rule.action == "drop":
            return False
        elif rule.action == "cut":
            # A watch that lived for a second is taken up again at once.
            time.sleep(max(0.0, self.opened + rule.seconds - time.monotonic()))
            byte, rule.byte = rule.byte, rule.byte + rule.step
            if byte > 0:
                self._send(line[:byte])
            raise Cut
        elif rule.action == "gone":
            self._send(json.dumps({"type": "ERROR", "object": status_object(
                410, "too old resource version")}).encode() + b"\n")
            self._end()
            raise Cut
        elif rule.action == "freeze":
            self.proxy.freeze(rule)
            self.view = self.proxy.view
            return self.view is None or not self.view.hides(event)
        elif rule.action == "signal":
            self.proxy.signal(rule)
        return True

    @staticmethod
    def _bookmark(rule, event):
        item = event["object"]
        revision = rule.revision or item["metadata"]["resourceVersion"]
        return json.dumps(bookmark(item["apiVersion"], item["kind"], revision)).encode() + b"\n"


def gone(connection):
    """Whether the operator's side has closed: during a response it has nothing else to send."""
    try:
        return bool(select.select([connection], [], [], 0)[0])
    except (OSError, ValueError):
        return True


class Guard:
    """Ends the server's side of a stream as soon as the operator's side is gone."""

    def __init__(self, connection, server):
        self.connection, self.server, self.over = connection, server, threading.Event()

    def __enter__(self):
        threading.Thread(target=self._watch, daemon=True).start()

    def __exit__(self, *_):
        self.over.set()

    def _watch(self):
        while not self.over.wait(SILENCE_CHECK):
            if gone(self.connection):
                self._end_server()
                return

    def _end_server(self):
        try:
            socket.socket.shutdown(self.server, socket.SHUT_RDWR)
        except OSError:
            pass
