"""Points of a rubric beyond the first reading: those that an earlier try was given credit for, and those that are asked about."""
