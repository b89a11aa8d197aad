"""What `check` has to say about lessons and banks, what a draft must pass, and what `doctor` looks at."""
