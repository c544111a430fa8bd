# SPDX-License-Identifier: Apache-2.0
"""Faults of the servers in the middle of a plan: what strikes, when, what the operator has to say
of it, and how it is mended."""
import dataclasses
import time

from resp import Lost

AWAY = 5.0          # seconds until the pod of a killed server runs again
STOPPED = 5.0       # more than cluster-node-timeout: its replica takes over meanwhile


@dataclasses.dataclass(frozen=True)
class Trouble:
    """`strike` gets the Scene just before the command named by `at` passes. With a `reason` the
    plan has to hold for it until `mend` was called; without, it goes on by itself."""
    name: str
    way: str                # up | down
    at: tuple               # (name of a write to Redis, nth), or ("/scale", 1)
    strike: object
    reason: str = ""
    mend: object = None


@dataclasses.dataclass
class Scene:
    """A world, and the command that was about to pass (None: a write of /scale)."""
    world: object
    command: object

    def node(self, role):
        """The server that plays it now, by what the servers say themselves."""
        nodes = self.world.set.nodes
        if role == "source":
            return nodes[self.command.ordinal]
        if role == "target":
            host = self.command.words[1].decode()
            return next(node for node in nodes if node.host == host)
        moving = [node for node in nodes if node.ordinal >= 6]
        staying = [node for node in nodes if node.ordinal < 6 and not self._concerned(node)]
        place, kind = role.split("-")
        return next(node for node in (moving if place == "moving" else staying)
                    if node.is_master() == (kind == "master"))

    def _concerned(self, node):
        if self.command is None or self.command.name != "MIGRATE":
            return False
        return node.ordinal == self.command.ordinal or node.host == self.command.words[1].decode()


# What strikes.

def killed(role):
    def strike(scene):
        node = scene.node(role)
        with scene.world.ledger.pause():
            node.kill()
        scene.world.set.later(AWAY, node.start)
    return strike


def stopped(role):
    def strike(scene):
        node = scene.node(role)
        world = scene.world
        pause = world.ledger.pause()
        pause.__enter__()
        node.freeze()

        def go_on():
            node.thaw()
            time.sleep(1.0)     # what had been sent to it is refused before it is asked for more
            pause.__exit__(None, None, None)
        world.set.later(STOPPED, go_on)
    return strike


def lost_with_its_data(role):
    """Killed, its replica takes over, and its pod comes back with an empty volume."""
    def strike(scene):
        node, world = scene.node(role), scene.world
        with world.ledger.pause():
            node.kill()
        world.returned = node

        def come_back():
            node.wipe()
            node.start()
        world.set.later(AWAY, come_back)
    return strike


def take_it_in_again(world):
    """What an administrator does with a server that came back as another one."""
    node = world.returned
    others = [each for each in world.set.nodes if each is not node]
    failed = {line.split()[0] for each in others
              for line in each.text("CLUSTER", "NODES").splitlines()
              if "fail" in line.split()[2].replace("nofailover", "").split(",")}
    for gone in failed:
        for each in others:
            each.ask("CLUSTER", "FORGET", gone)
    others[0].ask("CLUSTER", "MEET", node.host, 6379)
    seen = others[0].text("CLUSTER", "NODES").splitlines()
    masters = {line.split()[0] for line in seen if "master" in line.split()[2]}
    served = {line.split()[3] for line in seen}
    alone = [key for key in masters - served if key != node.id() and any(
        line.startswith(key) and len(line.split()) > 8 for line in seen)]
    end = time.monotonic() + 20
    while node.text("CLUSTER", "REPLICATE", alone[0]) != "OK" and time.monotonic() < end:
        time.sleep(0.1)


def failed_over(scene):
    """The replica of the leaving, or of the new, shard takes over while it is drained or filled."""
    node = scene.node("moving-replica")
    with scene.world.ledger.pause():
        node.ask("CLUSTER", "FAILOVER")
        end = time.monotonic() + 5
        while not node.is_master() and time.monotonic() < end:
            time.sleep(0.02)


def answers(text, times):
    """So many MIGRATEs are answered so; times = None: all, until it is mended."""
    def strike(scene):
        left = [times]

        def forge(command):
            if command.name != "MIGRATE" or left[0] == 0:
                return None
            if left[0] is not None:
                left[0] -= 1
            return text
        scene.world.forged = forge
        scene.world.gate.hooks.append(forge)
    return strike


def answer_truly(world):
    world.gate.hooks.remove(world.forged)


def out_of_memory(scene):
    scene.world.full = scene.node("target")
    scene.world.full.ask("CONFIG", "SET", "maxmemory", "1000000")


def give_memory(world):
    world.full.ask("CONFIG", "SET", "maxmemory", "64mb")


def same_key_at_the_target(scene):
    """A key of the batch is at its target already, as after a MIGRATE whose answer was lost."""
    words = scene.command.words
    key = words[words.index(b"KEYS") + 1]
    source, target = scene.node("source"), scene.node("target")
    value = source.ask("DUMP", key)
    link = target.connect()
    link.ask("ASKING")
    link.ask("RESTORE", key, 0, value)
    link.close()


def password_rotated(scene):
    """At every server, before the Secret is changed."""
    world = scene.world
    for node in world.set.nodes:
        node.ask("CONFIG", "SET", "masterauth", "another-password")
        node.ask("CONFIG", "SET", "requirepass", "another-password")
        node.password = "another-password"
        node.ask("CLIENT", "KILL", "TYPE", "normal")
    world.ledger.client.password = world.set.password = "another-password"


def tell_the_secret(world):
    world.set.update_secret()


SEND, MEET, PLACE, FORGET, RESET = (("MIGRATE", 4), ("CLUSTER MEET", 1), ("CLUSTER REPLICATE", 1),
                                    ("CLUSTER FORGET", 1), ("CLUSTER RESET", 1))
HALF_FORGOTTEN = ("CLUSTER FORGET", 7)
OPTION, RESTORED = ("CONFIG SET", 1), ("CONFIG SET", 9)
SCALE = ("/scale", 1)
IO_ERROR = "IOERR error or timeout reading to target instance"
NO_AUTH = "ERR Target instance replied with error: NOAUTH Authentication required."
OOM = "ERR Target instance replied with error: OOM command not allowed when used memory > 'maxmemory'."

PHASES = {
    "up": {"join": MEET, "place": PLACE, "prepare": OPTION, "move": SEND, "finish": RESTORED,
           "grow": SCALE},
    "down": {"prepare": OPTION, "move": SEND, "forget": FORGET, "half-forgotten": HALF_FORGOTTEN,
             "reset": RESET, "shrink": SCALE, "restore": RESTORED},
}


def everywhere():
    """Kill and stop: at every phase, whoever is there then."""
    for way, phases in PHASES.items():
        for phase, at in phases.items():
            roles = ["other-master", "other-replica"]
            if phase == "move":
                roles += ["source", "target", "moving-replica"]
            elif phase not in ("grow", "restore", "shrink", "join", "place"):
                roles += ["moving-master"] + ["moving-replica"] * (phase not in ("prepare",))
            for role in roles:
                yield Trouble(f"{way}-{phase}-{role}-killed", way, at, killed(role))
                yield Trouble(f"{way}-{phase}-{role}-stopped", way, at, stopped(role))


def in_the_move():
    for way in ("up", "down"):
        for name, strike, reason, mend in (
                ("failover", failed_over, "", None),
                ("ioerr-once", answers(IO_ERROR, 1), "", None),
                ("ioerr-thrice", answers(IO_ERROR, 3), "", None),
                ("noauth-once", answers(NO_AUTH, 1), "", None),
                ("busykey", same_key_at_the_target, "", None),
                ("ioerr-always", answers(IO_ERROR, None), "NodeUnreachable", answer_truly),
                ("noauth-always", answers(NO_AUTH, None), "CommandRefused", answer_truly),
                ("oom", out_of_memory, "TargetOutOfMemory", give_memory),
                ("oom-answered", answers(OOM, None), "TargetOutOfMemory", answer_truly),
                ("password", password_rotated, "WrongPassword", tell_the_secret)):
            yield Trouble(f"{way}-move-{name}", way, SEND, strike, reason, mend)
        for role in ("other-master", "other-replica"):
            yield Trouble(f"{way}-move-{role}-empty", way, SEND, lost_with_its_data(role),
                          "", take_it_in_again)


TROUBLES = {each.name: each for source in (everywhere, in_the_move) for each in source()}


class Watch:
    """Strikes when its time has come, and notes what the plan says from then on."""

    def __init__(self, world, trouble):
        self.world, self.trouble, self.seen = world, trouble, 0
        self.struck, self.failure = False, ""
        world.gate.hooks.append(self.command)
        world.scale_hooks.append(lambda: self.pass_by("/scale", None))

    def command(self, command):
        self.pass_by(command.name, command)

    def pass_by(self, name, command):
        wanted, nth = self.trouble.at
        if name != wanted or self.struck:
            return
        self.seen += 1
        if self.seen < nth:
            return
        self.struck = True
        try:
            self.trouble.strike(Scene(self.world, command))
        except (Lost, StopIteration, AttributeError) as problem:
            self.failure = f"{self.trouble.name} could not strike: {problem!r}"
