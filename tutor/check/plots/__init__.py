"""The plots of lessons: what is wrong with them, and those that a Python block gives the data for."""
