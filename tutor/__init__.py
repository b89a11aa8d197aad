"""What the program is about, one folder a subject. Imports point one way; tests/test_house.py has the order."""
