# SPDX-License-Identifier: Apache-2.0
"""Real redis-server processes on loopback addresses, as the pods of one StatefulSet.

The address is the pod's; on its Redis port listens the relay, on another one the server itself,
which is the one it tells its clients and the other servers.
"""
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import time

from resp import Client, Lost

POD_PORT, SERVER_PORT = 6379, 7379
PASSWORD = "a-password-that-nothing-may-print"
SLOTS = 16384
THIRDS = [(SLOTS * shard // 3, SLOTS * (shard + 1) // 3 - 1) for shard in range(3)]
TAKEN = 7           # slots of each third that a fourth shard has


def free_network():
    """The first three numbers of a loopback network that no other world uses, held by a socket."""
    while True:
        network = f"127.{random.randrange(1, 255)}.{random.randrange(1, 255)}"
        holder = socket.socket()
        try:
            holder.bind((f"{network}.250", POD_PORT))
            holder.listen()
            return network, holder
        except OSError:
            holder.close()


class Node:
    """A server that can be killed, stopped, and started again with or without its data."""

    def __init__(self, folder, network, ordinal, durable, node_timeout):
        self.ordinal, self.host = ordinal, f"{network}.{ordinal + 1}"
        self.folder, self.process = pathlib.Path(folder), None
        self.durable, self.node_timeout, self.password = durable, node_timeout, PASSWORD

    @property
    def address(self):
        return self.host, SERVER_PORT

    def start(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "redis.conf").write_text(
            f"bind {self.host}\nbind-source-addr {self.host}\ncluster-announce-ip {self.host}\n"
            f"port {SERVER_PORT}\ncluster-port {POD_PORT + 10000}\ndir {self.folder}\n"
            f"cluster-enabled yes\ncluster-node-timeout {self.node_timeout}\nsave \"\"\n"
            f"appendonly {'yes' if self.durable else 'no'}\nrepl-diskless-sync-delay 0\n"
            f"repl-ping-replica-period 1\nmaxmemory 64mb\n"
            f"requirepass {self.password}\nmasterauth {self.password}\n")
        with (self.folder / "log").open("a", encoding="utf-8") as log:
            # Dies with the thread that starts it, whatever becomes of the harness.
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "redis-server",
                 str(self.folder / "redis.conf")], stdout=log, stderr=log)
        end = time.monotonic() + 20
        while not self.answers():
            if time.monotonic() > end or self.process.poll() is not None:
                raise Lost(f"pod {self.ordinal} does not start: see {self.folder}/log")
            time.sleep(0.02)

    def kill(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)

    def wipe(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    def answers(self):
        try:
            return self.ask("PING") == b"PONG"
        except Lost:
            return False

    def connect(self):
        return Client(self.address, self.password)

    def ask(self, *words):
        client = self.connect()
        try:
            return client.ask(*words)
        finally:
            client.close()

    def text(self, *words):
        reply = self.ask(*words)
        return reply.decode() if isinstance(reply, bytes) else str(reply)

    def id(self):
        return self.text("CLUSTER", "MYID")

    def is_master(self):
        return self.ask("ROLE")[0] == b"master"

    def own_slots(self):
        """How many it says it owns."""
        mine = next(line for line in self.text("CLUSTER", "NODES").splitlines()
                    if "myself" in line.split()[2])
        count = 0
        for part in mine.split()[8:]:
            if not part.startswith("["):
                first, _, last = part.partition("-")
                count += int(last or first) - int(first) + 1
        return count


def form_cluster(nodes, masters):
    """Pods 0 to 2 and 6 are masters, 3 to 5 and 7 their replicas."""
    for node in nodes:
        node.ask("CLUSTER", "SET-CONFIG-EPOCH", node.ordinal + 1)
        if node.ordinal > 0:
            nodes[0].ask("CLUSTER", "MEET", node.host, POD_PORT)
    end = time.monotonic() + 30
    for shard, ranges in enumerate(layout(masters)):
        master = nodes[shard if shard < 3 else 2 * shard]
        replica = nodes[shard + 3 if shard < 3 else 2 * shard + 1]
        for first, last in ranges:
            master.ask("CLUSTER", "ADDSLOTSRANGE", first, last)
        while replica.text("CLUSTER", "REPLICATE", master.id()) != "OK":
            if time.monotonic() > end:
                raise Lost(f"pod {replica.ordinal} becomes no replica")
            time.sleep(0.05)
    while problems := cluster_problems(nodes, masters):
        if time.monotonic() > end:
            raise Lost("the cluster does not form: " + problems[0])
        time.sleep(0.05)


def layout(shards):
    """The ranges of each shard: of three, or of four as they are once it has grown."""
    if shards == 3:
        return [[third] for third in THIRDS]
    return [[(first, last - TAKEN)] for first, last in THIRDS] + [
        [(last - TAKEN + 1, last) for _, last in THIRDS]]


def parsed(text):
    """CLUSTER NODES as {id: (role, master, slots)}, and whether a slot is open."""
    found, opened = {}, False
    for line in text.splitlines():
        words = line.split()
        slots = [part for part in words[8:] if not part.startswith("[")]
        opened = opened or len(slots) != len(words[8:])
        role = "master" if "master" in words[2] else "replica"
        flags = {"fail", "fail?", "handshake", "noaddr"} & set(words[2].split(","))
        found[words[0]] = (role, words[3], tuple(slots), tuple(sorted(flags)))
    return found, opened


def cluster_problems(nodes, masters):
    """What keeps it from being a whole cluster of so many masters; [] if nothing."""
    try:
        maps = [parsed(node.text("CLUSTER", "NODES")) for node in nodes]
        infos = [node.text("CLUSTER", "INFO") for node in nodes]
        links = [node.text("INFO", "replication") for node in nodes]
        settings = [node.ask("CONFIG", "GET", "cluster-allow-replica-migration")[1]
                    for node in nodes]
    except Lost as problem:
        return [f"a node does not answer: {problem}"]
    out = []
    for node, (seen, opened), info, link, setting in zip(nodes, maps, infos, links, settings):
        name = f"pod {node.ordinal}"
        if opened:
            out.append(f"{name} has an open slot")
        if seen != maps[0][0]:
            out.append(f"{name} sees another cluster than pod {nodes[0].ordinal}")
        if "cluster_state:ok" not in info or "cluster_slots_assigned:16384" not in info:
            out.append(f"{name}: {' '.join(info.split()[:2])}")
        if "role:slave" in link and "master_link_status:up" not in link:
            out.append(f"{name} is not in sync with its master")
        if setting != b"yes":
            out.append(f"{name}: cluster-allow-replica-migration was not set back")
    return out + shape_problems(maps[0][0], nodes, masters)


def shape_problems(seen, nodes, masters):
    out = [f"node {key[:8]} is {flags[0]}" for key, (_, _, _, flags) in seen.items() if flags]
    if len(seen) != len(nodes):
        out.append(f"{len(seen)} nodes in the cluster, {len(nodes)} pods")
    leaders = [key for key, (role, _, _, _) in seen.items() if role == "master"]
    if len(leaders) != masters:
        out.append(f"{len(leaders)} masters instead of {masters}")
    for key in leaders:
        count = sum(master == key for _, master, _, _ in seen.values())
        if count != 1:
            out.append(f"master {key[:8]} has {count} replicas")
        if not seen[key][2]:
            out.append(f"master {key[:8]} has no slot")
    return out
