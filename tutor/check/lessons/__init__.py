"""What is wrong with a lesson's own text, and with the order in which lessons introduce what they use."""
