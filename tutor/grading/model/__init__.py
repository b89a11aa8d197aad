"""What a model says, held against what it was given before it counts: verdicts against the answer, hints against the key."""
