# SPDX-License-Identifier: Apache-2.0
"""Between the operator and every Redis server: each command passes a gate on its way.

What writes passes one at a time, even out of the middle of a pipeline; what reads passes in
bulk. The servers speak to each other directly: MIGRATE is given the server's own port.
"""
import dataclasses
import socket
import threading
import time

from nodes import POD_PORT, SERVER_PORT
from resp import Lost, Stream, encode

READS_OF = {
    b"CLUSTER": {b"NODES", b"INFO", b"MYID", b"COUNTKEYSINSLOT", b"GETKEYSINSLOT"},
    b"CONFIG": {b"GET"}, b"CLIENT": {b"LIST"},
}


def writes(words):
    """Whether the command changes anything."""
    if words[0] == b"MIGRATE":
        return True
    return words[0] in READS_OF and words[1] not in READS_OF[words[0]]


@dataclasses.dataclass
class Command:
    """One write on its way. `outcome`: not sent, executed (its answer was kept), answered."""
    ordinal: int
    words: list
    at: float = dataclasses.field(default_factory=time.monotonic)
    outcome: str = "not sent"
    reply: str = ""

    @property
    def name(self):
        kind = [word.decode() for word in self.words[:2]]
        if self.words[0] == b"MIGRATE":
            kind = ["MIGRATE"]
        if kind == ["CLUSTER", "SETSLOT"]:
            kind = ["SETSLOT", self.words[3].decode()]
        return " ".join(kind)

    @property
    def slot(self):
        """Of a SETSLOT; else None."""
        return int(self.words[2]) if self.name.startswith("SETSLOT") else None

    def brief(self, origin):
        shown = [word.decode("utf-8", "replace") for word in self.words]
        if self.words[0] == b"MIGRATE":
            shown = ["MIGRATE", f"{len(shown) - shown.index('KEYS') - 1} keys to {shown[1]}"]
        return (f"{self.at - origin:7.3f} pod {self.ordinal} {' '.join(shown)} -> "
                f"{self.outcome} {self.reply[:60]}")


class Closed(Exception):
    """The gate let nothing through: the sender is dead."""


class Relay:
    """All the ports of one world. `gate` has reads(), enter(command) and leave(command):
    they may raise Closed; enter may return a reply to give instead of the server's."""

    def __init__(self, gate):
        self.gate, self.lock = gate, threading.Lock()
        self.listeners, self.open = {}, set()

    def serve(self, node):
        listener = socket.create_server((node.host, POD_PORT), backlog=64)
        self.listeners[node.ordinal] = listener
        threading.Thread(target=self._accept, args=(listener, node), daemon=True).start()

    def leave(self, ordinal):
        shut(self.listeners.pop(ordinal))

    def cut_all(self):
        with self.lock:
            victims = list(self.open)
        for connection in victims:
            shut(connection)

    def close(self):
        for ordinal in list(self.listeners):
            self.leave(ordinal)
        self.cut_all()

    def _accept(self, listener, node):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                listener.close()
                return
            threading.Thread(target=self._connection, args=(client, node), daemon=True).start()

    def _connection(self, client, node):
        with self.lock:
            self.open.add(client)
        server = None
        try:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            server = socket.create_connection(node.address, timeout=60)
            server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._pass_on(Stream(client), Stream(server), node.ordinal)
        except (OSError, Closed):
            pass
        finally:
            with self.lock:
                self.open.discard(client)
            client.close()
            if server is not None:
                server.close()

    def _pass_on(self, client, server, ordinal):
        while True:
            waiting = []
            for raw, words in client.commands():
                if not writes(words):
                    waiting.append(raw)
                    continue
                self._pass_reads(client, server, waiting)
                waiting = []
                self._pass_write(client, server, Command(ordinal, words))
            self._pass_reads(client, server, waiting)

    def _pass_reads(self, client, server, waiting):
        if not waiting:
            return
        self.gate.reads()
        server.socket.sendall(b"".join(waiting))
        client.socket.sendall(b"".join(server.reply()[0] for _ in waiting))

    def _pass_write(self, client, server, command):
        forged = self.gate.enter(command)
        if forged is not None:
            command.outcome, command.reply = "forged", forged
            client.socket.sendall(b"-%s\r\n" % forged.encode())
            return
        try:
            server.socket.sendall(encode(to_servers(command.words)))
            raw, value = server.reply()
        except Lost:
            command.outcome = "lost"
            raise
        command.outcome = "executed"
        command.reply = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
        self.gate.leave(command)
        client.socket.sendall(raw)
        command.outcome = "answered"


def to_servers(words):
    if words[0] == b"MIGRATE":
        return [*words[:2], b"%d" % SERVER_PORT, *words[3:]]
    return words


def shut(connection):
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
