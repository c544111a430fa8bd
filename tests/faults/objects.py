# SPDX-License-Identifier: Apache-2.0
"""The objects of one world: a Deployment and the EvaluationService that scales it."""

HIGH, MIDDLE, LOW = 90.0, 50.0, 10.0    # loads: above, between and below the thresholds


def deployment(space, name, replicas):
    return {"apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": name, "namespace": space},
            "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": name}},
                     "template": {"metadata": {"labels": {"app": name}}, "spec": {
                         "containers": [{"name": "app", "image": "none"}]}}}}


def service(space, name, settings, mode="Auto"):
    return {"apiVersion": "evalscaler.io/v1alpha1", "kind": "EvaluationService",
            "metadata": {"name": name, "namespace": space},
            "spec": {"intervalSeconds": settings.interval, "mode": mode, "tiers": [{
                "name": "app", "scaleTargetRef": {"name": name},
                "minReplicas": settings.least, "maxReplicas": settings.most,
                **POLICIES[settings.policy](settings)}]}}


def threshold(settings):
    return {"threshold": {
        "metrics": [{"name": "load", "query": "load", "scaleUpThreshold": "70",
                     "scaleDownThreshold": "30"}],
        "scaleUp": {"step": settings.step_up, "cooldownSeconds": settings.cooldown_up},
        "scaleDown": {"step": settings.step_down, "cooldownSeconds": settings.cooldown_down}}}


def tracking(settings):
    """What bounds it is `behavior`: a step is what a period allows, a cooldown that period."""
    return {"targetTracking": {"metrics": [{"name": "load", "query": "load", "target": {
                "type": "Value", "value": str(MIDDLE)}}]},
            "behavior": {
                "scaleUp": {"policies": [pods(settings.step_up, settings.cooldown_up)]},
                "scaleDown": {"stabilizationWindowSeconds": settings.window, "policies": [
                    pods(settings.step_down, settings.cooldown_down)]}}}


def pods(count, seconds):
    return {"type": "Pods", "value": count, "periodSeconds": seconds}


POLICIES = {"threshold": threshold, "targetTracking": tracking}


def deployment_status(item, ready=None):
    count = item["spec"]["replicas"]
    ready = count if ready is None else ready
    return {"status": {"observedGeneration": item["metadata"]["generation"], "replicas": count,
                       "updatedReplicas": count, "readyReplicas": ready,
                       "availableReplicas": ready}}


def kubeconfig(url, authority_pem_file, token="harness", token_file=None):
    """JSON is YAML."""
    user = f'"tokenFile": "{token_file}"' if token_file else f'"token": "{token}"'
    return ('{"apiVersion": "v1", "kind": "Config", "current-context": "faults", "contexts": '
            '[{"name": "faults", "context": {"cluster": "faults", "user": "faults"}}], '
            f'"clusters": [{{"name": "faults", "cluster": {{"server": "{url}", '
            f'"certificate-authority": "{authority_pem_file}"}}}}], '
            f'"users": [{{"name": "faults", "user": {{{user}}}}}]}}\n')
