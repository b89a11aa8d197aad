"""What the nodes are handed: plain functions over values, and one wrapper per outside thing."""

__version__ = "0.1.0"
