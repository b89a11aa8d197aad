"""The try blocks of lessons: what is wrong with them, and what their code shows at its settings."""
