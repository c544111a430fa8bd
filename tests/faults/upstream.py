# SPDX-License-Identifier: Apache-2.0
"""The API server itself: reached by the proxies, and by the tests as administrator."""
import base64
import http.client
import json
import re
import socket
import ssl
import tempfile
import threading
import time

DEPLOYMENTS = "/apis/apps/v1/namespaces/{}/deployments"
SERVICES = "/apis/evalscaler.io/v1alpha1/namespaces/{}/evaluationservices"
LEASES = "/apis/coordination.k8s.io/v1/namespaces/{}/leases"


class ApiError(Exception):
    def __init__(self, status, text):
        super().__init__(f"HTTP {status}: {text[:300]}")
        self.status = status


class Upstream:
    """Where the API server is, and as whom it is spoken to: what a kubeconfig says."""

    def __init__(self, kubeconfig):
        with open(kubeconfig, encoding="utf-8") as file:
            text = file.read()
        self.kubeconfig = str(kubeconfig)
        self.host, port = re.search(r"https://([^:\"/]+):(\d+)", text).groups()
        self.port = int(port)
        self.authority = _part(text, "certificate-authority-data")
        certificate = _part(text, "client-certificate-data")
        self.token = (re.search(r"\btoken: *\"?([^\s\"}]+)", text) or [None, None])[1]
        self.anonymous = ssl.create_default_context(cadata=self.authority)
        self.context = ssl.create_default_context(cadata=self.authority)
        if certificate:
            with tempfile.NamedTemporaryFile("w", suffix=".pem") as pair:
                pair.write(certificate + "\n" + _part(text, "client-key-data"))
                pair.flush()
                self.context.load_cert_chain(pair.name)

    def connect(self, context=None, timeout=30):
        plain = socket.create_connection((self.host, self.port), timeout=timeout)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            return (context or self.context).wrap_socket(plain, server_hostname=self.host)
        except OSError:
            plain.close()
            raise


def _part(text, name):
    found = re.search(name + r": *\"?([A-Za-z0-9+/=]+)", text)
    return base64.b64decode(found[1]).decode() if found else ""


class ClusterApi:
    """Typed by nothing, thread-safe: one connection per thread."""

    def __init__(self, upstream):
        self.upstream, self.local = upstream, threading.local()

    def call(self, method, path, body=None, kind="application/json"):
        data = json.dumps(body) if body is not None else None
        headers = {"Accept": "application/json"}
        if data is not None:
            headers["Content-Type"] = kind
        for attempt in (1, 2):
            try:
                link = self._link()
                link.request(method, path, data, headers)
                answer = link.getresponse()
                text = answer.read().decode()
                break
            except (OSError, http.client.HTTPException):
                self.local.link = None
                # An idle connection that the server has closed; all but a create may come twice.
                if attempt == 2 or method == "POST":
                    raise
        if answer.status >= 300:
            raise ApiError(answer.status, text)
        return json.loads(text)

    def _link(self):
        """A connection that is open; until then nothing was sent, so it may be tried again."""
        for attempt in range(5):
            if getattr(self.local, "link", None) is not None:
                break
            link = http.client.HTTPSConnection(
                self.upstream.host, self.upstream.port, context=self.upstream.context, timeout=30)
            try:
                link.connect()
                self.local.link = link
            except OSError:
                if attempt == 4:
                    raise
                time.sleep(0.2)
        return self.local.link

    def get(self, path):
        return self.call("GET", path)

    def find(self, path):
        """The object, or None if it is not there."""
        try:
            return self.call("GET", path)
        except ApiError as problem:
            if problem.status == 404:
                return None
            raise

    def create(self, path, body):
        return self.call("POST", path, body)

    def merge(self, path, body):
        return self.call("PATCH", path, body, "application/merge-patch+json")

    def delete(self, path):
        try:
            return self.call("DELETE", path)
        except ApiError as problem:
            if problem.status != 404:
                raise
            return None

    def revision(self):
        return int(self.get("/api/v1/namespaces?limit=1")["metadata"]["resourceVersion"])
