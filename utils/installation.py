"""What is missing from the Python that runs us, in one line that ends with the command to type.

main.py imports this before anything that has to be installed, and under whichever Python it was started with: so only the
standard library is used here, and the syntax is that of Python 3.8.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

FOLDER = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))
ENVIRONMENT = os.path.join(FOLDER, ".venv")
OURS = ("main", "flow", "nodes", "tutor", "utils")
SET_UP = (
    "python3 -m venv .venv && . .venv/bin/activate && pip install -r requirements.lock && "
    "pip install --no-deps --no-build-isolation -e . && ptutor"
)


def refuse_to_run(lack: str) -> NoReturn:
    """End with one line and exit code 2. lack: what is wrong with this Python, as in "lacks the package click"."""
    sys.stderr.write(f"ptutor: this Python ({sys.executable}) {lack}; type: {command_to_type()}\n")
    sys.exit(2)


def command_to_type() -> str:
    """What to type instead: the same command in this checkout's environment, or the commands that create or complete one."""
    import shlex

    if not os.path.exists(os.path.join(FOLDER, "requirements.lock")):
        return f"{shlex.quote(sys.executable)} -m pip install --force-reinstall pocket-tutor"
    python = os.path.join(ENVIRONMENT, "Scripts" if os.name == "nt" else "bin", "python")
    if os.path.realpath(sys.prefix) == ENVIRONMENT:
        return shlex.join([os.path.relpath(python), "-m", "pip", "install", "-r", os.path.relpath(FOLDER + "/requirements.lock")])
    if os.path.exists(python):
        return shlex.join([os.path.relpath(python), *sys.argv])
    return SET_UP if os.path.samefile(FOLDER, os.getcwd()) else f"cd {shlex.quote(FOLDER)} && {SET_UP}"
