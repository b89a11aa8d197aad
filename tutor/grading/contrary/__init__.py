"""Whether a text says the contrary of another, or takes back what it says."""
