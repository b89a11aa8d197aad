"""Landlock and seccomp for a lesson's code: `python -I -B landlocked.py PLAN COMMAND...`, started by `utils.sandbox.means`.

PLAN is JSON: `readable` and `writable` (paths) and `processes`. The package sandlock starts the command and watches over it
from this process, and the command's output goes where ours goes. What the command leaves behind becomes our child, so that
whoever ends us finds it.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from typing import Any

PR_SET_CHILD_SUBREAPER = 36


def main(plan: dict[str, Any], command: list[str]) -> int:
    from sandlock import Sandbox

    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    sandbox = Sandbox(
        fs_readable=plan["readable"], fs_writable=plan["writable"], cwd=plan["writable"][0], env=dict(os.environ), clean_env=True,
        max_processes=plan["processes"], no_coredump=True,
    )  # fmt: skip
    return sandbox.run_interactive(command)


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1]), sys.argv[2:]))
