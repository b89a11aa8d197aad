"""The outside world: one wrapper for each thing outside the program (an endpoint, files, a process, a clock)."""

__version__ = "0.1.0"
