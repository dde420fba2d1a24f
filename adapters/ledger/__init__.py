"""Questions, answers and feedback in a database."""
