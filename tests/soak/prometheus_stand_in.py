# SPDX-License-Identifier: Apache-2.0
"""Answers every query with a row per service, from a table of loads."""
import http.server
import json
import threading
import time


class PrometheusStandIn:
    def __init__(self, space, loads):
        self.queries = 0
        stand_in = self

        class Answers(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                stand_in.queries += 1
                now = time.time()
                rows = [{"metric": {"namespace": space, "service": name},
                         "value": [now, str(load)]} for name, load in list(loads.items())]
                body = json.dumps({"status": "success", "data": {
                    "resultType": "vector", "result": rows}}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
