# SPDX-License-Identifier: Apache-2.0
"""The story without any fault: what reference_end.json and writes.py were taken from."""
import re

from registry import point
from world import Failure
from writes import IN_THE_STORY


@point("reference", "none")
def reference(world):
    world.story()
    for (kind, method, path), count in IN_THE_STORY.items():
        sent = [each for each in world.recording.writes()
                if each.method == method and re.search(path, each.path)]
        # One more or less is a matter of which news come first.
        if not count - 1 <= len(sent) <= count + 2:
            raise Failure(f"{len(sent)} writes of kind {kind}; writes.py knows {count}: mend it, "
                          "so that the sweep stops at each of them")
