"""A folder of documents: which of its files are lessons, and what is remembered of them between runs."""
