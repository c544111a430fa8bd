# SPDX-License-Identifier: Apache-2.0
"""RESP2 on plain sockets: what a relay and a small client have to understand of it."""
import socket


class Lost(OSError):
    """The peer has closed, or does not answer in time."""


class Incomplete(Exception):
    """The rest has not arrived yet."""


def encode(words):
    parts = [b"*%d\r\n" % len(words)]
    for word in words:
        word = word if isinstance(word, bytes) else str(word).encode()
        parts.append(b"$%d\r\n%s\r\n" % (len(word), word))
    return b"".join(parts)


class Stream:
    """What arrives at a socket, cut into commands or replies."""

    def __init__(self, connection):
        self.socket, self.buffer, self.at = connection, bytearray(), 0

    def commands(self):
        """All that have arrived whole, at least one: [(raw bytes, words)]."""
        found = []
        while True:
            try:
                start = self.at
                words = self._value()
                found.append((bytes(self.buffer[start:self.at]), words))
            except Incomplete:
                self.at = start
                if found:
                    return found
                self._more()

    def reply(self):
        """(raw bytes, value); an error of the server's is a ServerError as value."""
        while True:
            start = self.at
            try:
                value = self._value()
                return bytes(self.buffer[start:self.at]), value
            except Incomplete:
                self.at = start
                self._more()

    def _more(self):
        del self.buffer[:self.at]
        self.at = 0
        try:
            piece = self.socket.recv(1 << 18)
        except OSError as problem:
            raise Lost(str(problem)) from problem
        if not piece:
            raise Lost("closed")
        self.buffer += piece

    def _line(self):
        end = self.buffer.find(b"\r\n", self.at)
        if end < 0:
            raise Incomplete
        line = bytes(self.buffer[self.at:end])
        self.at = end + 2
        return line

    def _value(self):
        line = self._line()
        kind, text = line[:1], line[1:]
        if kind == b"$":
            return self._bulk(int(text))
        if kind == b"*":
            return [self._value() for _ in range(max(int(text), 0))]
        if kind == b":":
            return int(text)
        return ServerError(text.decode()) if kind == b"-" else text

    def _bulk(self, size):
        if size < 0:
            return None
        if len(self.buffer) < self.at + size + 2:
            raise Incomplete
        value = bytes(self.buffer[self.at:self.at + size])
        self.at += size + 2
        return value


class ServerError(str):
    """An error reply; its first word says of which kind."""


class Client:
    """One connection, logged in; not for two threads at once."""

    def __init__(self, address, password, timeout=5.0):
        try:
            self.socket = socket.create_connection(address, timeout=timeout)
        except OSError as problem:
            raise Lost(str(problem)) from problem
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.stream = Stream(self.socket)
        self.ask("AUTH", password)

    def ask(self, *words):
        try:
            self.socket.sendall(encode(words))
        except OSError as problem:
            raise Lost(str(problem)) from problem
        return self.stream.reply()[1]

    def close(self):
        self.socket.close()
