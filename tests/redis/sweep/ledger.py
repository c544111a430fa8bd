# SPDX-License-Identifier: Apache-2.0
"""A writer that knows what it was told is written: the oracle for lost keys."""
import binascii
import contextlib
import random
import threading
import time

from nodes import PASSWORD, SERVER_PORT, SLOTS, THIRDS
from resp import Client, Lost, ServerError

HOT_SLOTS, KEYS_EACH, PATIENCE = 20, 6, 20.0


def slot_of(key):
    tag = key
    if "{" in key and "}" in key:
        tag = key[key.index("{") + 1:key.index("}")]
    return binascii.crc_hqx(tag.encode(), 0) % SLOTS


def last_slots():
    """The last of each third: with the weight of a shard there, a plan has few slots to move."""
    return {last - at for _, last in THIRDS for at in range(HOT_SLOTS)}


def keys_in(slots):
    wanted, keys, number = set(slots), [], 0
    while wanted:
        tag = f"t{number}"
        slot = slot_of(tag)
        if slot in wanted:
            wanted.discard(slot)
            keys += [f"{{{tag}}}:{each}" for each in range(KEYS_EACH)]
        number += 1
    return keys


class ClusterClient:
    """Follows MOVED and ASK, and tries again what is not possible right now."""

    def __init__(self, hosts):
        self.hosts, self.links, self.owner = list(hosts), {}, {}
        self.password = PASSWORD

    def run(self, key, *words):
        slot, end = slot_of(key), time.monotonic() + PATIENCE
        host, asking = self.owner.get(slot, self.hosts[0]), False
        while True:
            try:
                reply = self._send(host, asking, words)
            except Lost:
                reply = None
                self.links.pop(host, None)
            if reply is not None and not isinstance(reply, ServerError):
                return reply
            if time.monotonic() > end:
                raise Lost(f"{key}: {reply}")
            asking = False
            kind = reply.split()[0] if reply else ""
            if kind in ("MOVED", "ASK"):
                host, asking = reply.split()[2].rpartition(":")[0], kind == "ASK"
                if kind == "MOVED":
                    self.owner[slot] = host
                continue
            time.sleep(0.02)
            host = random.choice(self.hosts) if reply is None else self.owner.get(slot, host)

    def _send(self, host, asking, words):
        link = self.links.get(host)
        if link is None:
            link = self.links[host] = Client((host, SERVER_PORT), self.password, 2.0)
        if asking:
            link.ask("ASKING")
        return link.ask(*words)


class Ledger:
    def __init__(self, hosts):
        self.keys, self.client = keys_in(last_slots()), ClusterClient(hosts)
        self.acknowledged, self.attempted, self.number = {}, {}, 0
        self.writes, self.refused, self.closing = 0, [], False
        self.may_write = threading.Lock()
        for key in self.keys:
            self._write(key)
        self.thread = threading.Thread(target=self._keep_writing, daemon=True)

    def start(self):
        self.thread.start()

    def stop(self):
        self.closing = True
        self.thread.join()

    def _keep_writing(self):
        choice = random.Random(7)
        while not self.closing:
            with self.may_write:
                self._write(choice.choice(self.keys))
            time.sleep(0.01)

    @contextlib.contextmanager
    def pause(self):
        """Nothing is written meanwhile, and what was written has reached the replicas: a server
        that dies now takes no acknowledged write with it."""
        with self.may_write:
            time.sleep(0.2)
            yield

    def _write(self, key):
        self.number += 1
        self.attempted[key] = self.number
        try:
            self.client.run(key, "SET", key, f"{self.number}:" + "v" * 60)
            self.acknowledged[key] = self.number
            self.writes += 1
        except Lost as problem:
            self.refused.append(str(problem))

    def lost(self):
        """What was acknowledged and is not there any more, one line each."""
        out = []
        for key in self.keys:
            try:
                value = self.client.run(key, "GET", key)
            except Lost as problem:
                out.append(f"{key} cannot be read: {problem}")
                continue
            known = {self.acknowledged.get(key), self.attempted[key]}
            if value is None or int(value.split(b":")[0]) not in known:
                out.append(f"{key} (slot {slot_of(key)}) should be {self.acknowledged.get(key)}, "
                           f"is {value and value[:20]}")
        return out
