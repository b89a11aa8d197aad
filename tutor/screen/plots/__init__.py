"""Plots drawn: in the terminal (`terminal`), in words (`words`) and as SVG (`svg`), each from the same `Plot` of numbers."""
