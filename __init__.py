"""Pocket Tutor, installed: this folder is then the package `pocket_tutor`. In a checkout nothing needs this file.

Our modules import one another by their names in a checkout (`utils.files`, `tutor.corpus`). So this folder goes to the front
of the path, where no other `utils`, from another distribution or from PYTHONPATH, is found before ours. Code that runs in
somebody else's process calls the command `ptutor`, or imports `pocket_tutor` before anything else of ours.
"""

import os
import sys

FOLDER = os.path.dirname(os.path.realpath(__file__))
for name in ("flow", "nodes", "tutor", "utils"):
    found = getattr(sys.modules.get(name), "__file__", None)
    if found and not os.path.realpath(found).startswith(FOLDER + os.sep):
        raise ImportError(f"`{name}` was imported from {found}; import pocket_tutor before it, or call the command ptutor")
sys.path.insert(0, FOLDER)
