# SPDX-License-Identifier: Apache-2.0
"""The API server as it was at one revision: what a server that lags behind still says.

`reads` is "watch" when only its watch cache lags (watches and lists), "all" when single reads lag
as well. Writes are never held: a lagging server checks them against the store like any other.
"""
import json
import urllib.parse

from upstream import ApiError

COLLECTIONS = {"deployments": ("apps/v1", "Deployment"),
               "evaluationservices": ("evalscaler.io/v1alpha1", "EvaluationService")}


class FrozenView:
    def __init__(self, api, revision, reads):
        self.api, self.revision, self.reads, self.lifted = api, revision, reads, False

    def hides(self, event):
        """Whether this event is of a time that the view has not come to."""
        revision = event.get("object", {}).get("metadata", {}).get("resourceVersion", "0")
        return not self.lifted and int(revision or 0) > self.revision

    def collection(self, path, name=None):
        query = {"resourceVersion": str(self.revision), "resourceVersionMatch": "Exact"}
        if name:
            query["fieldSelector"] = f"metadata.name={name}"
        return self.api.get(f"{path}?{urllib.parse.urlencode(query)}")

    def answer(self, path):
        """(status, object) of a GET that is no watch; None if it is not a matter of this view."""
        parts = path.strip("/").split("/")
        if parts[-1] in COLLECTIONS:
            return 200, self.collection(path)
        scale = parts[-1] == "scale"
        if scale:
            parts.pop()
        if self.reads != "all" or len(parts) < 2 or parts[-2] not in COLLECTIONS:
            return None
        items = self.collection("/" + "/".join(parts[:-1]), parts[-1])["items"]
        if not items:
            return 404, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 404,
                         "reason": "NotFound", "message": f"{parts[-1]} not found"}
        version, kind = COLLECTIONS[parts[-2]]
        item = {"apiVersion": version, "kind": kind, **items[0]}
        return 200, scale_of(item) if scale else item

    def initial_events(self, path):
        """Lines of a streamed list, ended by its bookmark."""
        version, kind = COLLECTIONS[path.rstrip("/").split("/")[-1]]
        listed = self.collection(path)
        for item in listed["items"]:
            yield json.dumps({"type": "ADDED",
                              "object": {"apiVersion": version, "kind": kind, **item}})
        yield json.dumps(bookmark(version, kind, str(self.revision), ends_list=True))


def bookmark(version, kind, revision, ends_list=False):
    metadata = {"resourceVersion": revision, "creationTimestamp": None}
    if ends_list:
        metadata["annotations"] = {"k8s.io/initial-events-end": "true"}
    return {"type": "BOOKMARK", "object": {"apiVersion": version, "kind": kind,
                                           "metadata": metadata, "spec": {}}}


def scale_of(deployment):
    meta = deployment["metadata"]
    keep = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp", "managedFields")
    return {"kind": "Scale", "apiVersion": "autoscaling/v1",
            "metadata": {key: meta[key] for key in keep if key in meta},
            "spec": {"replicas": deployment["spec"]["replicas"]},
            "status": {"replicas": deployment.get("status", {}).get("replicas", 0)}}


def freeze(api, reads, back=0):
    """A view of this moment, or of `back` revisions before it."""
    try:
        return FrozenView(api, api.revision() - back, reads)
    except (OSError, ApiError):
        return None
