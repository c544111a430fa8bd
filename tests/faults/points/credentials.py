# SPDX-License-Identifier: Apache-2.0
"""Tokens and certificates that change, break and are mended while the operator runs."""
import functools
import time

from fixtures.certificates import Authority
from fixtures.credential_files import MountedFiles
from objects import kubeconfig
from registry import Point, add, point
from world import Failure

OUTAGE = 6.0


class Token:
    """The operator's token is in a file; the proxy takes those that are in `valid`."""

    def __init__(self, world):
        self.world, self.valid = world, {"first"}
        self.files = MountedFiles(world.folder / "secrets", token="first")
        (world.folder / "kubeconfig0").write_text(kubeconfig(
            world.proxy.url, world.authority.own.certificate,
            token_file=self.files.path("token")))
        world.proxy.accepts = lambda header: header.removeprefix("Bearer ") in self.valid

    def change_to(self, token):
        """What was valid no longer is; whoever is connected has to show up again."""
        self.valid = {token}
        self.world.proxy.cut_all()

    def refusals(self):
        return sum(1 for each in self.world.recording.all() if each.status == 401)


def watches_are_back(world):
    """Services and targets, so that what follows is not decided on what was known before."""
    def check():
        streams = {each.path.rsplit("/", 1)[1] for each in world.recording.all()
                   if each.is_watch and each.status == 200 and each.ended is None}
        return {"evaluationservices", "deployments"} <= streams
    world.wait("the watches are open again", check)


@point("token-replaced", "credentials")
def token_replaced(world):
    """As the kubelet does it, ahead of time: the old one ends only afterwards."""
    token = Token(world)
    world.start()
    world.rise()
    token.files.replace(token="second")
    token.change_to("second")
    world.fall()
    world.settle()


def broken(world, break_it):
    """The token is refused and its file is of no help; then the file is mended."""
    token = Token(world)
    world.start()
    world.rise()
    break_it(token.files)
    token.change_to("second")
    world.wait("a refused request", token.refusals)
    time.sleep(OUTAGE)
    if "does not accept our credentials" not in world.operator.log_text():
        raise Failure("the log does not say that the API server refuses the token")
    token.files.replace(token="second")
    watches_are_back(world)
    world.fall()
    world.settle()
    if token.refusals() > 25:
        raise Failure(f"{token.refusals()} requests with a token that had been refused")


BREAKS = {
    "expired": lambda files: None,
    "half-written": lambda files: files.break_in_place("token", "sec"),
    "emptied": lambda files: files.break_in_place("token", ""),
    "removed": lambda files: files.remove("token"),
    "two-words": lambda files: files.break_in_place("token", "second\nfirst"),
}
for name, change in BREAKS.items():
    add(Point(f"token-{name}", "credentials", run=functools.partial(broken, break_it=change),
              sample=name in ("expired", "half-written")))


class Certificates:
    """The operator's CA bundle is in a file; `old` signed what the proxy shows at first."""

    def __init__(self, world):
        self.world, self.old = world, world.authority
        self.new = Authority(world.folder / "new-tls", "faults-new")
        self.files = MountedFiles(world.folder / "trust", **{"ca.crt": self.old.pem()})
        (world.folder / "kubeconfig0").write_text(kubeconfig(
            world.proxy.url, self.files.path("ca.crt")))

    def present(self, certificate):
        self.world.proxy.present(certificate)
        self.world.proxy.cut_all()

    def trust(self, *authorities):
        self.files.replace(**{"ca.crt": "".join(each.pem() for each in authorities)})


def fails_closed(world, seconds=OUTAGE):
    """Nothing is said to a server that cannot prove who it is, and the log tells."""
    time.sleep(0.5)
    before = len(world.recording.all())
    time.sleep(seconds)
    said = len(world.recording.all()) - before
    if said:
        raise Failure(f"{said} requests were sent to a server that is not trusted")
    if "certificate verify failed" not in world.operator.log_text():
        raise Failure("the log does not say that the certificate is not trusted")


@point("ca-rotated-with-overlap", "credentials")
def rotated_with_overlap(world):
    """Old, old and new, new only; nobody notices."""
    tls = Certificates(world)
    world.start()
    world.rise()
    tls.trust(tls.old, tls.new)
    time.sleep(11)
    tls.present(tls.new.server("IP:127.0.0.1"))
    world.fall()
    tls.trust(tls.new)
    world.proxy.cut_all()
    world.settle()
    if "TLS handshake failed" in world.operator.log_text():
        raise Failure("a handshake failed")


@point("ca-rotated-without-overlap", "credentials")
def rotated_without_overlap(world):
    tls = Certificates(world)
    world.start()
    world.rise()
    tls.present(tls.new.server("IP:127.0.0.1"))
    fails_closed(world)
    tls.trust(tls.new)
    watches_are_back(world)
    world.fall()
    world.settle()


@point("ca-file-damaged", "credentials")
def damaged(world):
    """What was read before stays in use, through a cut in the middle, nothing, and no file."""
    tls = Certificates(world)
    world.start()
    world.rise()
    tls.files.break_in_place("ca.crt", tls.old.pem()[:200])
    time.sleep(11)
    world.proxy.cut_all()
    world.fall()
    tls.files.break_in_place("ca.crt", "")
    world.proxy.cut_all()
    tls.files.remove("ca.crt")
    world.proxy.cut_all()
    world.settle()
    if "keeping what was read before" not in world.operator.log_text():
        raise Failure("the log does not say that the CA file is not usable")


def untrusted(world, certificate_of):
    """The server shows something else for a while."""
    tls = Certificates(world)
    world.start()
    world.rise()
    tls.present(certificate_of(tls))
    fails_closed(world)
    tls.present(world.certificate)
    watches_are_back(world)
    world.fall()
    world.settle()


WRONG = {
    "wrong-ca": lambda tls: tls.new.server("IP:127.0.0.1", "DNS:localhost"),
    "wrong-name": lambda tls: tls.old.server("DNS:elsewhere.example", "IP:127.0.0.2"),
    "expired-certificate": lambda tls: tls.old.expired_server("IP:127.0.0.1"),
}
for name, certificate in WRONG.items():
    add(Point(f"tls-{name}", "credentials",
              run=functools.partial(untrusted, certificate_of=certificate)))


@point("tls-wrong-ca-at-start", "credentials")
def wrong_at_start(world):
    """It starts, is not ready, and becomes so when the CA file is mended."""
    tls = Certificates(world)
    tls.trust(tls.new)
    world.start()
    fails_closed(world)
    if world.operator.scrape("/readyz", "probes")[0] == 200:
        raise Failure("ready without having seen the cluster")
    tls.trust(tls.old)
    world.rise()
    world.fall()
    world.settle()
