"""The SQLite file under the records: how it is opened, what its tables are, how rows are read."""
