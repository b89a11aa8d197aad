"""The terminal of a session: what is drawn goes there, and what the learner does comes from there."""

from tutor.screen.terminal.window import TRANSCRIPT_MARK, Terminal

__all__ = ["TRANSCRIPT_MARK", "Terminal"]
