"""What lessons can be written as for other programs."""
