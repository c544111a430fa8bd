# SPDX-License-Identifier: Apache-2.0
"""The operator ends at every write it makes: killed before it, after it, after an error that hid
its effect; or asked to stop. It is started again 0.3 s later."""
from registry import Point, add
from writes import WRITES

for write in WRITES:
    add(Point(f"kill-before-{write.name}", "kill",
              rules=(write.rule("signal", signal="KILL", when="before"),)))
    add(Point(f"kill-after-{write.name}", "kill",
              rules=(write.rule("signal", signal="KILL", when="after_commit"),)))
    add(Point(f"kill-on-reply-{write.name}", "kill",
              rules=(write.rule("signal", signal="KILL", when="after_reply", seconds=0.02),)))
    add(Point(f"kill-after-hidden-{write.name}", "kill+effect",
              rules=(write.rule("effect_then_error", status=500),
                     write.rule("signal", signal="KILL", when="after_reply", seconds=0.02))))
    add(Point(f"kill-after-refused-{write.name}", "kill+error",
              rules=(write.rule("error", status=500),
                     write.rule("signal", signal="KILL", when="after_reply", seconds=0.02))))
    add(Point(f"term-before-{write.name}", "stop",
              rules=(write.rule("signal", signal="TERM", when="before"),)))
    add(Point(f"term-after-{write.name}", "stop",
              rules=(write.rule("signal", signal="TERM", when="after_commit"),)))
    add(Point(f"term-slow-{write.name}", "stop",
              rules=(write.rule("signal", signal="TERM", when="before"),
                     write.rule("delay", seconds=1.5))))
