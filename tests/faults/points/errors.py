# SPDX-License-Identifier: Apache-2.0
"""Each kind of write answered by an error, without its effect and with it."""
from registry import Point, add

add(Point("error-500-scale", "error", rules=(
    {"action": "error", "status": 500, "method": "PATCH", "path": "/scale$", "nth": 1},)))
