# SPDX-License-Identifier: Apache-2.0
"""One exchange on its way through a proxy, with the faults that are due for it."""
import json
import socket
import struct
import time

import frozen_view
from http_wire import (EndOfStream, read_body, read_message, request_bytes, response_bytes,
                       status_body, status_of)
from watch_stream import WatchStream

RESET = struct.pack("ii", 1, 0)


class ServerSide:
    """A connection to the API server for one request."""

    def __init__(self, upstream, context):
        self.socket = upstream.connect(context)
        self.stream = self.socket.makefile("rb")

    def close(self):
        for part in (self.stream, self.socket):
            try:
                part.close()
            except OSError:
                pass


class Passage:
    """One exchange under way, with the faults that are due for it."""

    def __init__(self, proxy, connection, exchange, due):
        self.proxy, self.connection, self.exchange, self.due = proxy, connection, exchange, due

    def run(self, request, target):
        for rule in self._at("before"):
            if not self._before(rule):
                return False
            if self.exchange.to_operator == "replied":
                for late in self._at("after_reply"):
                    self._after_reply(late)
                return True
        view = self.proxy.view
        if view is not None and self._from_view(view):
            return not self.exchange.is_watch
        return self._forward(request, target)

    def refuse(self):
        self._reply(401, [], status_body(401, "Unauthorized"))
        return True

    def _at(self, when):
        return [rule for rule in self.due if rule.when == when]

    def _before(self, rule):
        if rule.action == "delay":
            self._wait(rule.seconds)
        elif rule.action == "drop":
            return False
        elif rule.action == "freeze":
            self.proxy.freeze(rule)
        elif rule.action == "signal":
            self.proxy.signal(rule)
            return rule.signal != "KILL"
        else:
            self._tell_error(rule)
        return True

    def _wait(self, seconds):
        """Time passes on the wire, whether or not the sender is still there."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.proxy.closing:
            time.sleep(min(0.05, max(0.0, end - time.monotonic())))

    def _tell_error(self, rule):
        headers = [("Retry-After", rule.retry_after)] if rule.retry_after else []
        self._reply(rule.status, headers, status_body(rule.status))

    def _reply(self, status, headers, body):
        headers = [("Content-Type", "application/json"), *headers]
        self.exchange.status, self.exchange.reply_headers = status, headers
        self.connection.sendall(response_bytes(status, headers, body))
        self.exchange.sent, self.exchange.to_operator = len(body), "replied"

    def _from_view(self, view):
        exchange = self.exchange
        if exchange.is_watch and exchange.path.split("/")[-1] in frozen_view.COLLECTIONS:
            WatchStream(self.proxy, self.connection, exchange).run_frozen(view)
            return True
        found = view.answer(exchange.path) if exchange.method == "GET" else None
        if found is None:
            return False
        self._reply(found[0], [], json.dumps(found[1]).encode())
        return True

    def _forward(self, request, target):
        own = self.proxy.forward_authorization
        drop = {"host"} if own else {"host", "authorization"}
        headers = [(key, value) for key, value in request.kept_headers()
                   if key.lower() not in drop]
        upstream = self.proxy.upstream
        headers.append(("Host", f"{upstream.host}:{upstream.port}"))
        if not own and upstream.token:
            headers.append(("Authorization", "Bearer " + upstream.token))
        try:
            server = ServerSide(upstream, upstream.anonymous if own else upstream.context)
        except OSError:
            self.exchange.to_server = "failed"
            return False
        try:
            server.socket.sendall(request_bytes(self.exchange.method, target, headers,
                                                request.body))
            server.socket.settimeout(None if self.exchange.is_watch else 60)
            self.exchange.to_server = "sent"
            for rule in self._at("after_send"):
                self._after_send(rule)
            return self._answer(server)
        except EndOfStream:
            self.exchange.to_server = "failed"
            return False
        finally:
            server.close()

    def _after_send(self, rule):
        if rule.action == "signal":
            self.proxy.signal(rule)
        if rule.action == "drop":
            hang_up(self.connection)

    def _answer(self, server):
        exchange = self.exchange
        response = read_message(server.stream)
        exchange.server_status, exchange.to_server = status_of(response), "answered"
        exchange.answered = time.monotonic()
        if exchange.is_watch and exchange.server_status == 200:
            WatchStream(self.proxy, self.connection, exchange).run(response, server)
            return False
        body = read_body(response, server.stream)
        exchange.reply = body.decode("utf-8", "replace")
        if self.proxy.rewrite is not None:
            body = self.proxy.rewrite(exchange, body)
        for rule in self._at("after_commit"):
            if not self._after_commit(rule, body):
                return False
            if exchange.to_operator == "replied":
                break
        else:
            kept = [pair for pair in response.kept_headers() if pair[0].lower() != "content-type"]
            self._reply(exchange.server_status, kept, body)
        for rule in self._at("after_reply"):
            self._after_reply(rule)
        return True

    def _after_commit(self, rule, body):
        if rule.action == "delay":
            self._wait(rule.seconds)
        elif rule.action == "cut":
            whole = response_bytes(self.exchange.server_status, [
                ("Content-Type", "application/json")], body)
            start = whole.index(b"\r\n\r\n") + 4
            self.connection.sendall(whole[:start + rule.byte])
            self.exchange.to_operator = "cut"
            return False
        elif rule.action == "drop":
            return False
        elif rule.action == "signal":
            self.proxy.signal(rule)
            return rule.signal != "KILL"
        elif rule.action == "freeze":
            self.proxy.freeze(rule)
        else:
            self._tell_error(rule)
        return True

    def _after_reply(self, rule):
        if rule.action == "signal":
            time.sleep(rule.seconds if rule.signal == "KILL" else 0)
            self.proxy.signal(rule)
        elif rule.action == "freeze":
            self.proxy.freeze(rule)


def hang_up(connection):
    """Ends a connection that another thread may be reading."""
    try:
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:
        pass


def reset(connection):
    """Closes with a reset, not with a farewell."""
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        connection.close()
    except OSError:
        pass
