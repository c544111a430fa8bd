# SPDX-License-Identifier: Apache-2.0
"""A TCP relay that drops every connection through it when told to."""
import asyncio
import random
import socket
import struct
import threading


class Cutter:
    """Relays 127.0.0.1:`port` to the API server; TLS goes through untouched."""

    def __init__(self, host, port):
        self.target = (host, port)
        self.accepted = 0
        self.cuts = 0
        self._open = set()
        self._random = random.Random(1)
        self._loop = asyncio.new_event_loop()
        self._server = self._loop.run_until_complete(
            asyncio.start_server(self._relay, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def cut_all(self):
        """Half of the time politely (FIN), half of the time not (RST)."""
        self._loop.call_soon_threadsafe(self._cut_all, self._random.random() < 0.5)

    def _cut_all(self, rudely):
        for client, server in list(self._open):
            self.cuts += 1
            if rudely:
                client.get_extra_info("socket").setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.transport.abort() if rudely else client.close()
            server.close()

    async def _relay(self, reader, client):
        try:
            from_server, server = await asyncio.open_connection(*self.target)
        except OSError:
            client.close()
            return
        self.accepted += 1
        pair = (client, server)
        self._open.add(pair)
        try:
            await asyncio.wait([asyncio.ensure_future(self._copy(reader, server)),
                                asyncio.ensure_future(self._copy(from_server, client))],
                               return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._open.discard(pair)
            client.close()
            server.close()

    @staticmethod
    async def _copy(reader, writer):
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
