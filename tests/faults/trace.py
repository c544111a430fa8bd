# SPDX-License-Identifier: Apache-2.0
"""What really happens to the objects, watched at the API server and not through a proxy; and the
part of the Deployment controller that nobody plays at this level of cluster: its status."""
import collections
import dataclasses
import http.client
import json
import threading
import time

from objects import deployment_status
from upstream import DEPLOYMENTS, SERVICES, ApiError


@dataclasses.dataclass(frozen=True)
class Seen:
    """One event of one object."""
    at: float
    kind: str
    item: dict

    @property
    def name(self):
        return self.item["metadata"]["name"]

    @property
    def uid(self):
        return self.item["metadata"]["uid"]

    @property
    def revision(self):
        return int(self.item["metadata"]["resourceVersion"])


class Trace:
    """Follows the Deployments and services of one namespace until it is closed."""

    def __init__(self, api, space, ready_delay=0.2):
        self.api, self.space, self.ready_delay = api, space, ready_delay
        self.ready = {}                 # name -> ready replicas that is not all of them
        self.events = collections.defaultdict(list)
        self.lock, self.closing = threading.Lock(), False
        self.changed = threading.Event()
        threading.Thread(target=self._keep_statuses, daemon=True).start()
        start = str(api.revision())
        for what, path in (("deployments", DEPLOYMENTS), ("services", SERVICES)):
            threading.Thread(target=self._follow, args=(what, path.format(space), start),
                             daemon=True).start()

    def close(self):
        self.closing = True

    def of(self, what, name):
        with self.lock:
            return [event for event in self.events[what] if event.name == name]

    def last(self, what, name):
        events = self.of(what, name)
        return events[-1].item if events and events[-1].kind != "DELETED" else None

    def replicas(self, name="web"):
        item = self.last("deployments", name)
        return item["spec"]["replicas"] if item else None

    def changes(self, name="web"):
        """[(time, uid, replicas)]: the first sight of it, and each change."""
        changes = []
        for event in self.of("deployments", name):
            now = (event.uid, event.item["spec"]["replicas"])
            if event.kind != "DELETED" and (not changes or changes[-1][1:] != now):
                changes.append((event.at, *now))
        return changes

    def set_ready(self, name, count):
        """From now on so many replicas are ready; None: all that are asked for."""
        self.ready[name] = count
        self.changed.set()

    def _follow(self, what, path, revision):
        while not self.closing:
            try:
                revision = self._watch(what, path, revision)
            except (OSError, ApiError, http.client.HTTPException, ValueError):
                time.sleep(0.1)

    def _watch(self, what, path, revision):
        upstream = self.api.upstream
        link = http.client.HTTPSConnection(upstream.host, upstream.port,
                                           context=upstream.context, timeout=300)
        link.request("GET", f"{path}?watch=1&timeoutSeconds=240&resourceVersion={revision}")
        answer = link.getresponse()
        if answer.status != 200:
            return self._list(what, path)
        for line in answer:
            if self.closing:
                break
            event = json.loads(line)
            if event["type"] not in ("ADDED", "MODIFIED", "DELETED"):
                return self._list(what, path)
            revision = event["object"]["metadata"]["resourceVersion"]
            with self.lock:
                self.events[what].append(Seen(time.monotonic(), event["type"], event["object"]))
            if what == "deployments":
                self.changed.set()
        link.close()
        return revision

    def _list(self, what, path):
        """Where a watch cannot begin, after a restart for one: what there is, and its revision."""
        time.sleep(0.2)
        listed = self.api.get(path)
        known = {event.revision for event in self.events[what]}
        with self.lock:
            self.events[what] += [
                seen for seen in (Seen(time.monotonic(), "MODIFIED", item)
                                  for item in listed["items"]) if seen.revision not in known]
        self.changed.set()
        return listed["metadata"]["resourceVersion"]

    def _keep_statuses(self):
        """Always on the latest there is, however fast the events come."""
        while not self.closing:
            if not self.changed.wait(0.5):
                continue
            time.sleep(self.ready_delay)
            self.changed.clear()
            with self.lock:
                latest = {event.name: event for event in self.events["deployments"]}
            for event in latest.values():
                if event.kind != "DELETED":
                    self._keep_status(event.item)

    def _keep_status(self, item):
        name = item["metadata"]["name"]
        if self.ready.get(name) == "absent":
            return
        status = deployment_status(item, self.ready.get(name))
        if all(item.get("status", {}).get(key) == value
               for key, value in status["status"].items()):
            return
        try:
            self.api.merge(f"{DEPLOYMENTS.format(self.space)}/{name}/status", status)
        except (OSError, ApiError, http.client.HTTPException):
            pass  # deleted meanwhile, or there will be another event
