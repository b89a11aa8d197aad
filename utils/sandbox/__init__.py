"""Runs code that others wrote, in a process that can't reach what is ours: files, keys, network, other processes."""
