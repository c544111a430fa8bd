# SPDX-License-Identifier: Apache-2.0
"""The proxy between one operator and the API server.

It ends TLS with a certificate of its own, does what the plan says, records everything, and passes
the rest on as administrator (or as `upstream`'s user; with forward_authorization as whoever the
operator says it is). One connection to the server per request, so that each is its own.
"""
import socket
import ssl
import threading
import time

import frozen_view
from http_wire import read_body, read_message
from passage import Passage, hang_up, reset
from upstream import ClusterApi
from watch_stream import Cut


class Proxy:
    def __init__(self, upstream, certificate, plan, recording, who=0, on_signal=None):
        self.upstream, self.plan, self.recording, self.who = upstream, plan, recording, who
        self.on_signal = on_signal or (lambda rule, who: None)
        self.forward_authorization = False
        self.accepts = None      # (Authorization header) -> whether it is anybody's; else 401
        self.rewrite = None      # (exchange, reply bytes) -> reply bytes, for corrupt objects
        self.rewrite_event = None  # (watch event) -> watch event, or None to leave it out
        self.view, self.closing = None, False
        self.api = ClusterApi(upstream)
        self.open, self.lock = set(), threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.url = f"https://127.0.0.1:{self.port}"
        self.present(certificate)
        threading.Thread(target=self._accept, daemon=True).start()

    def present(self, certificate):
        """From the next connection on shows this certificate (has .certificate and .key)."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.certificate, certificate.key)
        self.context = context

    def cut_all(self):
        """Resets every connection that is open."""
        with self.lock:
            victims = list(self.open)
        for connection in victims:
            hang_up(connection)

    def close(self):
        self.closing = True
        self.listener.close()
        self.cut_all()

    def freeze(self, rule):
        view = frozen_view.freeze(self.api, rule.reads)
        self.view = view
        if view is not None and rule.seconds > 0:
            threading.Timer(rule.seconds, self.thaw, [view]).start()

    def thaw(self, view=None):
        view = view or self.view
        if view is not None:
            view.lifted = True
        if self.view is view:
            self.view = None
        self.cut_all()

    def signal(self, rule):
        self.on_signal(rule, self.who)

    def _accept(self):
        while not self.closing:
            try:
                plain, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._connection, args=(plain,), daemon=True).start()

    def _connection(self, plain):
        connection = plain
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            plain.settimeout(30)
            connection = self.context.wrap_socket(plain, server_side=True)
            connection.settimeout(None)
            with self.lock:
                self.open.add(connection)
            with connection.makefile("rb") as stream:
                while not self.closing:
                    request = read_message(stream)
                    read_body(request, stream)
                    if not self._exchange(connection, request):
                        break
        except (OSError, ValueError, Cut):
            pass
        finally:
            with self.lock:
                self.open.discard(connection)
            reset(connection)

    def _exchange(self, connection, request):
        """One request; whether the connection lives on."""
        method, target, _ = request.line.split(" ", 2)
        path, _, query = target.partition("?")
        exchange = self.recording.begin(self.who, request, method, path, query)
        due = self.plan.for_request(self.who, method, path, query)
        for rule in due:
            exchange.faults.append(f"{rule.action}@{rule.when}")
        passage = Passage(self, connection, exchange, due)
        try:
            if self.accepts and not self.accepts(request.header("authorization") or ""):
                return passage.refuse()
            return passage.run(request, target)
        finally:
            exchange.ended = time.monotonic()
            if exchange.to_operator != "replied":
                exchange.to_operator = "cut"
