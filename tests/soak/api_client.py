# SPDX-License-Identifier: Apache-2.0
"""As much of an API client as the soak needs: one kept connection per caller, JSON in and out."""
import base64
import http.client
import json
import re
import ssl
import tempfile
import urllib.parse

MERGE = "application/merge-patch+json"


class Access:
    """What the test cluster's kubeconfig says; certificates are inline there."""

    def __init__(self, kubeconfig):
        with open(kubeconfig, encoding="utf-8") as file:
            self.text = file.read()
        self.server = urllib.parse.urlsplit(self._field("server"))
        authority = base64.b64decode(self._field("certificate-authority-data")).decode()
        self.tls = ssl.create_default_context(cadata=authority)
        with tempfile.NamedTemporaryFile() as pair:
            pair.write(base64.b64decode(self._field("client-certificate-data")))
            pair.write(base64.b64decode(self._field("client-key-data")))
            pair.flush()
            self.tls.load_cert_chain(pair.name)

    def _field(self, name):
        return re.search(name + r""":\s*["']?([^\s"',}]+)""", self.text)[1]

    def through(self, port):
        """The same kubeconfig, by way of a relay on this host."""
        return self.text.replace(self.server.geturl(), f"https://127.0.0.1:{port}")


class ApiClient:
    """Not for two threads at a time."""

    def __init__(self, access):
        self.access = access
        self.connection = None

    def request(self, method, path, body=None, kind="application/json", accept=(200, 201)):
        text = None if body is None else json.dumps(body)
        for last in (False, True):
            try:
                connection = self._connected()
                connection.request(method, path, text, {"Content-Type": kind})
                answer = connection.getresponse()
                content = answer.read()
                break
            except (http.client.HTTPException, OSError):
                self.connection = None
                if last:
                    raise
        if answer.status not in accept:
            raise RuntimeError(f"{method} {path}: HTTP {answer.status}: {content[:200]!r}")
        return json.loads(content) if content else None

    def lines(self, path):
        """A watch: each frame as it comes, until the server ends it."""
        connection = self._new(timeout=600)
        connection.request("GET", path)
        answer = connection.getresponse()
        while line := answer.readline():
            yield json.loads(line)

    def _connected(self):
        if self.connection is None:
            self.connection = self._new(timeout=30)
        return self.connection

    def _new(self, timeout):
        server = self.access.server
        return http.client.HTTPSConnection(server.hostname, server.port, context=self.access.tls,
                                           timeout=timeout)
