"""Why a run in the sandbox gave no result, in words for whoever wrote the code."""

from __future__ import annotations

from utils.text import sanitize, shorten

MOST_CHARACTERS = 160


def why_ended(ended: str) -> str:
    """Why a process gave no result. ended: how `run_job` says that it ended."""
    if "processor time" in ended or "took longer" in ended:
        return "it ran too long: does a loop never end?"
    if "memory" in ended:
        return "it took too much memory"
    if "exit status" in ended:
        return "it ended the whole run, as os._exit does"
    return f"the run ended: {plain_error(ended)}"


def plain_error(error: str) -> str:
    """An error that came out of the sandbox, on one line, bounded, and safe to print."""
    return shorten(sanitize(error, newlines=False), MOST_CHARACTERS)
