"""Whether a bank's free text is graded as its author means it: right answers made from a rubric pass, wrong ones fail."""
